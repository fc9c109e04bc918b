import type { PasskeyView, TotpEnrolment } from '@tollgate/identity/server';
import { alertOf, invalidField } from '../pages/alert.js';
import { assets } from '../pages/assets.js';
import { enrolmentOf } from '../pages/enrolment.js';
import { html, type Html } from '../pages/html.js';
import type { Page } from '../pages/page.js';
import { passkeyButton } from '../pages/passkey-form.js';
import { codeField } from '../sign-in/code.step.js';
import type { AccountVisit } from './account-visits.js';
import { backToAccount } from './back-to-account.js';

/** Begins with an authenticator app. */
export function enrolPage(visit: AccountVisit, enrolment: TotpEnrolment, problem?: string): Page {
  const { texts, formToken } = visit;
  const body = html`${alertOf(problem)}
    <form method="post">
      <input type="hidden" name="token" value="${formToken}" />
      ${enrolmentOf(texts, enrolment)} ${codeField(texts, problem !== undefined)}
      <div class="actions"><button name="action" value="confirm">${texts('factor.confirm')}</button></div>
    </form>
    <h2>${texts('passkey.title')}</h2>
    <form method="post">
      <input type="hidden" name="token" value="${formToken}" />
      <p class="faint">${texts('passkey.instead')}</p>
      ${passwordField(visit, false)}
      <div class="actions"><button name="action" value="passkey">${texts('passkey.begin')}</button></div>
    </form>
    ${backToAccount(visit)}`;
  return { title: texts('factor.enrol-title'), lead: texts('factor.enrol-lead'), body };
}

/** What the person has, and what they can do about it once they have said the password again. */
export function factorsPage(visit: AccountVisit, has: OwnFactors, problem?: string): Page {
  const { texts, formToken } = visit;
  const body = html`${alertOf(problem)}
    <p class="faint">${texts('factor.codes-left', { count: String(has.codesLeft) })}</p>
    <form method="post">
      <input type="hidden" name="token" value="${formToken}" />
      ${has.passkeys.length === 0 ? null : passkeyList(visit, has.passkeys)}
      ${passwordField(visit, problem !== undefined)}
      <div class="actions">
        <button class="quiet" name="action" value="disable">
          ${texts(has.passkeys.length === 0 ? 'factor.disable' : 'factor.disable-all')}
        </button>
        <button name="action" value="codes">${texts('factor.new-codes')}</button>
        ${has.app ? null : html`<button name="action" value="app">${texts('factor.enrol-title')}</button>`}
        <button name="action" value="passkey">${texts('passkey.begin')}</button>
      </div>
    </form>
    ${backToAccount(visit)}`;
  return { title: texts('factor.title'), lead: texts(has.app ? 'factor.on' : 'passkey.on'), body };
}

/** What a person has of second factors. */
export interface OwnFactors {
  readonly codesLeft: number;
  readonly app: boolean;
  readonly passkeys: readonly PasskeyView[];
}

/** Makes a passkey; the person has said the password. */
export function addPasskeyPage({ texts, formToken, ...visit }: AccountVisit, options: string): Page {
  const body = html`<form method="post">
      <input type="hidden" name="token" value="${formToken}" />
      <input type="hidden" name="action" value="add-passkey" />
      <label for="name">${texts('passkey.name')}</label>
      <input id="name" name="name" type="text" maxlength="100" autocomplete="off" />
      ${passkeyButton(texts, options, texts('passkey.make'))}
    </form>
    ${backToAccount({ texts, formToken, ...visit })}`;
  return { title: texts('passkey.begin'), lead: texts('passkey.begin-lead'), body, scripts: [assets.passkey] };
}

function passkeyList({ texts }: AccountVisit, passkeys: readonly PasskeyView[]): Html {
  return html`<h2>${texts('passkey.title')}</h2>
    <ul class="scopes">
      ${passkeys.map(
        ({ uuid, name, createdAt }) =>
          html`<li>
            ${name} <small>${new Date(createdAt).toISOString().slice(0, 10)}</small>
            <button class="link" name="action" value="forget ${uuid}">${texts('passkey.forget', { name })}</button>
          </li>`,
      )}
    </ul>`;
}

function passwordField({ texts }: AccountVisit, isWrong: boolean): Html {
  return html`<label for="password">${texts('password.current')}</label>
    <input
      id="password"
      name="password"
      type="password"
      autocomplete="current-password"
      required
      maxlength="256"
      ${isWrong ? invalidField : null}
    />`;
}

/** Shown once. */
export function codesPage(visit: AccountVisit, codes: readonly string[]): Page {
  const { texts } = visit;
  const body = html`<ul class="codes">
      ${codes.map((code) => html`<li>${code}</li>`)}
    </ul>
    <p class="faint">${texts('factor.codes-once')}</p>
    ${backToAccount(visit)}`;
  return { title: texts('factor.codes-title'), lead: texts('factor.codes-lead'), body };
}
