import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import { adminApi, publisher } from '../support/caller.js';
import type { FaultCluster } from '../support/fault-cluster.js';
import type { Fault, Meanwhile } from '../support/fault-drill.js';
import type { Answer } from '../support/rest.js';
import { freeze, kill } from './kinds.js';

const answerWithinMs = 3_500;
/** What a control plane that has just noticed takes once. */
const firstAnswerWithinMs = 6_000;

interface Expected {
  readonly reads: 200 | 503;
  readonly writes: 200 | 503;
  /** What gateways hear of; default as `writes`. */
  readonly changes?: 503;
}

/** People at the portals get an answer soon, with the reason and when to come back, and nothing is half done. */
function managementAnswers(expected: Expected): Fault['meanwhile'] {
  return async ({ caller }) => {
    const found: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const withinMs = turn < 2 ? firstAnswerWithinMs : answerWithinMs; // there are two control planes
      const read = await timed(() => caller.call('GET', `${publisher}/apis?limit=5`, { timeoutMs: 20_000 }));
      found.push(...complaintsOf('a read', read, expected.reads, withinMs));
      const write = await timed(() => makeApi(caller, `during${turn}`));
      found.push(...complaintsOf('a write', write, expected.writes, withinMs));
      if (!expected.changes) continue;
      const change = await timed(() => makePolicy(caller));
      found.push(...complaintsOf('a change for gateways', change, expected.changes, firstAnswerWithinMs));
    }
    return { complaints: found, admitted: 0 };
  };
}

function makeApi(caller: Meanwhile['caller'], name: string, description = ''): Promise<Answer> {
  const unique = `${name}${Math.random().toString(36).slice(2, 8)}`;
  const json = { name: unique, context: `/${unique}`, version: '1', description, policies: ['Unlimited'] };
  return caller.call('POST', `${publisher}/apis`, { json, timeoutMs: 20_000 });
}

function makePolicy(caller: Meanwhile['caller']): Promise<Answer> {
  const policyName = `P${Math.random().toString(36).slice(2, 8)}`;
  const requestCount = { requestCount: 5, timeUnit: 'min', unitTime: 1 };
  const json = { policyName, displayName: policyName, defaultLimit: { type: 'REQUESTCOUNTLIMIT', requestCount } };
  return caller.call('POST', `${adminApi}/throttling/policies/application`, { json, timeoutMs: 20_000 });
}

async function timed(work: () => Promise<Answer>): Promise<{ answer: Answer | null; ms: number }> {
  const since = performance.now();
  const answer = await work().catch(() => null); // no answer at all is told as one
  return { answer, ms: performance.now() - since };
}

function complaintsOf(
  what: string,
  { answer, ms }: { answer: Answer | null; ms: number },
  expected: 200 | 503,
  withinMs: number,
): string[] {
  const status = answer?.status ?? 0;
  const found: string[] = [];
  if (expected === 503 ? status !== 503 : status >= 300 || status < 200)
    found.push(`${what} answered ${status}: ${answer?.text.slice(0, 200)}`);
  if (status === 503 && !answer?.headers.get('retry-after')) found.push(`${what} answered 503 without Retry-After`);
  if (ms > withinMs) found.push(`${what} was answered after ${ms.toFixed(0)} ms`);
  return found;
}

/** Another session holds a row that every change needs: the one that numbers the changes. */
function heldRow(): Fault {
  let holder: Connection | null = null;
  return {
    name: 'another session holds the row that every change of the configuration needs',
    seconds: 20,
    begin: async ({ database }) => {
      holder = await createConnection(database.url);
      await holder.beginTransaction();
      await holder.query('SELECT * FROM hub_sequence FOR UPDATE');
    },
    meanwhile: managementAnswers({ reads: 200, writes: 200, changes: 503 }),
    end: async () => {
      await holder?.rollback();
      await holder?.end();
    },
  };
}

/** Of the database behind the control planes, which brings all of them down for changes and nothing else. */
export const databaseFaults: readonly Fault[] = [
  kill('the database', ({ database }) => [database], {
    longSeconds: 600,
    meanwhile: managementAnswers({ reads: 503, writes: 503 }),
  }),
  freeze('the database', ({ database }) => [database], {
    seconds: 20,
    meanwhile: managementAnswers({ reads: 503, writes: 503 }),
  }),
  {
    name: 'the connections to the database are a black hole',
    seconds: 20,
    begin: async ({ databaseLine }) => databaseLine.blackHole(true),
    meanwhile: managementAnswers({ reads: 503, writes: 503 }),
    end: async ({ databaseLine }) => databaseLine.blackHole(false),
  },
  heldRow(),
];

const filler = ({ databaseDisk }: FaultCluster): string => join(databaseDisk ?? '', 'filler');

/** Of a database on a disk of its own, which something else fills to the last byte. */
export const diskFaults: readonly Fault[] = [
  {
    name: 'disk full under the database',
    seconds: 20,
    begin: async (cluster) => fill(filler(cluster)),
    meanwhile: async ({ caller, cluster }) => {
      const found: string[] = [];
      let refused: Answer | null = null;
      // What the database has set aside for itself takes some changes.
      for (let i = 0; i < 400 && !refused; i++) {
        const { answer, ms } = await timed(() => makeApi(caller, `large${i}`, 'x'.repeat(30_000)));
        if (answer?.status === 201) continue;
        refused = answer;
        found.push(...complaintsOf('a write', { answer, ms }, 503, 10_000));
      }
      if (!refused) found.push('400 large changes were taken on a full disk');
      // MariaDB ends itself when it has no room to undo a change; until then it reads.
      const reads = cluster.database.running ? 200 : 503;
      const read = await timed(() => caller.call('GET', `${publisher}/apis?limit=5`, { timeoutMs: 20_000 }));
      found.push(...complaintsOf('a read', read, reads, answerWithinMs));
      return { complaints: found, admitted: 0 };
    },
    end: async (cluster) => {
      await rm(filler(cluster));
      if (!cluster.database.running) await cluster.database.again();
    },
  },
];

/** Writes until there is no room. */
function fill(file: string): void {
  for (const size of [1_048_576, 4_096, 1]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
