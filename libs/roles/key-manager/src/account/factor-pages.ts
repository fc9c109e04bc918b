import type { TotpEnrolment } from '@tollgate/identity/server';
import { alertOf, invalidField } from '../pages/alert.js';
import { enrolmentOf } from '../pages/enrolment.js';
import { html } from '../pages/html.js';
import type { Page } from '../pages/page.js';
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
    ${backToAccount(visit)}`;
  return { title: texts('factor.enrol-title'), lead: texts('factor.enrol-lead'), body };
}

/** What the person has, and what they can do about it once they have said the password again. */
export function factorsPage(visit: AccountVisit, codesLeft: number, problem?: string): Page {
  const { texts, formToken } = visit;
  const body = html`${alertOf(problem)}
    <p class="faint">${texts('factor.codes-left', { count: String(codesLeft) })}</p>
    <form method="post">
      <input type="hidden" name="token" value="${formToken}" />
      <label for="password">${texts('password.current')}</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        required
        maxlength="256"
        ${problem === undefined ? null : invalidField}
      />
      <div class="actions">
        <button class="quiet" name="action" value="disable">${texts('factor.disable')}</button>
        <button name="action" value="codes">${texts('factor.new-codes')}</button>
      </div>
    </form>
    ${backToAccount(visit)}`;
  return { title: texts('factor.title'), lead: texts('factor.on'), body };
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
