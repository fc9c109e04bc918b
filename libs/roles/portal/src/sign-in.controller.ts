import { Controller, Inject, Query, Req, Res, type Type } from '@nestjs/common';
import { shownUserName, UnauthenticatedError } from '@tollgate/base';
import { clearCookie, escapeHtml, Operation, readCookie, setCookie } from '@tollgate/http';
import { PortalSessions, type PortalName } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { pageHeaders } from './portal-headers.js';
import { portalOptions, type PortalOptions } from './portal-options.js';
import { sessionCookie } from './session-hook.js';
import { SessionTokens } from './session-tokens.js';
import { SignInFailedError, SignInFlow } from './sign-in-flow.js';
import { GrantRefusedError } from './token-client.js';

const sessionAnswer = z.object({ user: z.string(), organization: z.string(), scopes: z.array(z.string()) });
const signOutAnswer = z.object({ redirectTo: z.string() });

/** A controller through which the pages of a portal sign people in and out. The browser never sees a token. */
export function signInController(name: PortalName): Type<object> {
  const leavingCookie = `__Host-tollgate-${name}-leaving` as const;

  @Controller(`/${name}`)
  class SignInController {
    constructor(
      private readonly flow: SignInFlow,
      private readonly sessions: PortalSessions,
      private readonly tokens: SessionTokens,
      @Inject(portalOptions) private readonly options: PortalOptions,
    ) {}

    @Operation({
      method: 'GET',
      path: '/services/auth/login',
      auth: 'public',
      status: 303,
      summary: 'Leave for the sign-in page',
    })
    async login(@Query('returnTo') returnTo: unknown, @Res() reply: FastifyReply): Promise<void> {
      const { url, browser } = await this.flow.leave(this.options, typeof returnTo === 'string' ? returnTo : '');
      setCookie(reply, leavingCookie, browser);
      await reply.redirect(url, 303);
    }

    @Operation({ method: 'GET', path: '/callback', auth: 'public', status: 303, summary: 'Come back from signing in' })
    async callback(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      const query = new URLSearchParams(request.url.split('?')[1] ?? '');
      clearCookie(reply, leavingCookie);
      try {
        const { token, returnTo } = await this.flow.arrive(this.options, query, readCookie(request, leavingCookie));
        setCookie(reply, sessionCookie(name), token);
        await reply.redirect(returnTo, 303);
      } catch (error) {
        if (!(error instanceof SignInFailedError) && !(error instanceof GrantRefusedError)) throw error;
        const reason = error instanceof SignInFailedError ? error.reason : error.code;
        await reply.status(400).headers(pageHeaders('')).send(failedPage(name, reason));
      }
    }

    @Operation({
      method: 'GET',
      path: '/services/session',
      auth: 'public',
      summary: 'Who is signed in with this browser',
      answer: sessionAnswer,
    })
    async session(@Req() request: FastifyRequest): Promise<z.output<typeof sessionAnswer>> {
      const cookie = readCookie(request, sessionCookie(name));
      const session = cookie === null ? null : await this.tokens.sessionOf(name, cookie);
      if (session === null) throw new UnauthenticatedError('Nobody is signed in with this browser.', 'Sign in.');
      const { organization, userName, scopes } = session;
      return { user: shownUserName(userName, organization), organization, scopes: [...scopes] };
    }

    @Operation({
      method: 'POST',
      path: '/services/logout',
      auth: 'public',
      status: 200,
      summary: 'Forget the session, and say where to sign out of all portals',
      answer: signOutAnswer,
    })
    async logout(
      @Req() request: FastifyRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<z.output<typeof signOutAnswer>> {
      // Another site must not be able to sign people out: a form cannot send this header.
      if (request.headers['x-tollgate-portal'] !== name) throw new UnauthenticatedError();
      const cookie = readCookie(request, sessionCookie(name));
      const session = cookie === null ? null : await this.sessions.find(name, cookie);
      clearCookie(reply, sessionCookie(name));
      if (session) await this.sessions.end(session.id);
      return { redirectTo: await this.flow.signOutUrl(name, session?.tokens.id ?? null) };
    }
  }
  return SignInController;
}

function failedPage(name: PortalName, reason: string): string {
  const again = `/${name}/services/auth/login`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Signing in did not complete</title></head>
<body><main><h1>Signing in did not complete</h1><p>Reason: ${escapeHtml(reason)}. Nothing was changed.</p><p><a href="${again}">Try again</a></p></main></body></html>`;
}
