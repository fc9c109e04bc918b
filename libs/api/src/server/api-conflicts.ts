import { ConflictError } from '@tollgate/base';
import { isDuplicateKey, type Database, type Transaction, type RequestContext } from '@tollgate/database';
import { Not } from 'typeorm';
import { basePathOf, type ApiIdentity } from '../domain/index.js';
import { Api } from './api.entity.js';

const nameTaken = (identity: ApiIdentity): ConflictError =>
  new ConflictError(
    'API_NAME_TAKEN',
    `An API "${identity.name}" of version ${identity.version} exists.`,
    'Choose another name or another version.',
    900250,
  );
const contextTaken = (context: string): ConflictError =>
  new ConflictError(
    'API_CONTEXT_TAKEN',
    `The context "${context}" is used by another API.`,
    'Choose another context.',
    900251,
  );

/** @throws ConflictError when another API has the name with this version, the context, or the path */
export async function refuseTaken(tx: Transaction, identity: ApiIdentity): Promise<void> {
  const { organization } = tx;
  const { name, context, version } = identity;
  if (await tx.manager.existsBy(Api, { organization, name, version })) throw nameTaken(identity);
  const sameContext = { organization, context, name: Not(name) };
  const samePath = { basePath: basePathOf(context, version) };
  if (await tx.manager.exists(Api, { where: [sameContext, samePath] })) throw contextTaken(context);
}

/**
 * Runs a transaction that creates or renames APIs. When somebody else was faster, the unique keys refuse; then the
 * caller gets the same 409 as if it had come later.
 */
export async function withoutDuplicates<T>(
  db: Database,
  ctx: RequestContext,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  try {
    return await db.transaction(ctx, work);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw new ConflictError(
      'API_CHANGED_AT_THE_SAME_TIME',
      'Another API took this name, context or place as default version a moment ago.',
      'Read the APIs again, then repeat your change.',
    );
  }
}
