import { parentPort } from 'node:worker_threads';
import {
  asyncContentOf,
  contentOf,
  InvalidDefinitionError,
  readAsyncDefinition,
  readDefinition,
} from '../domain/index.js';
import type { DefinitionAnswer, DefinitionQuestion } from './definition-reader.js';

/** The thread of `DefinitionReader`: reads one definition after the other and says what it holds or why it cannot be used. */
parentPort?.on('message', async (question: DefinitionQuestion) => {
  parentPort?.postMessage(await answerTo(question));
});

async function answerTo({ kind, text }: DefinitionQuestion): Promise<DefinitionAnswer> {
  try {
    if (kind === 'AsyncAPI') {
      const definition = readAsyncDefinition(text);
      const { versionText, document } = definition;
      return { read: { versionText, document, content: asyncContentOf(definition) } };
    }
    const definition = await readDefinition(text);
    const content = contentOf(definition);
    const { version, versionText, document } = definition;
    return { read: { version, versionText, document, content } };
  } catch (error) {
    if (error instanceof InvalidDefinitionError) return { problems: error.problems };
    throw error; // ends the thread, which its owner reports
  }
}
