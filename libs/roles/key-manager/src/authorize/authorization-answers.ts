import { Injectable } from '@nestjs/common';
import { superOrganization } from '@tollgate/base';
import { OAuthSettings } from '@tollgate/oauth/server';
import type { FastifyReply } from 'fastify';
import { assets } from '../pages/assets.js';
import { html } from '../pages/html.js';
import { sendPage } from '../pages/page.js';
import type { Texts } from '../pages/texts.js';
import { AuthorizationRefusal, type AuthorizationTarget } from './authorization-request.js';

/** Sends people back to the client (RFC 6749 section 4.1.2, RFC 9207, OAuth 2.0 Form Post Response Mode). */
@Injectable()
export class AuthorizationAnswers {
  constructor(private readonly settings: OAuthSettings) {}

  code(reply: FastifyReply, texts: Texts, target: AuthorizationTarget, code: string): void {
    this.send(reply, texts, target, { code });
  }

  refusal(reply: FastifyReply, texts: Texts, { target, code, description }: AuthorizationRefusal): void {
    this.send(reply, texts, target, { error: code, error_description: description });
  }

  private send(
    reply: FastifyReply,
    texts: Texts,
    target: AuthorizationTarget,
    parameters: Readonly<Record<string, string>>,
  ): void {
    const { state, tenant, redirectUri, responseMode } = target;
    const iss = this.settings.issuer(tenant ?? superOrganization);
    const all = { ...parameters, ...(state === undefined ? {} : { state }), iss };
    if (responseMode === 'form_post') return sendForm(reply, texts, target, all);
    const query = new URLSearchParams(all).toString();
    void reply
      .status(303) // never one that repeats a POST, with the password in it, at the client
      .header('location', `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`)
      .send('');
  }
}

function sendForm(
  reply: FastifyReply,
  texts: Texts,
  target: AuthorizationTarget,
  parameters: Readonly<Record<string, string>>,
): void {
  const inputs = Object.entries(parameters).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  const body = html`<form method="post" action="${target.redirectUri}" data-submit>
    ${inputs}
    <div class="actions"><button>${texts('continue.submit')}</button></div>
  </form>`;
  const lead = texts('continue.text', { client: target.client.name });
  const page = { title: texts('continue.title'), lead, body, scripts: [assets.submit] };
  sendPage(reply, texts, page, target.redirectUri);
}
