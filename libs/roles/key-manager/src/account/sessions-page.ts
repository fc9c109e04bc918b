import { shownUserName } from '@tollgate/base';
import type { SignInSessionView } from '@tollgate/oauth/server';
import { html, type Html } from '../pages/html.js';
import type { Page } from '../pages/page.js';
import type { Texts } from '../pages/texts.js';
import { accountPath } from './account-request.js';
import type { AccountVisit } from './account-visits.js';
import { browserName } from './browser-name.js';

/** Where a person is signed in, with a button at each place. */
export function sessionsPage(visit: AccountVisit, sessions: readonly SignInSessionView[]): Page {
  const { texts, user, session, formToken } = visit;
  const token = html`<input type="hidden" name="token" value="${formToken}" />`;
  const body = html`<h2>${texts('account.sessions')}</h2>
    <ul class="rows">
      ${sessions.map((one) => sessionRow(texts, one, one.uuid === session.uuid, token))}
    </ul>
    <form method="post">
      ${token}
      <div class="actions">
        <button class="quiet" name="action" value="everywhere">${texts('sign-out.everywhere')}</button>
      </div>
    </form>
    <p class="faint links">
      <a href="${accountPath('password', visit.tenant)}">${texts('password.title')}</a>
      <a href="${accountPath('factors', visit.tenant)}">${texts('factor.title')}</a>
    </p>`;
  const lead = texts('consent.account', { user: shownUserName(user.userName, user.organization) });
  return { title: texts('account.title'), lead, body };
}

function sessionRow(texts: Texts, session: SignInSessionView, isThis: boolean, token: Html): Html {
  const { browser, system } = browserName(session.userAgent);
  const place = texts('account.browser', {
    browser: browser ?? texts('account.unknown-browser'),
    system: system ?? '',
  });
  const lastUse = new Date(session.lastSeenAt).toLocaleString(texts.language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return html`<li>
    <div>
      ${place.trim()}${isThis ? html` <strong>${texts('account.this-browser')}</strong>` : null}
      <small>${texts('account.session-use', { address: session.address, time: `${lastUse} UTC` })}</small>
    </div>
    <form method="post">
      ${token}<input type="hidden" name="session" value="${session.uuid}" />
      <button class="link" name="action" value="end">${texts('sign-out.submit')}</button>
    </form>
  </li>`;
}
