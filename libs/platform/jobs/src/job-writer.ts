import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { checkKind, type JobRequest } from './job-queue.js';
import { Job } from './job.entity.js';

/** Longer than any mail or notification; what is bigger belongs into a table that the payload names. */
const maxPayloadCharacters = 1_000_000;

/** Inserts a job; one whose kind and key already wait changes nothing. */
export async function insertJob(manager: EntityManager, request: JobRequest, nowMs: number): Promise<void> {
  checkKind(request.kind);
  if (request.key !== undefined && (request.key === '' || request.key.length > 190))
    throw new Error(
      `The key of a job has 1 to 190 characters, this one of "${request.kind}" has ${request.key.length}`,
    );
  const row = newJob(request.kind, request.payload, request.runAtMs ?? nowMs);
  const insert = manager
    .createQueryBuilder()
    .insert()
    .into(Job)
    .values({ ...row, maxAttempts: request.maxAttempts ?? 5, key: request.key ?? null })
    .updateEntity(false);
  await (request.key === undefined ? insert : insert.orIgnore()).execute();
}

/** Makes sure that the recurring job of this kind exists and has this interval. */
export async function insertRecurring(
  manager: EntityManager,
  kind: string,
  intervalMs: number,
  nowMs: number,
): Promise<void> {
  checkKind(kind);
  const row = { ...newJob(kind, null, nowMs), maxAttempts: 1, key: recurringKey, intervalMs };
  await manager.createQueryBuilder().insert().into(Job).values(row).updateEntity(false).orIgnore().execute();
  await manager.update(Job, { kind, key: recurringKey }, { intervalMs });
}

const recurringKey = '(recurring)';

type JobRow = { readonly [K in keyof Job]: Job[K] };

function newJob(kind: string, payload: unknown, runAt: number): JobRow {
  const text = JSON.stringify(payload ?? null);
  if (text.length > maxPayloadCharacters)
    throw new Error(`The payload of a job "${kind}" has ${text.length} characters, more than ${maxPayloadCharacters}`);
  return {
    id: randomUUID(),
    kind,
    payload: text,
    runAt,
    attempts: 0,
    maxAttempts: 1,
    lockedUntil: null,
    lockedBy: null,
    lastError: null,
    key: null,
    intervalMs: null,
    failedAt: null,
  };
}
