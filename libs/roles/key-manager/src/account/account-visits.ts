import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { SecondFactorPolicy, UserReader, type UserView } from '@tollgate/identity/server';
import { Interactions, type SignInSessionView } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { startingState } from '../authorize/interaction-state.js';
import { TenantPath } from '../oauth2/tenant-path.js';
import { PageError } from '../pages/error-page.js';
import { pageHeaders } from '../pages/page.js';
import { chooseLanguage, textsIn, type Texts } from '../pages/texts.js';
import { Browsers } from '../sign-in/browser.js';
import { mayEnter } from '../sign-in/password.step.js';
import { accountRequest, type AccountPage } from './account-request.js';

/** A person who is signed in and looks at a page of the own account. */
export interface AccountVisit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly texts: Texts;
  readonly session: SignInSessionView;
  readonly user: UserView;
  /** Of the path; null for `/oauth2`. */
  readonly tenant: string | null;
  /** For the forms of the page. */
  readonly formToken: string;
  /** The person acts: what is changed is recorded in the audit log. */
  readonly ctx: RequestContext;
}

export interface AccountAddress {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly page: AccountPage;
  /** As it stands in the path. */
  readonly tenant: string | undefined;
}

/** Lets people who are signed in see and change what is theirs, and sends the others to sign in. */
@Injectable()
export class AccountVisits {
  constructor(
    private readonly tenants: TenantPath,
    private readonly browsers: Browsers,
    private readonly users: UserReader,
    private readonly secondFactors: SecondFactorPolicy,
    private readonly interactions: Interactions,
  ) {}

  /** The person; null when the browser was sent to the sign-in page. */
  async visitor(address: AccountAddress): Promise<AccountVisit | null> {
    const { request, reply, page } = address;
    void reply.headers(pageHeaders());
    const tenant = await this.tenants.resolve(address.tenant);
    const session = await this.browsers.session(request);
    const user = session && (await this.users.find(session.organization, session.userName));
    if (!session || !user?.active || !(await this.isGoodEnough(session, user, page, tenant))) {
      await this.askToSignIn(address, tenant);
      return null;
    }
    const texts = textsIn(chooseLanguage(undefined, request.headers['accept-language']));
    const browser = this.browsers.recognize(request, reply);
    const formToken = this.browsers.formToken(browser, `account ${page} ${session.uuid}`);
    return { request, reply, texts, session, user, tenant, formToken, ctx: contextOf(request, user) };
  }

  /**
   * The person and the form that came from the page.
   * @throws PageError when it was sent by something else
   */
  async posted(address: AccountAddress): Promise<{ visit: AccountVisit; form: URLSearchParams } | null> {
    const visit = await this.visitor(address);
    if (!visit) return null;
    const { request } = address;
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    if (form.get('token') !== visit.formToken || request.headers['sec-fetch-site'] === 'cross-site')
      throw new PageError('error.forged', 'The form carries no token of this page.', 403);
    return { visit, form };
  }

  private async isGoodEnough(
    session: SignInSessionView,
    user: UserView,
    page: AccountPage,
    tenant: string | null,
  ): Promise<boolean> {
    if (!mayEnter(user.organization, accountRequest(page, tenant))) return false;
    return session.amr.includes('mfa') || !(await this.secondFactors.needsMoreThanPassword(user));
  }

  private async askToSignIn({ request, reply, page }: AccountAddress, tenant: string | null): Promise<void> {
    const interaction = await this.interactions.begin({
      browserDigest: this.browsers.recognize(request, reply),
      tenant,
      parameters: { account_page: page },
      state: { ...startingState },
    });
    void reply.status(303).header('location', `/oauth2/interaction/${interaction.uuid}`).send('');
  }
}

function contextOf(request: FastifyRequest, user: UserView): RequestContext {
  const { organization, userName, roles } = user;
  return {
    organization,
    principal: { userName, roles, scopes: [] },
    correlationId: request.id,
    address: request.ip,
    operation: {
      name: `${request.method} ${request.routeOptions.url ?? ''}`,
      readOnly: request.method === 'GET',
      target: {},
    },
  };
}
