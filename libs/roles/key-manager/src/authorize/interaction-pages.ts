import { shownUserName } from '@tollgate/base';
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
  const alert = problem
    ? html`<p class="alert" role="alert" id="problem">${texts(problem.key, problem.values)}</p>`
    : null;
  const body = html`${alert}
    <form method="post">${hidden('token', formToken)} ${hidden('step', step)} ${inside.form}</form>`;
  const { title, lead, scripts } = inside;
  return { title, body, ...(lead === undefined ? {} : { lead }), ...(scripts ? { scripts } : {}) };
}

/** What the client asks for, and from whom. */
export function consentPage(
  texts: Texts,
  options: { asked: AuthorizationRequest; signedIn: SignedIn; formToken: string },
): Page {
  const { asked, signedIn, formToken } = options;
  const client = asked.client.name;
  const user = shownUserName(signedIn.user.userName, signedIn.user.organization);
  const token = hidden('token', formToken);
  const body = html`<ul class="scopes">
      ${signedIn.scopes.map((scope) => scopeItem(texts, scope))}
    </ul>
    <p class="faint">${texts('consent.redirect', { host: hostOf(asked.redirectUri) })}</p>
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

const described: Readonly<Record<string, TextKey>> = {
  openid: 'scope.openid',
  profile: 'scope.profile',
  email: 'scope.email',
  default: 'scope.default',
};

function scopeItem(texts: Texts, scope: string): Html {
  const key = described[scope];
  return key ? html`<li>${texts(key)} <code>${scope}</code></li>` : html`<li>${scope}</li>`;
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

/** The host, or the scheme of a native application. */
function hostOf(uri: string): string {
  const url = new URL(uri);
  return url.host === '' ? url.protocol.slice(0, -1) : url.host;
}
