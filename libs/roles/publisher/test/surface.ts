import { superOrganization } from '@tollgate/base';
import { apiEntities } from '@tollgate/api/server';
import { applicationEntities } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { OrganizationService, UserService } from '@tollgate/identity/server';
import { ClientService, ScopeGranter, TokenIssuer } from '@tollgate/oauth/server';
import { startOAuthTestApp, type OAuthTestOptions } from '@tollgate/oauth/testing';
import { contractValidator } from '@tollgate/testing';
import { throttlingEntities } from '@tollgate/throttling/server';
import { scopes as surfaceScopes } from '../src/controllers/base.js';
import { PublisherModule } from '../src/index.js';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}
export type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** null without CONTRACTS_DIR. */
export const contract = contractValidator('publisher-api-v4.yaml');
/** Right for every operation, also where the contract names only what its authors thought of; 201 is what the product really answers. */
const allowStatus = [201, 304, 400, 401, 403, 404, 409, 412, 413, 415];
/** Our own document, and definitions: the contract calls their JSON a string, the product answers the document itself. */
const notInContract = /(?:openapi\.json|\/swagger)$/;
/**
 * The contract shows key managers as an object without properties and parameters of policies as objects; its clients send
 * and read a list of names, and plain values.
 */
const knownDeviation = /body\/(?:keyManagers|\S+Policies\/\w+\/\d+\/parameters\/\w+) must be object$/;
const base = '/api/am/publisher/v4';

export function as(userName: string, roles: string[], organization = superOrganization): RequestContext {
  return { organization, principal: { userName, roles, scopes: [] }, correlationId: 'spec' };
}

/** The role's surface over HTTP with real tokens, on the real domains and a fresh database. */
export async function startSurface(more: Pick<OAuthTestOptions, 'imports' | 'entities' | 'toml'> = {}) {
  const { imports = [], entities = [], ...rest } = more;
  const app = await startOAuthTestApp({
    ...rest,
    imports: [...imports, PublisherModule],
    entities: [...throttlingEntities, ...apiEntities, ...applicationEntities, ...entities],
  });
  const differences: string[] = [];

  function sender(token: string | null): Send {
    return async (method, path, body, extra = {}) => {
      const headers: Record<string, string> = {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...extra,
      };
      const isForm = body instanceof FormData;
      if (body !== undefined && !isForm) headers['content-type'] ??= 'application/json';
      const payload = isForm || typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await fetch(app.base + (path.startsWith('/api/') ? path : base + path), {
        method,
        headers,
        redirect: 'manual',
        ...(payload === undefined ? {} : { body: payload }),
      });
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.includes('json') === true;
      const parsed = text === '' ? undefined : isJson ? (JSON.parse(text) as Record<string, unknown>) : { text };
      if (contract && !path.startsWith('/api/') && !notInContract.test(path))
        differences.push(
          ...contract
            .check({
              method,
              path: path.replace(/\/(?=$|\?)/, ''),
              status: answer.status,
              body: parsed,
              allowStatus,
            })
            .filter((problem) => !knownDeviation.test(problem)),
        );
      return { status: answer.status, body: parsed ?? {}, headers: answer.headers };
    };
  }

  return {
    ...app,
    /** How the answers so far differ from the contract. */
    differences,
    visitor: sender(null),
    /** A new user with a management token: every scope of the surface that the roles give, or those named. */
    async user(
      userName: string,
      roles: string[],
      options: { organization?: string; scopes?: string[] } = {},
    ): Promise<Send> {
      const organization = options.organization ?? superOrganization;
      const admin = as('admin', ['admin'], organization);
      await app.get(UserService).create(admin, { userName, password: 'Password-1-of-specs', roles });
      const { client } = await app.db.transaction(admin, (tx) =>
        app
          .get(ClientService)
          .create(tx, { name: `portal of ${userName}`, owner: userName, grantTypes: ['client_credentials'] }),
      );
      const wanted = options.scopes ?? [...new Set(Object.values(surfaceScopes).flat())];
      const granted = await app.get(ScopeGranter).grant(client, organization, roles, wanted);
      const { accessToken } = await app.get(TokenIssuer).issueAccessToken({ client, scopes: granted });
      return sender(accessToken);
    },
    async tenant(domain: string): Promise<void> {
      await app
        .get(OrganizationService)
        .create(as('admin', ['admin']), { domain, admin: { userName: 'admin', password: 'Password-1-of-specs' } });
    },
  };
}
export type Surface = Awaited<ReturnType<typeof startSurface>>;
