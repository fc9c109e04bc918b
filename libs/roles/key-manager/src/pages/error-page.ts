import type { ErrorShape } from '@tollgate/http';
import { OAuthError } from '../oauth2/oauth-error.js';
import { html } from './html.js';
import { renderPage } from './page.js';
import { chooseLanguage, textsIn, type TextKey } from './texts.js';

/** An error that a person sees, because there is no checked address to send it to. */
export class PageError extends OAuthError {
  constructor(
    readonly textKey: TextKey,
    detail: string,
    status = 400,
  ) {
    super('invalid_request', detail, status);
  }
}

/** Errors of the paths that people visit: a page in their language. Headers that were set before stay. */
export const pageErrorShape: ErrorShape = (error, { headers }) => {
  const texts = textsIn(chooseLanguage(undefined, headers['accept-language']));
  const key = error instanceof PageError ? error.textKey : keyOf(error.status);
  const detail = error.status >= 500 ? '' : error.message;
  const body = html`<p class="alert" role="alert">${texts(key)}</p>
    <p class="faint">${texts('error.hint')}</p>
    <p class="code">${texts('error.code')}: ${String(error.status)} ${detail}</p>`;
  return {
    status: error.status,
    contentType: 'text/html; charset=utf-8',
    body: renderPage(texts, { title: texts('error.title'), body }),
  };
};

function keyOf(status: number): TextKey {
  if (status === 404) return 'error.not-found';
  return status >= 500 ? 'error.server' : 'error.bad-request';
}
