import { Controller, Param, Req, Res } from '@nestjs/common';
import { systemContext } from '@tollgate/database';
import { Operation } from '@tollgate/http';
import { Interactions, PushedRequests } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TenantPath } from '../oauth2/tenant-path.js';
import { PageError } from '../pages/error-page.js';
import { pageHeaders } from '../pages/page.js';
import { chooseLanguage, textsIn, type Texts } from '../pages/texts.js';
import { Browsers } from '../sign-in/browser.js';
import { AuthorizationAnswers } from './authorization-answers.js';
import { AuthorizationFlow } from './authorization-flow.js';
import { AuthorizationRefusal, type AuthorizationRequest } from './authorization-request.js';
import { ownParameters, startingState } from './interaction-state.js';
import { AuthorizationRequests, queryOf, readSent, type SentParameters } from './request-reader.js';

/** The authorization endpoint (RFC 6749 section 3.1). `/oauth2` serves every organization, the tenant form one. */
@Controller(['/oauth2', '/t/:tenant/oauth2'])
export class AuthorizeController {
  constructor(
    private readonly tenants: TenantPath,
    private readonly requests: AuthorizationRequests,
    private readonly flow: AuthorizationFlow,
    private readonly interactions: Interactions,
    private readonly pushed: PushedRequests,
    private readonly browsers: Browsers,
    private readonly answers: AuthorizationAnswers,
  ) {}

  @Operation({ method: 'GET', path: '/authorize', auth: 'public', summary: 'Ask a person to authorize a client' })
  async byGet(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    void reply.headers(pageHeaders());
    await this.authorize(request, reply, readSent(queryOf(request)), tenant);
  }

  @Operation({
    method: 'POST',
    path: '/authorize',
    auth: 'public',
    summary: 'The same, with the parameters in a form',
    consumes: ['application/x-www-form-urlencoded'],
    status: 200,
  })
  async byPost(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    void reply.headers(pageHeaders());
    if (!(request.body instanceof URLSearchParams))
      throw new PageError('error.bad-request', 'Send the parameters as application/x-www-form-urlencoded.');
    await this.authorize(request, reply, readSent(request.body), tenant);
  }

  private async authorize(
    request: FastifyRequest,
    reply: FastifyReply,
    given: SentParameters,
    tenantInPath: string | undefined,
  ): Promise<void> {
    const sent = await this.pushedOr(given);
    const tenant = await this.tenants.resolve(tenantInPath);
    const language = chooseLanguage(sent.values.get('ui_locales'), request.headers['accept-language']);
    const texts = textsIn(language);
    try {
      await this.answer(request, reply, texts, sent, await this.requests.read(sent, tenant));
    } catch (error) {
      if (!(error instanceof AuthorizationRefusal)) throw error;
      this.answers.refusal(reply, texts, error);
    }
  }

  /** What the client pushed, when the request names it (RFC 9126 section 4): nothing else in the address counts then. */
  private async pushedOr(given: SentParameters): Promise<SentParameters> {
    const requestUri = given.values.get('request_uri');
    const clientId = given.values.get('client_id');
    if (requestUri === undefined || clientId === undefined || given.repeated.size > 0) return given;
    const pushed = await this.pushed.take(clientId, requestUri);
    if (!pushed) throw new PageError('error.over', 'request_uri is not known, was used, or has expired.');
    return { values: new Map(Object.entries(pushed)), repeated: new Set() };
  }

  /** At once when the person is signed in and has consented, else by way of the pages. */
  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    texts: Texts,
    sent: SentParameters,
    asked: AuthorizationRequest,
  ): Promise<void> {
    const signedIn = await this.flow.signedIn(asked, await this.browsers.session(request));
    const silent = asked.prompts.has('none');
    if (!signedIn && silent) throw new AuthorizationRefusal(asked, 'login_required', 'Nobody is signed in.');
    if (signedIn && !(await this.flow.needsConsent(asked, signedIn))) {
      const ctx = systemContext(signedIn.user.organization, request.id);
      return this.answers.code(reply, texts, asked, await this.flow.finish(ctx, asked, signedIn, {}));
    }
    if (silent) throw new AuthorizationRefusal(asked, 'consent_required', 'The person has not consented.');
    const interaction = await this.interactions.begin({
      browserDigest: this.browsers.recognize(request, reply),
      tenant: asked.tenant,
      parameters: ofTheClient(sent),
      state: { ...startingState },
    });
    void reply.status(303).header('location', `/oauth2/interaction/${interaction.uuid}`).send('');
  }
}

/** Names under which we store interactions that no client asked for are ours: a client cannot send them. */
function ofTheClient({ values }: SentParameters): Record<string, string> {
  return Object.fromEntries([...values].filter(([name]) => !ownParameters.includes(name)));
}
