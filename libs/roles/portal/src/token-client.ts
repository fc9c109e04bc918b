import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApimError, safeMessage, tollgateClock, tollgateConfig, type Clock } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import { OpenApiDocuments } from '@tollgate/http';
import type { PortalClient, PortalTokens } from '@tollgate/oauth/server';
import type { FastifyInstance } from 'fastify';
import { Agent, request } from 'undici';

const tokenPath = '/oauth2/token';
const timeoutMs = 10_000;

/** What the token endpoint gave (RFC 6749 section 5.1). */
export interface Granted {
  readonly tokens: PortalTokens;
  readonly scopes: readonly string[];
}

/** The key manager refused a grant (RFC 6749 section 5.2): `invalid_grant` when the person has to sign in again. */
export class GrantRefusedError extends Error {
  constructor(readonly code: string) {
    super(`The token endpoint answered ${code}.`);
    this.name = 'GrantRefusedError';
  }
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls the token endpoint for portals: within this process where the key manager runs in it, else over HTTPS. */
@Injectable()
export class TokenClient {
  #agent: Agent | null = null;

  constructor(
    private readonly adapters: HttpAdapterHost,
    private readonly documents: OpenApiDocuments,
    @Inject(tollgateConfig) private readonly config: TollgateConfig,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** @throws GrantRefusedError; ApimError 503 when the key manager cannot be reached */
  async grant(client: PortalClient, parameters: Readonly<Record<string, string>>): Promise<Granted> {
    const credentials = `${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`;
    const headers = {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const form = new URLSearchParams(parameters).toString();
    const answer = this.isHere() ? await this.inject(headers, form) : await this.send(client.issuer, headers, form);
    if (answer.status === 200) return this.read(answer.body);
    if (answer.status >= 500) throw unavailable(`It answered ${answer.status}`);
    const { error } = answer.body;
    throw new GrantRefusedError(typeof error === 'string' ? error : `http_${answer.status}`);
  }

  private isHere(): boolean {
    return this.documents.operations().some(({ fullPath }) => fullPath === tokenPath);
  }

  private async inject(headers: Record<string, string>, payload: string): Promise<Answer> {
    const fastify = this.adapters.httpAdapter.getInstance<FastifyInstance>();
    const answer = await fastify.inject({ method: 'POST', url: tokenPath, headers, payload });
    return { status: answer.statusCode, body: answer.json() };
  }

  private async send(issuer: string, headers: Record<string, string>, body: string): Promise<Answer> {
    try {
      const url = `${new URL(issuer).origin}${tokenPath}`;
      const answer = await request(url, { method: 'POST', headers, body, dispatcher: this.dispatcher() });
      return { status: answer.statusCode, body: (await answer.body.json()) as Answer['body'] };
    } catch (error) {
      throw unavailable(safeMessage(error), error);
    }
  }

  private dispatcher(): Agent {
    const caFile = this.config.tollgate.event_hub.control_plane_ca_file;
    const connect = { timeout: timeoutMs, ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }) };
    return (this.#agent ??= new Agent({ connect, headersTimeout: timeoutMs, bodyTimeout: timeoutMs }));
  }

  private read(body: Answer['body']): Granted {
    const { access_token: access, refresh_token: refresh, id_token: id, expires_in: seconds, scope } = body;
    if (typeof access !== 'string' || typeof seconds !== 'number') throw unavailable('It gave no access token');
    const tokens = {
      access,
      accessExpiresAt: this.clock.nowMs() + seconds * 1000,
      refresh: typeof refresh === 'string' ? refresh : null,
      id: typeof id === 'string' ? id : null,
    };
    return { tokens, scopes: typeof scope === 'string' ? scope.split(' ') : [] };
  }
}

function unavailable(reason: string, cause?: unknown): ApimError {
  return new ApimError({
    code: 'KEY_MANAGER_AWAY',
    status: 503,
    message: `The key manager cannot be reached: ${reason}.`,
    action: 'Try again; if it stays, look at the key manager.',
    cause,
  });
}
