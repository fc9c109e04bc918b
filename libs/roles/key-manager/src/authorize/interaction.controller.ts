import { Controller, Param, Req, Res } from '@nestjs/common';
import { Database } from '@tollgate/database';
import { Operation } from '@tollgate/http';
import { Interactions, SignInSessions } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PageError } from '../pages/error-page.js';
import { Browsers } from '../sign-in/browser.js';
import { afterStep, nothingPassed, SignInSteps } from '../sign-in/sign-in-step.js';
import { AuthorizationRefusal } from './authorization-request.js';
import { contextOf, InteractionProgress } from './interaction-progress.js';
import { InteractionVisits, type Visit } from './interaction-visits.js';

/** The pages between an authorization request and its answer: signing in, consenting. */
@Controller('/oauth2/interaction')
export class InteractionController {
  constructor(
    private readonly db: Database,
    private readonly visits: InteractionVisits,
    private readonly progress: InteractionProgress,
    private readonly interactions: Interactions,
    private readonly browsers: Browsers,
    private readonly sessions: SignInSessions,
    private readonly steps: SignInSteps,
  ) {}

  @Operation({ method: 'GET', path: '/:id', auth: 'public', summary: 'The page that a person is at' })
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    await this.visits.visiting(request, reply, id, (visit) => this.progress.goOn(visit));
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
    await this.visits.visiting(request, reply, id, async (visit) => {
      const form = new Map(request.body instanceof URLSearchParams ? request.body : []);
      if (form.get('token') !== visit.formToken || request.headers['sec-fetch-site'] === 'cross-site')
        throw new PageError('error.forged', 'The form carries no token of this page.', 403);
      const action = form.get('action');
      if (action === 'allow') return this.allow(visit);
      if (action === 'deny') return this.deny(visit);
      return action === 'switch' ? this.switchAccount(visit) : this.submitStep(visit, form);
    });
  }

  private async submitStep(visit: Visit, form: ReadonlyMap<string, string>): Promise<void> {
    const { setting, state, interaction } = visit;
    const step = await this.steps.next(state.signIn, setting);
    if (!step || form.get('step') !== step.name) return this.progress.goOn(visit); // the page of a step that is passed: show where we are
    const outcome = await step.submit(state.signIn, setting, form);
    const signIn = afterStep(state.signIn, step, outcome);
    const next = outcome.passed ? await this.steps.next(signIn, setting) : step;
    if (next || !signIn.user) {
      await this.interactions.saveState(interaction.uuid, { ...state, signIn } as never);
      return outcome.passed
        ? this.progress.showStep(visit, signIn)
        : this.progress.showStep(visit, signIn, outcome.problem);
    }
    await this.progress.beginSession(visit, { ...signIn, user: signIn.user });
  }

  private async allow(visit: Visit): Promise<void> {
    const signedIn = await this.progress.signedIn(visit);
    return signedIn ? this.progress.finish(visit, signedIn, true) : this.progress.goOn(visit);
  }

  private async deny(visit: Visit): Promise<void> {
    const { asked, interaction, request } = visit;
    if (asked.device) return this.progress.answerDevice(visit, null);
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
}
