import { fetch, type Agent } from 'undici';
import type { Person } from './oauth-server.js';

/** Answers to fields, by name, and the buttons to press, by name and value. */
export interface Habits {
  readonly fields: Readonly<Record<string, string>>;
  readonly buttons: readonly (readonly [name: string, value: string])[];
}

interface Shown {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
}

const maxPages = 20;

/** A person with a browser without scripts: follows redirects, keeps cookies, fills the forms of any server. */
export class FormPerson implements Person {
  private cookies = new Map<string, string>();

  /** @param origin of the server: whatever leads elsewhere is where the person ends */
  constructor(
    private readonly origin: string,
    private readonly agent: Agent,
    private readonly habits: Habits,
  ) {}

  async authorize(url: URL): Promise<URL> {
    return this.walk(url);
  }

  async signOut(url: URL): Promise<URL> {
    return this.walk(url);
  }

  /** Ends on a page of the server without a form. */
  async connectDevice(url: URL): Promise<void> {
    const end = await this.walk(url);
    if (end.origin !== this.origin) throw new Error(`Connecting the device led to ${end.href}`);
  }

  async forget(): Promise<void> {
    this.cookies = new Map();
  }

  private async walk(url: URL): Promise<URL> {
    let at: URL | Shown = await this.open(url);
    for (let pages = 0; pages < maxPages; pages++) {
      if (at instanceof URL) return at;
      const form = formOf(at, this.habits);
      if (at.status >= 400) throw new Error(`${at.status} at ${at.url.href}: ${at.text.slice(0, 3000)}`);
      if (!form) return at.url;
      at = await this.open(form.target, form.body);
    }
    throw new Error('The pages do not end');
  }

  /** What is shown in the end, or the address outside of the server. */
  private async open(url: URL, form?: URLSearchParams): Promise<URL | Shown> {
    let next = url;
    for (let hops = 0; hops < maxPages; hops++) {
      if (next.origin !== this.origin) return next;
      const sent = hops === 0 ? form : undefined;
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(next, {
        method: sent ? 'POST' : 'GET',
        redirect: 'manual',
        dispatcher: this.agent,
        headers: cookie === '' ? {} : { cookie },
        ...(sent ? { body: sent } : {}),
      });
      for (const line of answer.headers.getSetCookie()) this.keep(line);
      const location = answer.headers.get('location');
      const text = await answer.text();
      if (location === null) return { url: next, status: answer.status, text };
      next = new URL(location, next);
    }
    throw new Error(`Redirects without end at ${next.href}`);
  }

  private keep(line: string): void {
    const [pair = ''] = line.split(';');
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The first form that is sent, filled; null when there is none. */
function formOf({ url, text }: Shown, habits: Habits): { target: URL; body: URLSearchParams } | null {
  for (const [, head = '', inside = ''] of text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
    if (!/method="?post/i.test(head)) continue;
    const body = new URLSearchParams();
    for (const [, input = ''] of inside.matchAll(/<input\b([^>]*)>/g)) {
      const name = attribute(input, 'name');
      if (name) body.set(name, habits.fields[name] ?? attribute(input, 'value') ?? '');
    }
    const offered = [...text.matchAll(/<button\b([^>]*)>/g)].map(([, button = '']) => button);
    const pressed = habits.buttons.find(([name, value]) =>
      offered.some((button) => attribute(button, 'name') === name && attribute(button, 'value') === value),
    );
    if (pressed) body.set(...pressed);
    return { target: new URL(attribute(head, 'action') ?? url.href, url), body };
  }
  return null;
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&').replaceAll('&quot;', '"');
}
