import { Controller, Param, Req, Res } from '@nestjs/common';
import { shownUserName } from '@tollgate/base';
import { Database, systemContext } from '@tollgate/database';
import { Operation } from '@tollgate/http';
import { SignInSessions, type SignInSessionView } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { queryOf, readSent } from '../authorize/request-reader.js';
import { TenantPath } from '../oauth2/tenant-path.js';
import { PageError } from '../pages/error-page.js';
import { html } from '../pages/html.js';
import { pageHeaders, sendPage, type Page } from '../pages/page.js';
import { chooseLanguage, textsIn, type Texts } from '../pages/texts.js';
import { Browsers } from '../sign-in/browser.js';
import { LogoutRequests, type LogoutRequest } from './logout-request.js';

/** Signing out, begun by a client or by the person (OpenID Connect RP-Initiated Logout 1.0). */
@Controller(['/oidc', '/t/:tenant/oidc'])
export class LogoutController {
  constructor(
    private readonly db: Database,
    private readonly tenants: TenantPath,
    private readonly requests: LogoutRequests,
    private readonly browsers: Browsers,
    private readonly sessions: SignInSessions,
  ) {}

  @Operation({ method: 'GET', path: '/logout', auth: 'public', summary: 'Sign out' })
  async byGet(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    await this.logout(request, reply, queryOf(request), tenant);
  }

  @Operation({
    method: 'POST',
    path: '/logout',
    auth: 'public',
    summary: 'Sign out, or confirm it',
    consumes: ['application/x-www-form-urlencoded'],
    status: 200,
  })
  async byPost(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    await this.logout(request, reply, form, tenant);
  }

  private async logout(
    request: FastifyRequest,
    reply: FastifyReply,
    parameters: URLSearchParams,
    tenantInPath: string | undefined,
  ): Promise<void> {
    void reply.headers(pageHeaders());
    const { values, repeated } = readSent(parameters);
    if (repeated.size > 0) throw new PageError('error.bad-request', 'A parameter is repeated.');
    const asked = await this.requests.read(values, await this.tenants.resolve(tenantInPath));
    const texts = textsIn(chooseLanguage(asked.uiLocales, request.headers['accept-language']));
    const session = await this.browsers.session(request);
    if (!session) return leave(reply, texts, asked);
    const formToken = this.browsers.formToken(this.browsers.recognize(request, reply), `logout ${session.uuid}`);
    // A client that shows the ID token of this very session may end it; anybody else only asks the person.
    const confirmed = values.get('token') === formToken || asked.sessionUuid === session.uuid;
    if (!confirmed)
      return sendPage(
        reply,
        texts,
        confirmationPage(texts, { session, values, formToken }),
        asked.redirectUri ?? undefined,
      );
    await this.end(request, session, values.get('action') === 'everywhere');
    this.browsers.dropSession(reply);
    leave(reply, texts, asked);
  }

  private async end(request: FastifyRequest, session: SignInSessionView, everywhere: boolean): Promise<void> {
    const { organization, userName, uuid } = session;
    await this.db.transaction(systemContext(organization, request.id), (tx) =>
      everywhere ? this.sessions.endOfUser(tx, organization, userName) : this.sessions.end(tx, uuid),
    );
  }
}

/** Where the client wants the person, or a page that says it is done. */
function leave(reply: FastifyReply, texts: Texts, { redirectUri, state }: LogoutRequest): void {
  if (redirectUri === null)
    return sendPage(reply, texts, {
      title: texts('signed-out.title'),
      body: html`<p class="faint">${texts('signed-out.text')}</p>`,
    });
  const query =
    state === undefined ? '' : `${redirectUri.includes('?') ? '&' : '?'}${new URLSearchParams({ state }).toString()}`;
  void reply.status(303).header('location', `${redirectUri}${query}`).send('');
}

function confirmationPage(
  texts: Texts,
  options: { session: SignInSessionView; values: ReadonlyMap<string, string>; formToken: string },
): Page {
  const { session, values, formToken } = options;
  const user = shownUserName(session.userName, session.organization);
  const kept = [...values].filter(([name]) => name !== 'token' && name !== 'action');
  const body = html`<form method="post">
      ${[...kept, ['token', formToken] as const].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
      <div class="actions">
        <button name="action" value="here">${texts('sign-out.submit')}</button>
        <button class="quiet" name="action" value="everywhere">${texts('sign-out.everywhere')}</button>
      </div>
    </form>
    <p class="faint">${texts('sign-out.stay')}</p>`;
  return { title: texts('sign-out.title'), lead: texts('sign-out.text', { user }), body };
}
