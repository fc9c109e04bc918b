import { Controller, Param, Req, Res } from '@nestjs/common';
import { Database } from '@tollgate/database';
import { Operation } from '@tollgate/http';
import { SecondFactorPolicy, SecondFactors, SignInService, TooManySignInsError } from '@tollgate/identity/server';
import { SignInSessions } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendPage } from '../pages/page.js';
import { waitText } from '../pages/problem-texts.js';
import { AccountVisits, type AccountVisit } from './account-visits.js';
import { codesPage, enrolPage, factorsPage } from './factor-pages.js';

/** A person's second factor: begin with it, new recovery codes, end it. */
@Controller(['/oauth2/account/factors', '/t/:tenant/oauth2/account/factors'])
export class AccountFactorsController {
  constructor(
    private readonly db: Database,
    private readonly visits: AccountVisits,
    private readonly factors: SecondFactors,
    private readonly policy: SecondFactorPolicy,
    private readonly signIn: SignInService,
    private readonly sessions: SignInSessions,
  ) {}

  @Operation({ method: 'GET', path: '/', auth: 'public', summary: 'The second factor of the person' })
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    const visit = await this.visits.visitor({ request, reply, page: 'factors', tenant });
    if (visit) await this.page(visit);
  }

  @Operation({
    method: 'POST',
    path: '/',
    auth: 'public',
    summary: 'Confirm, renew recovery codes, or end the second factor',
    consumes: ['application/x-www-form-urlencoded'],
    status: 200,
  })
  async act(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    const posted = await this.visits.posted({ request, reply, page: 'factors', tenant });
    if (!posted) return;
    const { visit, form } = posted;
    if (form.get('action') === 'confirm') return this.confirm(visit, form.get('code') ?? '');
    const problem = await this.reauthenticate(visit, form.get('password') ?? '');
    if (problem !== null) return this.page(visit, problem);
    const { ctx, user, texts } = visit;
    if (form.get('action') === 'disable') {
      await this.db.transaction(ctx, (tx) => this.factors.remove(tx, user));
      return this.page(visit);
    }
    const codes = await this.db.transaction(ctx, (tx) => this.factors.makeRecoveryCodes(tx, user));
    sendPage(reply, texts, codesPage(visit, codes));
  }

  /** The session in which it happens has proved the factor too: the person need not sign in again. */
  private async confirm(visit: AccountVisit, code: string): Promise<void> {
    const { ctx, user, session, reply, texts } = visit;
    const codes = await this.db.transaction(ctx, async (tx) => {
      if (!(await this.factors.confirm(tx, user, code))) return null;
      await this.sessions.addMethods(tx, session.uuid, ['otp', 'mfa']);
      return this.factors.makeRecoveryCodes(tx, user);
    });
    if (codes === null) return this.page(visit, texts('factor.wrong'));
    sendPage(reply, texts, codesPage(visit, codes));
  }

  /** Whoever finds an open browser must not take the second factor away. @returns what to tell the person, or null */
  private async reauthenticate({ user, request, texts }: AccountVisit, password: string): Promise<string | null> {
    const { organization, userName } = user;
    try {
      const given = { organization, userName, password, address: request.ip };
      return (await this.signIn.withPassword(given, { moreFollows: true })) ? null : texts('password.wrong');
    } catch (error) {
      if (!(error instanceof TooManySignInsError)) throw error;
      return waitText(texts, error);
    }
  }

  private async page(visit: AccountVisit, problem?: string): Promise<void> {
    const { ctx, user, reply, texts } = visit;
    if (await this.policy.isEnrolled(user)) {
      const left = await this.factors.recoveryCodesLeft(user);
      return sendPage(reply, texts, factorsPage(visit, left, problem));
    }
    const enrolment = await this.db.transaction(ctx, (tx) => this.factors.enrol(tx, user));
    sendPage(reply, texts, enrolPage(visit, enrolment, problem));
  }
}
