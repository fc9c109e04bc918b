import { Controller, Param, Req, Res } from '@nestjs/common';
import { Database, systemContext, type RequestContext } from '@tollgate/database';
import { Operation } from '@tollgate/http';
import { ApiScopeSources, Interactions, SignInSessions, type InteractionView } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accountRequest } from '../account/account-request.js';
import { DeviceRequests } from '../device/device-requests.js';
import { html } from '../pages/html.js';
import { PageError } from '../pages/error-page.js';
import { pageHeaders, sendPage } from '../pages/page.js';
import { chooseLanguage, textsIn, type Texts } from '../pages/texts.js';
import { Browsers } from '../sign-in/browser.js';
import {
  afterStep,
  nothingPassed,
  SignInSteps,
  type SignInSetting,
  type SignInState,
  type StepProblem,
} from '../sign-in/sign-in-step.js';
import { AuthorizationAnswers } from './authorization-answers.js';
import { AuthorizationFlow, type SignedIn } from './authorization-flow.js';
import { AuthorizationRefusal, type AuthorizationRequest } from './authorization-request.js';
import { consentPage, stepPage } from './interaction-pages.js';
import type { InteractionState } from './interaction-state.js';
import { AuthorizationRequests } from './request-reader.js';

/** Everything that one request about an interaction is about. */
interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly texts: Texts;
  readonly interaction: InteractionView;
  readonly state: InteractionState;
  readonly asked: AuthorizationRequest;
  readonly setting: SignInSetting;
  readonly formToken: string;
}

/** The pages between an authorization request and its answer: signing in, consenting. */
@Controller('/oauth2/interaction')
export class InteractionController {
  constructor(
    private readonly db: Database,
    private readonly interactions: Interactions,
    private readonly requests: AuthorizationRequests,
    private readonly devices: DeviceRequests,
    private readonly flow: AuthorizationFlow,
    private readonly browsers: Browsers,
    private readonly sessions: SignInSessions,
    private readonly steps: SignInSteps,
    private readonly answers: AuthorizationAnswers,
    private readonly scopes: ApiScopeSources,
  ) {}

