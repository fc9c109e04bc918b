import { Controller, Param, Req, Res } from '@nestjs/common';
import { Operation } from '@tollgate/http';
import { PasswordRefusedError } from '@tollgate/identity/domain';
import { TooManySignInsError, UserService } from '@tollgate/identity/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { html } from '../pages/html.js';
import { sendPage } from '../pages/page.js';
import { passwordProblemText, waitText } from '../pages/problem-texts.js';
import { newPasswordPage, saidPage } from '../password-reset/reset-pages.js';
import { Browsers } from '../sign-in/browser.js';
import { AccountVisits, type AccountVisit } from './account-visits.js';
import { backToAccount } from './back-to-account.js';

/** A person who knows the password chooses another one. */
@Controller(['/oauth2/account/password', '/t/:tenant/oauth2/account/password'])
export class AccountPasswordController {
  constructor(
    private readonly visits: AccountVisits,
    private readonly users: UserService,
    private readonly browsers: Browsers,
  ) {}

  @Operation({ method: 'GET', path: '/', auth: 'public', summary: 'Change the password' })
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    const visit = await this.visits.visitor({ request, reply, page: 'password', tenant });
    if (visit) this.page(visit);
  }

  @Operation({
    method: 'POST',
    path: '/',
    auth: 'public',
    summary: 'The same, filled in: every session of the person ends',
    consumes: ['application/x-www-form-urlencoded'],
    status: 200,
  })
  async act(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    const posted = await this.visits.posted({ request, reply, page: 'password', tenant });
    if (!posted) return;
    const { visit, form } = posted;
    const { texts, user, ctx } = visit;
    const newPassword = form.get('new') ?? '';
    if (newPassword !== form.get('again')) return this.page(visit, texts('password.differ'));
    try {
      const change = { currentPassword: form.get('current') ?? '', newPassword, address: request.ip };
      await this.users.changeOwnPassword(ctx, user.userName, change);
    } catch (error) {
      if (error instanceof TooManySignInsError) return this.page(visit, waitText(texts, error));
      if (error instanceof PasswordRefusedError) return this.page(visit, passwordProblemText(texts, error));
      throw error;
    }
    this.browsers.dropSession(reply);
    sendPage(reply, texts, saidPage(texts('password.changed-title'), texts('password.changed')));
  }

  private page(visit: AccountVisit, problem?: string): void {
    const { reply, texts, formToken } = visit;
    const hidden = html`<input type="hidden" name="token" value="${formToken}" />`;
    const [title, lead] = [texts('password.title'), texts('password.lead')];
    sendPage(
      reply,
      texts,
      newPasswordPage(texts, { hidden, title, lead, withCurrent: true, problem, after: backToAccount(visit) }),
    );
  }
}
