import { shownUserName } from '@tollgate/base';
import type { ApiScopeText } from '@tollgate/oauth/server';
import { alertOf } from '../pages/alert.js';
import { html, type Html } from '../pages/html.js';
import type { Page } from '../pages/page.js';
import type { TextKey, Texts } from '../pages/texts.js';
import type { StepPage, StepProblem } from '../sign-in/sign-in-step.js';
import type { SignedIn } from './authorization-flow.js';
import type { AuthorizationRequest } from './authorization-request.js';

/** A step of signing in, with the form around it. */
export function stepPage(
  texts: Texts,
  options: { step: string; inside: StepPage; formToken: string; problem: StepProblem | undefined },
): Page {
  const { step, inside, formToken, problem } = options;
  const body = html`${alertOf(problem && texts(problem.key, problem.values))}
    <form method="post">${hidden('token', formToken)} ${hidden('step', step)} ${inside.form}</form>`;
  const { title, lead, scripts } = inside;
  return { title, body, ...(lead === undefined ? {} : { lead }), ...(scripts ? { scripts } : {}) };
}

/** What the client asks for, and from whom. */
export function consentPage(
  texts: Texts,
  options: {
    asked: AuthorizationRequest;
    signedIn: SignedIn;
    described: ReadonlyMap<string, ApiScopeText>;
    formToken: string;
  },
): Page {
  const { asked, signedIn, described, formToken } = options;
  const client = asked.client.name;
  const user = shownUserName(signedIn.user.userName, signedIn.user.organization);
  const token = hidden('token', formToken);
  const body = html`<ul class="scopes">
      ${signedIn.scopes.map((scope) => scopeItem(texts, scope, described.get(scope)))}
    </ul>
    <p class="faint">
      ${asked.device ? texts('device.warning') : texts('consent.redirect', { host: hostOf(asked.redirectUri) })}
    </p>
    <form method="post">
      ${token}
      <div class="actions">
        <button class="quiet" name="action" value="deny">${texts('consent.deny')}</button>
        <button name="action" value="allow">${texts('consent.allow')}</button>
      </div>
    </form>
    <div class="account">
      <span>${texts('consent.account', { user })}</span>
      <form method="post">
        ${token}<button class="link" name="action" value="switch">${texts('consent.switch')}</button>
      </form>
    </div>`;
  return { title: texts('consent.title', { client }), lead: texts('consent.intro', { client }), body };
}

const ours: Readonly<Record<string, TextKey>> = {
  openid: 'scope.openid',
  profile: 'scope.profile',
  email: 'scope.email',
  default: 'scope.default',
};

function scopeItem(texts: Texts, scope: string, text: ApiScopeText | undefined): Html {
  const key = ours[scope];
  const name = key ? texts(key) : text?.displayName;
  if (!name || name === scope) return html`<li>${scope}${describing(text)}</li>`;
  return html`<li>${name} <code>${scope}</code>${describing(text)}</li>`;
}

function describing(text: ApiScopeText | undefined): Html | null {
  return text?.description ? html`<small>${text.description}</small>` : null;
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

/** The host, or the scheme of a native application. */
function hostOf(uri: string): string {
  const url = new URL(uri);
  return url.host === '' ? url.protocol.slice(0, -1) : url.host;
}
