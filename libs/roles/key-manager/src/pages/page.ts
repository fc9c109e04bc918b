import type { FastifyReply } from 'fastify';
import { assets } from './assets.js';
import { html, type Html } from './html.js';
import type { Texts } from './texts.js';

export interface Page {
  /** Of the window and, unless `heading` differs, the first heading. */
  readonly title: string;
  /** Below the heading. */
  readonly lead?: string;
  readonly body: Html;
  /** Addresses of scripts of ours. */
  readonly scripts?: readonly string[];
}

/** The whole document. */
export function renderPage(texts: Texts, { title, lead, body, scripts = [] }: Page): string {
  const document = html`<!doctype html>
    <html lang="${texts.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · Tollgate</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${assets.style}" />
        ${scripts.map((script) => html`<script type="module" src="${script}"></script>`)}
      </head>
      <body>
        <main>
          <div class="brand">
            ${mark}<span>Tollgate <small>${texts('brand.tagline')}</small></span>
          </div>
          <h1>${title}</h1>
          ${lead === undefined ? null : html`<p>${lead}</p>`} ${body}
        </main>
      </body>
    </html>`;
  return document.text;
}

const mark = html`<svg
  viewBox="0 0 24 24"
  fill="none"
  stroke="currentColor"
  stroke-width="2"
  stroke-linecap="round"
  aria-hidden="true"
>
  <path d="M4 21V11a8 8 0 0 1 16 0v10M4 13h16M9 21v-4M15 21v-4" />
</svg>`;

/**
 * Headers of a page: nothing loads or runs but our own files, nobody frames it, nothing keeps it.
 * @param formTarget where a form of it may lead. Browsers hold `form-action` against every redirect that follows, and
 * clients redirect on from where we send people, so https is open; other schemes are named
 */
export function pageHeaders(formTarget?: string): Record<string, string> {
  const target = formTarget === undefined ? '' : ` https: ${sourceOf(formTarget)}`;
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      "default-src 'none'",
      "style-src 'self'",
      "script-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      `form-action 'self'${target}`,
      "frame-ancestors 'none'",
    ].join('; '),
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

/** The scheme and host of a redirect as a source of a Content-Security-Policy. */
function sourceOf(uri: string): string {
  const url = new URL(uri);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.origin : url.protocol;
}

export function sendPage(reply: FastifyReply, texts: Texts, page: Page, formTarget?: string): void {
  void reply.headers(pageHeaders(formTarget)).send(renderPage(texts, page));
}
