import { alertOf, invalidField } from '../pages/alert.js';
import { assets } from '../pages/assets.js';
import { html, type Html } from '../pages/html.js';
import type { Page } from '../pages/page.js';
import type { Texts } from '../pages/texts.js';

/** Whose password was forgotten. */
export function requestPage(texts: Texts, formToken: string, problem?: string): Page {
  const body = html`${alertOf(problem)}
    <form method="post">
      <input type="hidden" name="form" value="${formToken}" />
      <label for="username">${texts('sign-in.user-name')}</label>
      <input
        id="username"
        name="username"
        type="text"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        required
        maxlength="400"
        autofocus
        ${problem === undefined ? null : invalidField}
      />
      <div class="actions"><button>${texts('reset.submit')}</button></div>
    </form>`;
  return { title: texts('reset.title'), lead: texts('reset.lead'), body };
}

/** A new password twice: what is typed blindly is easily wrong. */
export function newPasswordPage(
  texts: Texts,
  options: {
    hidden: Html;
    title: string;
    lead: string;
    withCurrent: boolean;
    problem: string | undefined;
    /** Below the form. */
    after?: Html;
  },
): Page {
  const { hidden, title, lead, withCurrent, problem, after } = options;
  const mark = problem === undefined ? null : invalidField;
  const current = html`<label for="current">${texts('password.current')}</label>
    <input
      id="current"
      name="current"
      type="password"
      autocomplete="current-password"
      required
      maxlength="256"
      ${mark}
    />`;
  const body = html`${alertOf(problem)}
    <form method="post">
      ${hidden} ${withCurrent ? current : null}
      <label for="new">${texts('password.new')}</label>
      <input id="new" name="new" type="password" autocomplete="new-password" required maxlength="256" ${mark} />
      <label for="again">${texts('password.again')}</label>
      <input id="again" name="again" type="password" autocomplete="new-password" required maxlength="256" ${mark} />
      <label class="check" data-show-password hidden><input type="checkbox" />${texts('sign-in.show-password')}</label>
      <div class="actions"><button>${texts('password.submit')}</button></div>
    </form>
    ${after ?? null}`;
  return { title, lead, body, scripts: [assets.password] };
}

/** A page that only says something. */
export function saidPage(title: string, text: string): Page {
  return { title, body: html`<p class="faint">${text}</p>` };
}
