import { Controller, Param, Req, Res } from '@nestjs/common';
import { Database } from '@tollgate/database';
import { Operation } from '@tollgate/http';
import { SignInSessions } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { html } from '../pages/html.js';
import { sendPage } from '../pages/page.js';
import { Browsers } from '../sign-in/browser.js';
import { accountPath } from './account-request.js';
import { AccountVisits, type AccountVisit } from './account-visits.js';
import { sessionsPage } from './sessions-page.js';

/** The first page of a person's account: where they are signed in. */
@Controller(['/oauth2/account', '/t/:tenant/oauth2/account'])
export class AccountController {
  constructor(
    private readonly db: Database,
    private readonly visits: AccountVisits,
    private readonly sessions: SignInSessions,
    private readonly browsers: Browsers,
  ) {}

  @Operation({ method: 'GET', path: '/', auth: 'public', summary: 'Where the person is signed in' })
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    const visit = await this.visits.visitor({ request, reply, page: 'sessions', tenant });
    if (!visit) return;
    const { organization, userName } = visit.user;
    sendPage(reply, visit.texts, sessionsPage(visit, await this.sessions.list(organization, userName)));
  }

  @Operation({
    method: 'POST',
    path: '/',
    auth: 'public',
    summary: 'Sign out at one place, or everywhere',
    consumes: ['application/x-www-form-urlencoded'],
    status: 200,
  })
  async act(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    const posted = await this.visits.posted({ request, reply, page: 'sessions', tenant });
    if (!posted) return;
    const { visit, form } = posted;
    const ended = form.get('action') === 'everywhere' ? null : (form.get('session') ?? '');
    await this.end(visit, ended);
    if (ended !== null && ended !== visit.session.uuid)
      return void reply.status(303).header('location', accountPath('sessions', visit.tenant)).send('');
    this.browsers.dropSession(reply);
    const body = html`<p class="faint">${visit.texts('signed-out.text')}</p>`;
    sendPage(reply, visit.texts, { title: visit.texts('signed-out.title'), body });
  }

  /** @param uuid null: all of them */
  private async end({ ctx, user }: AccountVisit, uuid: string | null): Promise<void> {
    const { organization, userName } = user;
    await this.db.transaction(ctx, (tx) =>
      uuid === null
        ? this.sessions.endOfUser(tx, organization, userName)
        : this.sessions.endOwn(tx, organization, userName, uuid),
    );
  }
}
