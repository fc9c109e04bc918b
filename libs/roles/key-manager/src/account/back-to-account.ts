import { html, type Html } from '../pages/html.js';
import { accountPath } from './account-request.js';
import type { AccountVisit } from './account-visits.js';

/** The way back from a page below a person's account. */
export function backToAccount({ texts, tenant }: AccountVisit): Html {
  return html`<p class="faint links"><a href="${accountPath('sessions', tenant)}">${texts('account.title')}</a></p>`;
}
