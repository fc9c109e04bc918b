import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { PortalClients, PortalSessions, type PortalName, type PortalSessionView } from '@tollgate/oauth/server';
import { GrantRefusedError, TokenClient } from './token-client.js';

/** Access tokens that live no longer than this are renewed first. */
const renewBeforeMs = 60_000;
const lookAgainMs = 100;
const longestWaitMs = 10_000;

/** The sessions of portals with access tokens that are good for the next minute. */
@Injectable()
export class SessionTokens {
  /** Renewals of this process, so that parallel requests share one. */
  readonly #renewing = new Map<number, Promise<PortalSessionView | null>>();

  constructor(
    private readonly sessions: PortalSessions,
    private readonly clients: PortalClients,
    private readonly tokens: TokenClient,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** @param cookie token of the session's cookie. Null when nobody is signed in with it (any more). */
  async sessionOf(portal: PortalName, cookie: string): Promise<PortalSessionView | null> {
    const session = await this.sessions.find(portal, cookie);
    if (session === null || !this.isAging(session)) return session;
    const running = this.#renewing.get(session.id);
    if (running) return running;
    const renewal = this.renew(portal, cookie, session).finally(() => this.#renewing.delete(session.id));
    this.#renewing.set(session.id, renewal);
    return renewal;
  }

  private isAging({ tokens }: PortalSessionView): boolean {
    return tokens.accessExpiresAt - this.clock.nowMs() < renewBeforeMs;
  }

  private async renew(
    portal: PortalName,
    cookie: string,
    session: PortalSessionView,
  ): Promise<PortalSessionView | null> {
    if (!(await this.sessions.claimRenewal(session))) return this.whenRenewed(portal, cookie);
    const { refresh, id } = session.tokens;
    if (refresh === null) return this.ended(session);
    try {
      const client = await this.clients.get(portal);
      const granted = await this.tokens.grant(client, { grant_type: 'refresh_token', refresh_token: refresh });
      const tokens = { ...granted.tokens, id: granted.tokens.id ?? id };
      await this.sessions.renewed(session, tokens, granted.scopes);
    } catch (error) {
      if (error instanceof GrantRefusedError) return this.ended(session);
      throw error;
    }
    return this.sessions.find(portal, cookie);
  }

  /** Another process renews: its tokens will do. */
  private async whenRenewed(portal: PortalName, cookie: string): Promise<PortalSessionView | null> {
    for (const untilMs = performance.now() + longestWaitMs; performance.now() < untilMs; await sleep(lookAgainMs)) {
      const session = await this.sessions.find(portal, cookie);
      if (session === null || !this.isAging(session)) return session;
    }
    return null;
  }

  /** The person signed out elsewhere, was locked, or changed the password. */
  private async ended(session: PortalSessionView): Promise<null> {
    await this.sessions.end(session.id);
    return null;
  }
}
