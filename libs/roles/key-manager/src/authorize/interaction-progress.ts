import { Injectable } from '@nestjs/common';
import { Database, systemContext, type RequestContext } from '@tollgate/database';
import { ApiScopeSources, Interactions, SignInSessions } from '@tollgate/oauth/server';
import type { FastifyRequest } from 'fastify';
import { html } from '../pages/html.js';
import { sendPage } from '../pages/page.js';
import { Browsers } from '../sign-in/browser.js';
import { nothingPassed, SignInSteps, type SignInState, type StepProblem } from '../sign-in/sign-in-step.js';
import { AuthorizationAnswers } from './authorization-answers.js';
import { AuthorizationFlow, type SignedIn } from './authorization-flow.js';
import { consentPage, stepPage } from './interaction-pages.js';
import type { Visit } from './interaction-visits.js';

/** Leads a person from step to step, to the consent and to the end of an interaction. */
@Injectable()
export class InteractionProgress {
  constructor(
    private readonly db: Database,
    private readonly interactions: Interactions,
    private readonly flow: AuthorizationFlow,
    private readonly browsers: Browsers,
    private readonly sessions: SignInSessions,
    private readonly steps: SignInSteps,
    private readonly answers: AuthorizationAnswers,
    private readonly scopes: ApiScopeSources,
  ) {}

  /** Shows what is needed now, or ends. */
  async goOn(visit: Visit): Promise<void> {
    const { asked, reply, texts } = visit;
    const signedIn = await this.signedIn(visit);
    if (!signedIn) return this.showNext(visit);
    if (!(await this.flow.needsConsent(asked, signedIn))) return this.finish(visit, signedIn, false);
    const described = await this.scopes.describe(signedIn.user.organization, signedIn.scopes);
    const page = consentPage(texts, { asked, signedIn, described, formToken: visit.formToken });
    sendPage(reply, texts, page, asked.redirectUri || undefined);
  }

  async signedIn({ request, asked, state }: Visit): Promise<SignedIn | null> {
    return this.flow.signedIn(asked, await this.browsers.session(request), state.sessionUuid);
  }

  private async showNext(visit: Visit): Promise<void> {
    const { notice, ...state } = visit.state;
    if (notice) await this.interactions.saveState(visit.interaction.uuid, state as never);
    return this.showStep(visit, state.signIn, notice);
  }

  async showStep(visit: Visit, signIn: SignInState, problem?: StepProblem): Promise<void> {
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

  /** Somebody has passed a step elsewhere: on to the next page, in a request of its own. */
  async advance(visit: Visit, signIn: SignInState): Promise<void> {
    const { interaction, reply, setting, state } = visit;
    const { user } = signIn;
    if (user && !(await this.steps.next(signIn, setting))) return this.beginSession(visit, { ...signIn, user });
    await this.interactions.saveState(interaction.uuid, { ...state, signIn } as never);
    void reply.status(303).header('location', `/oauth2/interaction/${interaction.uuid}`).send('');
  }

  /** A new session with a new cookie, whatever the browser had before: nobody can have fixed it. */
  async beginSession(visit: Visit, signIn: SignInState & { user: object }): Promise<void> {
    const { request, reply, interaction, setting } = visit;
    const { user } = signIn as Required<SignInState>;
    const former = await this.browsers.session(request);
    const { session, token } = await this.db.transaction(contextOf(user.organization, request), async (tx) => {
      const sameUser = former?.organization === user.organization && former.userName === user.userName;
      if (former && !sameUser) await this.sessions.end(tx, former.uuid);
      const userAgent = request.headers['user-agent'] ?? '';
      const { federation } = signIn;
      const from = federation && { identityProvider: federation.provider, authenticatedAt: federation.authenticatedAt };
      return this.sessions.begin(tx, { ...user, amr: signIn.amr, userAgent, address: setting.address, ...from });
    });
    await this.interactions.saveState(interaction.uuid, { signIn: nothingPassed, sessionUuid: session.uuid } as never);
    this.browsers.keepSession(reply, token);
    void reply.status(303).header('location', `/oauth2/interaction/${interaction.uuid}`).send('');
  }

  async answerDevice(visit: Visit, signedIn: SignedIn | null): Promise<void> {
    const { asked, interaction, request, reply, texts } = visit;
    await this.flow.answerDevice(contextOf(asked.client.organization, request), asked, interaction.uuid, signedIn);
    const body = html`<p class="faint">${texts(signedIn ? 'device.allowed' : 'device.denied')}</p>`;
    sendPage(reply, texts, { title: texts(signedIn ? 'device.allowed-title' : 'device.denied-title'), body });
  }

  async finish(visit: Visit, signedIn: SignedIn, allowed: boolean): Promise<void> {
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

export function contextOf(organization: string, request: FastifyRequest): RequestContext {
  return systemContext(organization, request.id);
}
