import { Inject, Injectable } from '@nestjs/common';
import { superOrganization, tollgateClock, type Clock } from '@tollgate/base';
import { Database, type RequestContext } from '@tollgate/database';
import { SecondFactorPolicy, UserReader, type UserView } from '@tollgate/identity/server';
import { defaultScope, type SignInFacts } from '@tollgate/oauth/domain';
import {
  AuthorizationCodes,
  Consents,
  DeviceGrants,
  Interactions,
  ScopeGranter,
  type SignInSessionView,
} from '@tollgate/oauth/server';
import { PageError } from '../pages/error-page.js';
import { mayEnter } from '../sign-in/password.step.js';
import type { AuthorizationRequest } from './authorization-request.js';

/** A person who is signed in well enough for a request. */
export interface SignedIn {
  readonly session: SignInSessionView;
  readonly user: UserView;
  /** Those of the asked scopes that this user's roles give this client. */
  readonly scopes: readonly string[];
}

/** What an authorization request still needs, and its end. */
@Injectable()
export class AuthorizationFlow {
  constructor(
    private readonly db: Database,
    private readonly users: UserReader,
    private readonly secondFactors: SecondFactorPolicy,
    private readonly granter: ScopeGranter,
    private readonly consents: Consents,
    private readonly codes: AuthorizationCodes,
    private readonly interactions: Interactions,
    private readonly devices: DeviceGrants,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /**
   * The person behind a session, when the session is good enough for this request.
   * @param freshSession uuid of the session that was begun for this very request; it satisfies `prompt` and `max_age`
   */
  async signedIn(
    request: AuthorizationRequest,
    session: SignInSessionView | null,
    freshSession?: string,
  ): Promise<SignedIn | null> {
    if (!session || !mayEnter(session.organization, request)) return null;
    if (session.uuid !== freshSession && !this.isRecentEnough(request, session)) return null;
    const user = await this.users.find(session.organization, session.userName);
    if (!user?.active) return null;
    if (
      !session.amr.includes('mfa') &&
      (request.needsMultiFactor || (await this.secondFactors.needsMoreThanPassword(user)))
    )
      return null;
    const granted = await this.granter.grant(request.client, user.organization, user.roles, request.scopes);
    return { session, user, scopes: granted.length > 0 ? granted : [defaultScope] };
  }

  async needsConsent(request: AuthorizationRequest, { user, scopes }: SignedIn): Promise<boolean> {
    const { client, prompts } = request;
    if (prompts.has('consent')) return true;
    if (client.firstParty) return false;
    const { organization, userName } = user;
    return !(await this.consents.covers({ organization, userName, consumerKey: client.consumerKey }, scopes));
  }

  /**
   * The code for the client, and the end of the interaction if there was one.
   * @param allowed the person has just allowed the scopes
   * @throws PageError when another request ended the interaction first
   */
  async finish(
    ctx: RequestContext,
    request: AuthorizationRequest,
    signedIn: SignedIn,
    end: { readonly interaction?: string; readonly allowed?: boolean },
  ): Promise<string> {
    const { session, user, scopes } = signedIn;
    const { organization, userName } = user;
    return this.db.transaction(ctx, async (tx) => {
      if (end.interaction !== undefined && !(await this.interactions.finish(tx, end.interaction)))
        throw new PageError('error.over', 'The interaction was finished already.', 410);
      if (end.allowed)
        await this.consents.allow(tx, { organization, userName, consumerKey: request.client.consumerKey }, scopes);
      const { client, redirectUri, redirectNamed, codeChallenge, nonce, tenant } = request;
      return this.codes.issue(tx, {
        client,
        user: { organization, userName },
        scopes,
        redirectUri,
        redirectNamed,
        codeChallenge,
        context: {
          signIn: factsOf(session),
          ...(nonce === undefined ? {} : { nonce }),
          ...(request.resources.length === 0 ? {} : { resources: request.resources }),
          ...(request.dpopJkt === undefined ? {} : { jkt: request.dpopJkt }),
          issuerOrganization: tenant ?? superOrganization,
        },
      });
    });
  }

  /** The person's answer to a device; `null` is no. @throws PageError when it was answered already */
  async answerDevice(
    ctx: RequestContext,
    { device, tenant }: AuthorizationRequest,
    interaction: string,
    signedIn: SignedIn | null,
  ): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const ended = await this.interactions.finish(tx, interaction);
      const answer = signedIn ? { allowed: true as const, ...allowed(signedIn, tenant) } : { allowed: false as const };
      const answered = ended && (await this.devices.answer(tx, device?.uuid ?? '', answer));
      if (!answered) throw new PageError('error.over', 'The device was answered already.', 410);
    });
  }

  private isRecentEnough({ prompts, maxAgeSeconds }: AuthorizationRequest, session: SignInSessionView): boolean {
    if (prompts.has('login') || prompts.has('select_account')) return false;
    return maxAgeSeconds === undefined || this.clock.nowMs() - session.authenticatedAt <= maxAgeSeconds * 1000;
  }
}

function allowed({ session, user, scopes }: SignedIn, tenant: string | null) {
  const { organization, userName } = user;
  const context = { signIn: factsOf(session), issuerOrganization: tenant ?? superOrganization };
  return { user: { organization, userName }, scopes, context };
}

function factsOf({ authenticatedAt, amr, uuid }: SignInSessionView): SignInFacts {
  return { authTimeSeconds: Math.floor(authenticatedAt / 1000), amr, sessionUuid: uuid };
}
