import type { OAuthTestApp } from '@tollgate/oauth/testing';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

export interface Registered {
  readonly clientId: string;
  readonly clientSecret: string;
}

export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** Speaks to the key manager as its clients do. */
export class KeyManagerClient {
  constructor(private readonly app: OAuthTestApp) {}

  async send(
    method: string,
    path: string,
    options: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> {
    const answer = await fetch(this.app.base + path, { method, ...options });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
      headers: answer.headers,
    };
  }

  async form(path: string, parameters: Record<string, string> | string, authorization?: string): Promise<Answer> {
    const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
    if (authorization !== undefined) headers['authorization'] = authorization;
    return this.send('POST', path, { headers, body: new URLSearchParams(parameters).toString() });
  }

  async token(client: Registered, parameters: Record<string, string>, path = '/oauth2/token'): Promise<Answer> {
    return this.form(path, parameters, basic(client.clientId, client.clientSecret));
  }

  async register(user: string, password: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json', authorization: basic(user, password) };
    return this.send('POST', '/client-registration/v0.17/register', { headers, body: JSON.stringify(body) });
  }
}
