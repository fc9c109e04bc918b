import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { requestBatchSchema } from '@tollgate/throttling/contract';
import { expect, it } from 'vitest';
import { z } from 'zod';

const docs = resolve(import.meta.dirname, '../../../../docs');

/** The envelope of every message of the hub, with a batch in it. */
const message = z.object({
  id: z.string().min(1).max(512).describe('Unique; the same when the message is sent again.'),
  seq: z.number().int().nonnegative().describe('Number of the batch at its publisher.'),
  type: z.literal('REQUEST_BATCH'),
  organization: z.string().max(256),
  at: z.number().nonnegative().describe('Milliseconds since the Unix epoch.'),
  publisher: z.string().min(1).max(256).describe('One life of one gateway process.'),
  data: requestBatchSchema,
});

it('the JSON schema in docs/reference is that of the code; `vitest -u` writes it anew', async () => {
  const schema = z.toJSONSchema(message, { io: 'input' });
  const text = `${JSON.stringify({ title: 'Message of the topic requestEvents', ...schema }, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(`${docs}/reference/request-event.schema.json`);
});

it('the page shows the sample consumer as it is run', () => {
  const page = readFileSync(`${docs}/request-events.md`, 'utf8');
  const sample = readFileSync(`${docs}/samples/count-requests.mjs`, 'utf8');
  expect(page).toContain(`\`\`\`js\n${sample}\`\`\``);
  const statements = sample.split('\n').filter((line) => line !== '' && !line.startsWith('//'));
  expect(statements.length).toBeLessThanOrEqual(20);
});
