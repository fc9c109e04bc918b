import { Agent, fetch, FormData, type RequestInit } from 'undici';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; the text itself when it is none. */
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface Sending {
  readonly token?: string;
  readonly basic?: readonly [string, string];
  readonly json?: unknown;
  readonly form?: Record<string, string>;
  /** A body as it is, with its media type. */
  readonly raw?: { readonly type: string; readonly body: string };
  readonly multipart?: Record<string, string>;
  readonly headers?: Record<string, string>;
  /** Default: undici's, 300 s. */
  readonly timeoutMs?: number;
}

/** Takes the self-signed certificates of the installations under test, and keeps no connection that a killed process left. */
const agent = new Agent({ connect: { rejectUnauthorized: false }, keepAliveTimeout: 1000 });

/** One request, answered as it comes: no retry, no redirect followed. */
export async function send(method: string, url: string, sending: Sending = {}): Promise<Answer> {
  const headers: Record<string, string> = { ...sending.headers };
  if (sending.token !== undefined) headers['authorization'] = `Bearer ${sending.token}`;
  if (sending.basic) headers['authorization'] = `Basic ${Buffer.from(sending.basic.join(':')).toString('base64')}`;
  const init: RequestInit = { method, headers, redirect: 'manual', dispatcher: agent };
  if (sending.json !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = typeof sending.json === 'string' ? sending.json : JSON.stringify(sending.json);
  } else if (sending.raw) {
    headers['content-type'] = sending.raw.type;
    init.body = sending.raw.body;
  } else if (sending.form) init.body = new URLSearchParams(sending.form);
  else if (sending.multipart) {
    const form = new FormData();
    for (const [name, value] of Object.entries(sending.multipart)) {
      if (name === 'file') form.set(name, new Blob([value]), 'definition.yaml');
      else form.set(name, value);
    }
    init.body = form;
  }
  if (sending.timeoutMs !== undefined) init.signal = AbortSignal.timeout(sending.timeoutMs);
  const answer = await fetch(url, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers as unknown as Headers, body: parse(text), text };
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Asks again until `accept` holds; the last answer when it never does, so that the test shows it. */
export async function eventually<T>(
  ask: () => Promise<T>,
  accept: (value: T) => boolean,
  withinMs = 15_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (accept(value) || performance.now() > end) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
