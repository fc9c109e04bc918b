import { Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { superOrganization, tollgateLogger, type Logger } from '@tollgate/base';
import { Operation } from '@tollgate/http';
import { AuditLog, type UserView } from '@tollgate/identity/server';
import { claimedPerson } from '@tollgate/oauth/domain';
import {
  FederatedAccounts,
  FederationError,
  IdentityProviders,
  Interactions,
  ProviderSignIn,
  type FederationRefusal,
  type FederationWish,
  type IdentityProvider,
} from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contextOf, InteractionProgress } from '../authorize/interaction-progress.js';
import { InteractionVisits, type Visit } from '../authorize/interaction-visits.js';
import { queryOf } from '../authorize/request-reader.js';
import { TenantPath } from '../oauth2/tenant-path.js';
import { PageError } from '../pages/error-page.js';
import type { TextKey } from '../pages/texts.js';
import { nothingPassed, organizationOf, type SignInState } from '../sign-in/sign-in-step.js';

/** To the sign-in page of an identity provider and back. */
@Controller()
export class FederationController {
  constructor(
    private readonly tenants: TenantPath,
    private readonly visits: InteractionVisits,
    private readonly progress: InteractionProgress,
    private readonly interactions: Interactions,
    private readonly providers: IdentityProviders,
    private readonly signIn: ProviderSignIn,
    private readonly accounts: FederatedAccounts,
    private readonly audit: AuditLog,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  @Operation({
    method: 'GET',
    path: '/oauth2/interaction/:id/federation/:provider',
    auth: 'public',
    summary: 'To the sign-in page of an identity provider',
  })
  async leave(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Param('provider') name: string,
  ): Promise<void> {
    await this.visits.visiting(request, reply, id, async (visit) => {
      const provider = await this.offered(organizationOf(visit.setting), name);
      void reply
        .status(303)
        .header('location', this.signIn.begin(provider, placeOf(visit), wishOf(visit)))
        .send('');
    });
  }

  @Operation({
    method: 'GET',
    path: '/oauth2/federation/:provider',
    auth: 'public',
    summary: 'Where an identity provider of the super organization sends people back to',
  })
  async comeBack(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('provider') name: string,
  ): Promise<void> {
    await this.back(request, reply, superOrganization, name);
  }

  @Operation({
    method: 'GET',
    path: '/t/:tenant/oauth2/federation/:provider',
    auth: 'public',
    summary: 'Where an identity provider of a tenant sends people back to',
  })
  async comeBackToTenant(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant: string,
    @Param('provider') name: string,
  ): Promise<void> {
    await this.back(request, reply, await this.tenants.organization(tenant), name);
  }

  /** Nothing is asked of the provider before the state has proved that this browser was sent there from here. */
  private async back(request: FastifyRequest, reply: FastifyReply, organization: string, name: string): Promise<void> {
    const answer = queryOf(request);
    const [state = '', ...more] = answer.getAll('state');
    const interaction = more.length === 0 ? this.signIn.interactionIn(state) : null;
    if (interaction === null) throw new PageError('error.bad-request', 'The answer carries no state of ours.');
    await this.visits.visiting(request, reply, interaction, async (visit) => {
      const provider = await this.offered(organization, name);
      const isOurs = organizationOf(visit.setting) === organization;
      if (!isOurs || !(await this.signIn.takeState(provider, placeOf(visit), state)))
        throw new PageError('error.over', 'The state is not one of this sign-in, was used, or has expired.', 403);
      await this.finish(visit, provider, state, answer);
    });
  }

  private async finish(
    visit: Visit,
    provider: IdentityProvider,
    state: string,
    answer: URLSearchParams,
  ): Promise<void> {
    const outcome = await this.outcomeOf(visit, provider, state, answer);
    const target = { identityProvider: provider.name };
    const { organization } = provider;
    const { address } = visit.setting;
    if (typeof outcome === 'string') {
      await this.audit.signIn({ organization: organization ?? '', userName: '', address }, 'FAILURE', target);
      return this.refuse(visit, outcome, provider);
    }
    const { userName } = outcome.user ?? { userName: '' };
    await this.audit.signIn({ organization: organization ?? '', userName, address }, 'SUCCESS', target);
    await this.progress.advance(visit, outcome);
  }

  /** How far signing in has come with what the provider says; or what to tell the person. */
  private async outcomeOf(
    visit: Visit,
    provider: IdentityProvider,
    state: string,
    answer: URLSearchParams,
  ): Promise<SignInState | Refusal> {
    try {
      const found = await this.signIn.complete(provider, state, answer, wishOf(visit));
      const ctx = contextOf(organizationOf(visit.setting), visit.request);
      const person = claimedPerson(provider.settings, found.claims);
      const user = await this.accounts.userOf(ctx, provider, found.subject, person);
      if (typeof user === 'string') return user;
      return stateOf(user, provider, found);
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      const { name, organization } = provider;
      if (error.kind !== 'denied')
        this.log.warn(
          { event: 'federation.failed', identityProvider: name, organization, reason: error.message },
          'An identity provider signed nobody in',
        );
      return error.kind;
    }
  }

  private async refuse({ reply, interaction }: Visit, refusal: Refusal, provider: IdentityProvider): Promise<void> {
    const values = { provider: provider.settings.displayName || provider.name };
    const notice = { key: refusalTexts[refusal], values };
    await this.interactions.saveState(interaction.uuid, { signIn: nothingPassed, notice } as never);
    void reply.status(303).header('location', `/oauth2/interaction/${interaction.uuid}`).send('');
  }

  /** @throws PageError for one that the organization does not have, or has switched off */
  private async offered(organization: string, name: string): Promise<IdentityProvider> {
    const provider = await this.providers.findOffered(organization, name);
    if (!provider) throw new PageError('error.not-found', 'There is no such identity provider here.', 404);
    return provider;
  }
}

type Refusal = FederationRefusal | FederationError['kind'];

const refusalTexts: Record<Refusal, TextKey> = {
  unknown: 'federation.unknown',
  'no-name': 'federation.no-name',
  'name-taken': 'federation.name-taken',
  locked: 'federation.locked',
  unreachable: 'federation.unreachable',
  refused: 'federation.refused',
  denied: 'federation.denied',
};

function stateOf(
  { userName, organization }: UserView,
  { uuid }: IdentityProvider,
  { authenticatedAtMs, secondFactor }: { authenticatedAtMs: number; secondFactor: boolean },
): SignInState {
  return {
    user: { userName, organization },
    passed: ['federation'],
    amr: ['fed', ...(secondFactor ? ['mfa'] : [])],
    federation: { provider: uuid, authenticatedAt: authenticatedAtMs },
  };
}

function placeOf({ interaction }: Visit) {
  return { interaction: interaction.uuid, browserDigest: interaction.browserDigest };
}

/** What the client wants of the sign-in holds at the provider too. */
function wishOf({ asked }: Visit): FederationWish {
  const prompt = asked.prompts.has('select_account')
    ? 'select_account'
    : asked.prompts.has('login')
      ? 'login'
      : undefined;
  return { prompt, maxAgeSeconds: asked.maxAgeSeconds };
}
