import { Injectable } from '@nestjs/common';
import { ConflictError, NotFoundError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { parseInput, toApimError } from '@tollgate/http';
import { bulkResponseSchema, type BulkBody, type BulkOperation, type BulkResult } from './bulk-body.js';
import { referencesOf, resolved } from './bulk-references.js';
import { patchBody } from './protocol/patch-body.js';
import { roleViews, type RoleView } from './role-type.js';
import { ScimRequestError, scimErrorShape } from './scim-error.js';
import { ScimRolesService } from './scim-roles.service.js';
import type { Shown } from './scim-shown.js';
import { ScimUsersService } from './scim-users.service.js';

/** What one kind of resource does with an operation. */
interface Handler {
  create(data: Record<string, unknown>): Promise<Shown>;
  replace(id: string, data: Record<string, unknown>, expectedVersion?: number): Promise<Shown>;
  patch(id: string, data: Record<string, unknown>, expectedVersion?: number): Promise<Shown>;
  delete(id: string, expectedVersion?: number): Promise<void>;
}

/** Many operations in one request, each done or refused for itself (RFC 7644 section 3.7). */
@Injectable()
export class ScimBulkService {
  constructor(
    private readonly users: ScimUsersService,
    private readonly roles: ScimRolesService,
  ) {}

  /** Operations wait for those whose `bulkId` they name; the answer is in the order of the request. */
  async run(ctx: RequestContext, body: BulkBody, base: string): Promise<object> {
    const results = new Map<number, BulkResult>();
    const ids = new Map<string, string>();
    const waiting = new Map(body.Operations.entries());
    let failures = 0;
    while (waiting.size > 0 && failures < (body.failOnErrors ?? Number.POSITIVE_INFINITY)) {
      const index = nextOf(waiting) ?? waiting.keys().next().value ?? 0;
      const operation = waiting.get(index) as BulkOperation;
      waiting.delete(index);
      const { result, id } = await this.one(ctx, resolved(operation, ids), base);
      if (id !== null && operation.bulkId !== undefined) ids.set(operation.bulkId, id);
      if (Number(result.status) >= 400) failures++;
      results.set(index, result);
    }
    const inOrder = [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
    return { schemas: [bulkResponseSchema], Operations: inOrder };
  }

  private async one(
    ctx: RequestContext,
    operation: BulkOperation,
    base: string,
  ): Promise<{ result: BulkResult; id: string | null }> {
    const named = { method: operation.method, ...(operation.bulkId === undefined ? {} : { bulkId: operation.bulkId }) };
    try {
      const shown = await this.perform(ctx, operation, base);
      if (!shown) return { result: { ...named, location: `${base}${operation.path}`, status: '204' }, id: null };
      const status = operation.method === 'POST' ? '201' : '200';
      return { result: { ...named, location: shown.location, version: shown.version, status }, id: shown.id };
    } catch (error) {
      const { status, body } = scimErrorShape(toApimError(error));
      if (status >= 500) throw error; // ours to mend: the whole request fails, with its reason in the log
      const location = operation.method === 'POST' ? {} : { location: `${base}${operation.path}` };
      return { result: { ...named, ...location, status: String(status), response: body }, id: null };
    }
  }

  private async perform(ctx: RequestContext, operation: BulkOperation, base: string): Promise<Shown | null> {
    const [left] = referencesOf(operation);
    if (left !== undefined)
      throw new ConflictError(
        'BULK_ID',
        `The bulkId "${left}" stands for nothing that was made.`,
        'Name the bulkId of a POST that is in the same request and does not wait for this operation.',
      );
    const { handler, id } = this.handlerOf(ctx, operation.path, base);
    const { method, data } = operation;
    const version = versionOf(operation.version);
    if (method === 'DELETE') {
      await handler.delete(requireId(id), version);
      return null;
    }
    if (data === undefined) throw new ScimRequestError('invalidSyntax', `A ${method} needs "data".`);
    if (method === 'POST' && id !== null)
      throw new ScimRequestError('invalidPath', 'A POST goes to the path of the kind.');
    if (method === 'POST' && operation.bulkId === undefined)
      throw new ScimRequestError('invalidSyntax', 'A POST needs a "bulkId".');
    if (method === 'POST') return handler.create(data);
    return method === 'PUT'
      ? handler.replace(requireId(id), data, version)
      : handler.patch(requireId(id), data, version);
  }

  private handlerOf(ctx: RequestContext, path: string, base: string): { handler: Handler; id: string | null } {
    const [, endpoint = '', id = null] = /^(\/Users|\/Groups|\/Roles|\/v2\/Roles)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (endpoint === '/Users') return { handler: this.usersHandler(ctx, base), id };
    const view = Object.values(roleViews).find((candidate) => `/${candidate.path}` === endpoint);
    if (!view) throw new NotFoundError('Endpoint', path);
    return { handler: this.rolesHandler(ctx, { view, base }), id };
  }

  private usersHandler(ctx: RequestContext, base: string): Handler {
    return {
      create: (data) => this.users.create(ctx, data, base),
      replace: (id, given, expectedVersion) => this.users.replace(ctx, id, { given, expectedVersion }, base),
      patch: (id, data, expectedVersion) =>
        this.users.patch(ctx, id, { body: parseInput(patchBody, data, 'data'), expectedVersion }, base),
      delete: (id, expectedVersion) => this.users.delete(ctx, id, expectedVersion),
    };
  }

  private rolesHandler(ctx: RequestContext, place: { view: RoleView; base: string }): Handler {
    return {
      create: (data) => this.roles.create(ctx, data, place),
      replace: (id, given, expectedVersion) => this.roles.replace(ctx, id, { given, expectedVersion }, place),
      patch: (id, data, expectedVersion) =>
        this.roles.patch(ctx, id, { body: parseInput(patchBody, data, 'data'), expectedVersion }, place),
      delete: (id, expectedVersion) => this.roles.delete(ctx, id, expectedVersion),
    };
  }
}

/** The first operation that waits for none of the others; undefined when they all wait for each other. */
function nextOf(waiting: ReadonlyMap<number, BulkOperation>): number | undefined {
  const toCome = new Set([...waiting.values()].map((operation) => operation.bulkId));
  return [...waiting].find(([, operation]) =>
    [...referencesOf(operation)].every((id) => !toCome.has(id) || id === operation.bulkId),
  )?.[0];
}

function requireId(id: string | null): string {
  if (id === null) throw new ScimRequestError('invalidPath', 'Name the id in the path.');
  return id;
}

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(text)?.[1];
  if (version === undefined)
    throw new ScimRequestError('invalidValue', '"version" is the entity tag of your last read.');
  return Number(version);
}
