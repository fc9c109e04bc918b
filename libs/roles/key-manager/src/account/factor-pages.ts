import type { TotpEnrolment } from '@tollgate/identity/server';
import { enrolmentOf } from '../pages/enrolment.js';
import { html, type Html } from '../pages/html.js';
import type { Page } from '../pages/page.js';
import type { Texts } from '../pages/texts.js';
import { codeField } from '../sign-in/code.step.js';
import type { AccountVisit } from './account-visits.js';

function alertOf(problem: string | undefined): Html | null {
  return problem === undefined ? null : html`<p class="alert" role="alert" id="problem">${problem}</p>`;
}

/** Begins with an authenticator app. */
export function enrolPage({ texts, formToken }: AccountVisit, enrolment: TotpEnrolment, problem?: string): Page {
  const body = html`${alertOf(problem)}
    <form method="post">
      <input type="hidden" name="token" value="${formToken}" />
      ${enrolmentOf(texts, enrolment)} ${codeField(texts, problem !== undefined)}
      <div class="actions"><button name="action" value="confirm">${texts('factor.confirm')}</button></div>
    </form>`;
  return { title: texts('factor.enrol-title'), lead: texts('factor.enrol-lead'), body };
}

/** What the person has, and what they can do about it once they have said the password again. */
export function factorsPage({ texts, formToken }: AccountVisit, codesLeft: number, problem?: string): Page {
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
        ${problem === undefined ? null : html`aria-invalid="true" aria-describedby="problem"`}
      />
      <div class="actions">
        <button class="quiet" name="action" value="disable">${texts('factor.disable')}</button>
        <button name="action" value="codes">${texts('factor.new-codes')}</button>
      </div>
    </form>`;
  return { title: texts('factor.title'), lead: texts('factor.on'), body };
}

/** Shown once. */
export function codesPage(texts: Texts, codes: readonly string[]): Page {
  const body = html`<ul class="codes">
      ${codes.map((code) => html`<li>${code}</li>`)}
    </ul>
    <p class="faint">${texts('factor.codes-once')}</p>`;
  return { title: texts('factor.codes-title'), lead: texts('factor.codes-lead'), body };
}