  @Operation({ method: 'GET', path: '/:id', auth: 'public', summary: 'The page that a person is at' })
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    await this.visiting(request, reply, id, (visit) => this.goOn(visit));
  }

  @Operation({
    method: 'POST',
    path: '/:id',
    auth: 'public',
    summary: 'What the person does there',
    consumes: ['application/x-www-form-urlencoded'],
    status: 200,
  })
  async act(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    await this.visiting(request, reply, id, async (visit) => {
      const form = new Map(request.body instanceof URLSearchParams ? request.body : []);
      if (form.get('token') !== visit.formToken || request.headers['sec-fetch-site'] === 'cross-site')
        throw new PageError('error.forged', 'The form carries no token of this page.', 403);
      const action = form.get('action');
      if (action === 'allow') return this.allow(visit);
      if (action === 'deny') return this.deny(visit);
      return action === 'switch' ? this.switchAccount(visit) : this.submitStep(visit, form);
    });
  }

  private async visiting(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    work: (visit: Visit) => Promise<void>,
  ): Promise<void> {
    void reply.headers(pageHeaders());
    const interaction = await this.interactions.find(id);
    if (!interaction) throw new PageError('error.over', 'There is no such interaction.', 410);
    if (this.browsers.known(request) !== interaction.browserDigest)
      throw new PageError('error.other-browser', 'The interaction belongs to another browser.', 403);
    const values = new Map(Object.entries(interaction.parameters));
    const texts = textsIn(chooseLanguage(values.get('ui_locales'), request.headers['accept-language']));
    try {
      const asked = await this.askedIn(values, interaction.tenant);
      await work({
        request,
        reply,
        texts,
        interaction,
        state: interaction.state as unknown as InteractionState,
        asked,
        setting: {
          client: asked.client,
          tenant: asked.tenant,
          loginHint: asked.loginHint,
          needsMultiFactor: asked.needsMultiFactor,
          interaction: interaction.uuid,
          address: request.ip,
          correlationId: request.id,
        },
        formToken: this.browsers.formToken(interaction.browserDigest, id),
      });
    } catch (error) {
      if (!(error instanceof AuthorizationRefusal)) throw error;
      this.answers.refusal(reply, texts, error);
    }
  }

  private async askedIn(values: ReadonlyMap<string, string>, tenant: string | null): Promise<AuthorizationRequest> {
    const device = values.get('device_grant');
    if (device !== undefined) return this.devices.read(device);
    const page = values.get('account_page');
    if (page !== undefined) return accountRequest(page, tenant);
    return this.requests.read({ values, repeated: new Set() }, tenant);
  }

  /** Shows what is needed now, or ends. */
  private async goOn(visit: Visit): Promise<void> {
    const { asked, reply, texts } = visit;
    const signedIn = await this.signedIn(visit);
    if (!signedIn) return this.showStep(visit, visit.state.signIn);
    if (!(await this.flow.needsConsent(asked, signedIn))) return this.finish(visit, signedIn, false);
    const described = await this.scopes.describe(signedIn.user.organization, signedIn.scopes);
    const page = consentPage(texts, { asked, signedIn, described, formToken: visit.formToken });
    sendPage(reply, texts, page, asked.redirectUri || undefined);
  }

  private async signedIn({ request, asked, state }: Visit): Promise<SignedIn | null> {
    return this.flow.signedIn(asked, await this.browsers.session(request), state.sessionUuid);
  }

  private async showStep(visit: Visit, signIn: SignInState, problem?: StepProblem): Promise<void> {
    const { setting, texts, reply, asked, formToken } = visit;
    // A session that ended meanwhile leaves a state in which everything is passed: begin again.
    const step = (await this.steps.next(signIn, setting)) ?? (await this.steps.next(nothingPassed, setting));
    if (!step) throw new Error('There is no sign-in step');
    const inside = await step.page(signIn, setting, texts, problem);
    sendPage(
      reply,
      texts,
      stepPage(texts, { step: step.name, inside, formToken, problem }),
      asked.redirectUri || undefined,
    );
  }

  private async submitStep(visit: Visit, form: ReadonlyMap<string, string>): Promise<void> {
    const { setting, state, interaction } = visit;
    const step = await this.steps.next(state.signIn, setting);
    if (!step || form.get('step') !== step.name) return this.goOn(visit); // the page of a step that is passed: show where we are
    const outcome = await step.submit(state.signIn, setting, form);
    const signIn = afterStep(state.signIn, step, outcome);
    const next = outcome.passed ? await this.steps.next(signIn, setting) : step;
    if (next || !signIn.user) {
      await this.interactions.saveState(interaction.uuid, { ...state, signIn } as never);
      return outcome.passed ? this.showStep(visit, signIn) : this.showStep(visit, signIn, outcome.problem);
    }
    await this.beginSession(visit, { ...signIn, user: signIn.user });
  }

  /** A new session with a new cookie, whatever the browser had before: nobody can have fixed it. */
  private async beginSession(visit: Visit, signIn: SignInState & { user: object }): Promise<void> {
    const { request, reply, interaction, setting } = visit;
    const { user } = signIn as Required<SignInState>;
    const former = await this.browsers.session(request);
    const { session, token } = await this.db.transaction(contextOf(user.organization, request), async (tx) => {
      const sameUser = former?.organization === user.organization && former.userName === user.userName;
      if (former && !sameUser) await this.sessions.end(tx, former.uuid);
      const userAgent = request.headers['user-agent'] ?? '';
      return this.sessions.begin(tx, { ...user, amr: signIn.amr, userAgent, address: setting.address });
    });
    await this.interactions.saveState(interaction.uuid, { signIn: nothingPassed, sessionUuid: session.uuid } as never);
    this.browsers.keepSession(reply, token);
    void reply.status(303).header('location', `/oauth2/interaction/${interaction.uuid}`).send('');
  }

  private async allow(visit: Visit): Promise<void> {
    const signedIn = await this.signedIn(visit);
    return signedIn ? this.finish(visit, signedIn, true) : this.goOn(visit);
  }

  private async deny(visit: Visit): Promise<void> {
    const { asked, interaction, request } = visit;
    if (asked.device) return this.answerDevice(visit, null);
    await this.db.transaction(contextOf(asked.client.organization, request), (tx) =>
      this.interactions.finish(tx, interaction.uuid),
    );
    throw new AuthorizationRefusal(asked, 'access_denied', 'The person did not allow it.');
  }

  private async switchAccount(visit: Visit): Promise<void> {
    const { request, reply, interaction } = visit;
    const session = await this.browsers.session(request);
    if (session)
      await this.db.transaction(contextOf(session.organization, request), (tx) => this.sessions.end(tx, session.uuid));
    this.browsers.dropSession(reply);
    await this.interactions.saveState(interaction.uuid, { signIn: nothingPassed } as never);
    void reply.status(303).header('location', `/oauth2/interaction/${interaction.uuid}`).send('');
  }

  private async answerDevice(visit: Visit, signedIn: SignedIn | null): Promise<void> {
    const { asked, interaction, request, reply, texts } = visit;
    await this.flow.answerDevice(contextOf(asked.client.organization, request), asked, interaction.uuid, signedIn);
    const body = html`<p class="faint">${texts(signedIn ? 'device.allowed' : 'device.denied')}</p>`;
    sendPage(reply, texts, { title: texts(signedIn ? 'device.allowed-title' : 'device.denied-title'), body });
  }

  private async finish(visit: Visit, signedIn: SignedIn, allowed: boolean): Promise<void> {
    const { asked, interaction, request, reply, texts } = visit;
    if (asked.device) return this.answerDevice(visit, signedIn);
    const ctx = contextOf(signedIn.user.organization, request);
    if (asked.accountPath !== undefined) {
      await this.db.transaction(ctx, (tx) => this.interactions.finish(tx, interaction.uuid));
      return void reply.status(303).header('location', asked.accountPath).send('');
    }
    const code = await this.flow.finish(ctx, asked, signedIn, { interaction: interaction.uuid, allowed });
    this.answers.code(reply, texts, asked, code);
  }
}

function contextOf(organization: string, request: FastifyRequest): RequestContext {
  return systemContext(organization, request.id);
}
