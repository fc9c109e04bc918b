import { Controller, Param, Req, Res } from '@nestjs/common';
import { Database } from '@tollgate/database';
import { Operation } from '@tollgate/http';
import {
  Passkeys,
  SecondFactorPolicy,
  SecondFactors,
  SignInService,
  TooManySignInsError,
} from '@tollgate/identity/server';
import { SignInSessions } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendPage } from '../pages/page.js';
import { waitText } from '../pages/problem-texts.js';
import { PasskeyCeremonies } from '../sign-in/passkey-ceremonies.js';
import { AccountVisits, type AccountVisit } from './account-visits.js';
import { addPasskeyPage, codesPage, enrolPage, factorsPage } from './factor-pages.js';

/** A person's second factors: an app, passkeys, new recovery codes; begin with them and end them. */
@Controller(['/oauth2/account/factors', '/t/:tenant/oauth2/account/factors'])
export class AccountFactorsController {
  constructor(
    private readonly db: Database,
    private readonly visits: AccountVisits,
    private readonly factors: SecondFactors,
    private readonly policy: SecondFactorPolicy,
    private readonly passkeys: Passkeys,
    private readonly ceremonies: PasskeyCeremonies,
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
    if (form.get('action') === 'add-passkey') return this.addPasskey(visit, form);
    const problem = await this.reauthenticate(visit, form.get('password') ?? '');
    if (problem !== null) return this.page(visit, problem);
    return this.actWithPassword(visit, form.get('action') ?? '');
  }

  private async actWithPassword(visit: AccountVisit, action: string): Promise<void> {
    const { ctx, user, texts, session, reply } = visit;
    if (action === 'passkey') {
      const options = await this.ceremonies.creation(user, session.uuid);
      return sendPage(reply, texts, addPasskeyPage(visit, options));
    }
    if (action === 'app') {
      const enrolment = await this.db.transaction(ctx, (tx) => this.factors.enrol(tx, user));
      return sendPage(reply, texts, enrolPage(visit, enrolment));
    }
    if (action === 'disable') {
      await this.db.transaction(ctx, (tx) => this.factors.remove(tx, user));
      return this.page(visit);
    }
    if (action.startsWith('forget ')) return this.forgetPasskey(visit, action.slice('forget '.length));
    const codes = await this.db.transaction(ctx, (tx) => this.factors.makeRecoveryCodes(tx, user));
    sendPage(reply, texts, codesPage(visit, codes));
  }

  /** With the last of the factors the recovery codes go too. */
  private async forgetPasskey(visit: AccountVisit, uuid: string): Promise<void> {
    const { ctx, user } = visit;
    const others = (await this.passkeys.list(user)).filter((passkey) => passkey.uuid !== uuid);
    const hasApp = await this.policy.hasApp(user);
    await this.db.transaction(ctx, (tx) =>
      hasApp || others.length > 0 ? this.passkeys.remove(tx, user, uuid) : this.factors.remove(tx, user),
    );
    return this.page(visit);
  }

  /** The password was asked for before: only then the page had a challenge for this session. */
  private async addPasskey(visit: AccountVisit, form: URLSearchParams): Promise<void> {
    const { ctx, user, session, reply, texts } = visit;
    const name = (form.get('name') ?? '').trim().slice(0, 100) || texts('passkey.unnamed');
    const codesLeft = await this.factors.recoveryCodesLeft(user);
    const made = await this.ceremonies.made(user, session.uuid, form.get('passkey') ?? '');
    const codes = await this.db.transaction(ctx, async (tx) => {
      if (!made || !(await this.passkeys.add(tx, user, name, made))) return null;
      await this.sessions.addMethods(tx, session.uuid, ['pop', 'mfa']);
      return codesLeft > 0 ? [] : this.factors.makeRecoveryCodes(tx, user);
    });
    if (codes === null) return this.page(visit, texts('passkey.wrong'));
    if (codes.length === 0) return this.page(visit);
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
      const has = {
        codesLeft: await this.factors.recoveryCodesLeft(user),
        app: await this.policy.hasApp(user),
        passkeys: await this.passkeys.list(user),
      };
      return sendPage(reply, texts, factorsPage(visit, has, problem));
    }
    const enrolment = await this.db.transaction(ctx, (tx) => this.factors.enrol(tx, user));
    sendPage(reply, texts, enrolPage(visit, enrolment, problem));
  }
}
