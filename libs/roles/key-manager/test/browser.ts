import type { OAuthTestApp } from '@tollgate/oauth/testing';

export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Absolute; null when the answer redirects nowhere. */
  readonly location: string | null;
}

/** A browser as far as the pages need one: keeps cookies, follows redirects within the key manager, fills forms. */
export class TestBrowser {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly base: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  static at(app: OAuthTestApp, headers?: Readonly<Record<string, string>>): TestBrowser {
    return new TestBrowser(app.base, headers);
  }

  cookie(name: string): string | undefined {
    return this.cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  /** One request, no redirect followed. */
  async send(method: string, path: string, form?: Record<string, string>): Promise<PageAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(path, this.base), {
      method,
      redirect: 'manual',
      headers: { ...this.headers, ...(cookie === '' ? {} : { cookie }) },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    for (const line of answer.headers.getSetCookie()) this.keep(line);
    const location = answer.headers.get('location');
    return {
      status: answer.status,
      headers: answer.headers,
      text: await answer.text(),
      location: location === null ? null : new URL(location, this.base).href,
    };
  }

  /** Follows redirects as long as they stay at the key manager. */
  async go(method: string, path: string, form?: Record<string, string>): Promise<PageAnswer & { readonly at: string }> {
    let at = new URL(path, this.base);
    let answer = await this.send(method, at.href, form);
    while (answer.location?.startsWith(this.base)) {
      at = new URL(answer.location);
      answer = await this.send('GET', at.href);
    }
    return { ...answer, at: at.pathname + at.search };
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split(/=(.*)/);
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** Hidden fields of the first form of a page. */
export function hiddenFields(page: { readonly text: string }): Record<string, string> {
  const fields = page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, unescaped(value)]));
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Signs in on the page that `answer` shows. */
export async function signIn(
  browser: TestBrowser,
  page: PageAnswer & { readonly at: string },
  username: string,
  password: string,
): Promise<PageAnswer & { readonly at: string }> {
  return browser.go('POST', page.at, { ...hiddenFields(page), action: 'step', username, password });
}
