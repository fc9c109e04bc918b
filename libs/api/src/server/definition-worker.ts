import { parentPort } from 'node:worker_threads';
import { contentOf, InvalidDefinitionError, readDefinition } from '../domain/index.js';
import type { DefinitionAnswer } from './definition-reader.js';

/** The thread of `DefinitionReader`: reads one definition after the other and says what it holds or why it cannot be used. */
parentPort?.on('message', async (text: string) => {
  parentPort?.postMessage(await answerTo(text));
});

async function answerTo(text: string): Promise<DefinitionAnswer> {
  try {
    const definition = await readDefinition(text);
    const content = contentOf(definition);
    const { version, versionText, document } = definition;
    return { read: { version, versionText, document, content } };
  } catch (error) {
    if (error instanceof InvalidDefinitionError) return { problems: error.problems };
    throw error; // ends the thread, which its owner reports
  }
}
