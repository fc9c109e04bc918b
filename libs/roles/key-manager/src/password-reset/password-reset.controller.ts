import { Controller, Param, Req, Res } from '@nestjs/common';
import { NotFoundError, superOrganization } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Operation } from '@tollgate/http';
import { parseUserName, PasswordRefusedError } from '@tollgate/identity/domain';
import { PasswordResets, SignInThrottle, TooManySignInsError } from '@tollgate/identity/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { queryOf } from '../authorize/request-reader.js';
import { TenantPath } from '../oauth2/tenant-path.js';
import { PageError } from '../pages/error-page.js';
import { html } from '../pages/html.js';
import { pageHeaders, sendPage } from '../pages/page.js';
import { passwordProblemText, waitText } from '../pages/problem-texts.js';
import { chooseLanguage, textsIn, type Texts } from '../pages/texts.js';
import { Browsers } from '../sign-in/browser.js';
import { ResetMail } from './reset-mail.js';
import { newPasswordPage, requestPage, saidPage } from './reset-pages.js';

const purpose = 'password reset';

/** Forgotten passwords: asking for the mail, and what its link opens. There only where mails reach people. */
@Controller(['/oauth2/password-reset', '/t/:tenant/oauth2/password-reset'])
export class PasswordResetController {
  constructor(
    private readonly tenants: TenantPath,
    private readonly browsers: Browsers,
    private readonly throttle: SignInThrottle,
    private readonly resets: PasswordResets,
    private readonly mail: ResetMail,
  ) {}

  @Operation({ method: 'GET', path: '/', auth: 'public', summary: 'Ask for a new password, or choose one' })
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    const { texts, formToken } = await this.visit(request, reply, tenant);
    const token = queryOf(request).get('token');
    if (token === null) return sendPage(reply, texts, requestPage(texts, formToken));
    if (!(await this.resets.holder(token))) throw over();
    sendPage(reply, texts, choicePage(texts, formToken, token));
  }

  @Operation({
    method: 'POST',
    path: '/',
    auth: 'public',
    summary: 'The same, filled in',
    consumes: ['application/x-www-form-urlencoded'],
    status: 200,
  })
  async act(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    const { texts, formToken, organization } = await this.visit(request, reply, tenant);
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    if (form.get('form') !== formToken || request.headers['sec-fetch-site'] === 'cross-site')
      throw new PageError('error.forged', 'The form carries no token of this page.', 403);
    const token = form.get('token');
    if (token !== null) return this.choose(request, reply, texts, { form, formToken, token });
    const problem = await this.waits(request, texts);
    if (problem !== null) return sendPage(reply, texts, requestPage(texts, formToken, problem));
    const typed = (form.get('username') ?? '').trim().slice(0, 400);
    const named = typed.includes('@') ? parseUserName(typed) : { userName: typed, organization };
    await this.mail.request({ ...named, language: texts.language });
    sendPage(reply, texts, saidPage(texts('reset.sent-title'), texts('reset.sent')));
  }

  private async choose(
    request: FastifyRequest,
    reply: FastifyReply,
    texts: Texts,
    given: { form: URLSearchParams; formToken: string; token: string },
  ): Promise<void> {
    const { form, formToken, token } = given;
    const again = (problem: string): void => sendPage(reply, texts, choicePage(texts, formToken, token, problem));
    const password = form.get('new') ?? '';
    if (password !== form.get('again')) return again(texts('password.differ'));
    try {
      if (!(await this.resets.use(contextOf(request), token, password))) throw over();
    } catch (error) {
      if (!(error instanceof PasswordRefusedError)) throw error;
      return again(passwordProblemText(texts, error));
    }
    sendPage(reply, texts, saidPage(texts('password.changed-title'), texts('password.changed')));
  }

  /** Seconds that this address has to wait, in words; null when it may ask now. */
  private async waits(request: FastifyRequest, texts: Texts): Promise<string | null> {
    try {
      await this.throttle.countAddress(request.ip);
      return null;
    } catch (error) {
      if (!(error instanceof TooManySignInsError)) throw error;
      return waitText(texts, error);
    }
  }

  private async visit(request: FastifyRequest, reply: FastifyReply, tenant: string | undefined) {
    void reply.headers({ ...pageHeaders(), 'referrer-policy': 'no-referrer' });
    if (!this.mail.isOn) throw new NotFoundError('Page', 'password-reset');
    const organization = (await this.tenants.resolve(tenant)) ?? superOrganization;
    const texts = textsIn(chooseLanguage(undefined, request.headers['accept-language']));
    const formToken = this.browsers.formToken(this.browsers.recognize(request, reply), purpose);
    return { texts, formToken, organization };
  }
}

function choicePage(texts: Texts, formToken: string, token: string, problem?: string) {
  const hidden = html`<input type="hidden" name="form" value="${formToken}" />
    <input type="hidden" name="token" value="${token}" />`;
  const lead = texts('password.lead');
  return newPasswordPage(texts, { hidden, title: texts('reset.choose'), lead, withCurrent: false, problem });
}

function over(): PageError {
  return new PageError('reset.over', 'The link was used, is too old, or the account changed meanwhile.', 410);
}

function contextOf(request: FastifyRequest): RequestContext {
  return {
    organization: superOrganization,
    principal: null,
    correlationId: request.id,
    address: request.ip,
    operation: { name: `POST ${request.routeOptions.url ?? ''}`, readOnly: false, target: {} },
  };
}
