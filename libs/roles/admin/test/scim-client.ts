import type { OAuthTestApp } from '@tollgate/oauth/testing';

export interface Answer {
  readonly status: number;
  // The specs say what they expect of a body.
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}
export type Send = (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Answer>;

export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** Sends SCIM requests as somebody. @param authorization null: as nobody */
export function sender(app: OAuthTestApp, authorization: string | null): Send {
  return async (method, path, body, extra = {}) => {
    const headers: Record<string, string> = { ...(authorization === null ? {} : { authorization }), ...extra };
    if (body) headers['content-type'] ??= 'application/scim+json';
    const answer = await fetch(app.base + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await answer.text();
    const parsed = text ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: answer.status, body: parsed, headers: answer.headers };
  };
}
