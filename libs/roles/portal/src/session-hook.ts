import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { readCookie } from '@tollgate/http';
import type { PortalName } from '@tollgate/oauth/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SessionTokens } from './session-tokens.js';

const portals: readonly string[] = ['publisher', 'devportal', 'admin'] satisfies PortalName[];

/** Servers that have the hook: every portal of a process brings this module. */
const installed = new WeakSet<object>();

/** Name of the cookie that holds the session of a portal. */
export function sessionCookie(portal: PortalName): `__Host-${string}` {
  return `__Host-tollgate-${portal}`;
}

/**
 * Lets the pages of a portal call the REST surfaces: a request that carries the portal's cookie gets the access token
 * of its session. Only with the header `X-Tollgate-Portal`, which no form or link of another site can send, and never
 * over an Authorization header of the caller's own.
 */
@Injectable()
export class SessionHook implements OnModuleInit {
  constructor(
    private readonly adapters: HttpAdapterHost,
    private readonly sessions: SessionTokens,
  ) {}

  onModuleInit(): void {
    const fastify = this.adapters.httpAdapter.getInstance<FastifyInstance>();
    if (installed.has(fastify)) return;
    installed.add(fastify);
    fastify.addHook('onRequest', async (request) => {
      const token = await this.accessTokenOf(request);
      if (token !== null) request.headers.authorization = `Bearer ${token}`;
    });
  }

  private async accessTokenOf(request: FastifyRequest): Promise<string | null> {
    const portal = request.headers['x-tollgate-portal'];
    if (typeof portal !== 'string' || !portals.includes(portal) || request.headers.authorization !== undefined)
      return null;
    if (request.headers['sec-fetch-site'] !== undefined && request.headers['sec-fetch-site'] !== 'same-origin')
      return null;
    const cookie = readCookie(request, sessionCookie(portal as PortalName));
    const session = cookie === null ? null : await this.sessions.sessionOf(portal as PortalName, cookie);
    return session?.tokens.access ?? null;
  }
}
