import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '@tollgate/base';
import { clearCookie, readCookie, setCookie } from '@tollgate/http';
import { SignInSessions, type SignInSessionView } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';

const browserCookie = '__Host-tollgate-browser';
const sessionCookie = '__Host-tollgate-session';

/**
 * The two cookies of a browser. One tells it from other browsers, so that pages begun in one do not go on in another and
 * forms can be proved ours; the other holds its session and is new with every sign-in.
 */
@Injectable()
export class Browsers {
  constructor(
    private readonly box: SecretBox,
    private readonly sessions: SignInSessions,
  ) {}

  /** Digest by which this browser is known; gives it a cookie when it has none. */
  recognize(request: FastifyRequest, reply: FastifyReply): string {
    const present = readCookie(request, browserCookie);
    if (present !== null) return this.digestOf(present);
    const made = randomBytes(32).toString('base64url');
    setCookie(reply, browserCookie, made);
    return this.digestOf(made);
  }

  /** Null for a browser that was never here or keeps no cookies. */
  known(request: FastifyRequest): string | null {
    const present = readCookie(request, browserCookie);
    return present === null ? null : this.digestOf(present);
  }

  /**
   * Proves that a form came from our page in this browser (cross-site request forgery).
   * @param purpose what the form is about, so that the token of one opens no other
   */
  formToken(browserDigest: string, purpose: string): string {
    return this.box.digest(JSON.stringify([browserDigest, purpose]), 'form-token');
  }

  async session(request: FastifyRequest): Promise<SignInSessionView | null> {
    const token = readCookie(request, sessionCookie);
    return token === null ? null : this.sessions.find(token);
  }

  keepSession(reply: FastifyReply, token: string): void {
    setCookie(reply, sessionCookie, token);
  }

  dropSession(reply: FastifyReply): void {
    clearCookie(reply, sessionCookie);
  }

  private digestOf(value: string): string {
    return this.box.digest(value, 'browser');
  }
}
