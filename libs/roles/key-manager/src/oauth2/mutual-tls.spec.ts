import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  certificateJwk,
  makeAuthority,
  makeCertificate,
  thumbprintOf,
  type CertificateAndKey,
} from '@tollgate/testing';
import { Agent, fetch } from 'undici';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, type Answer } from '../../test/key-manager-client.js';
import { admin, startRig, type Rig } from '../../test/rig.js';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-mtls-'));
const header = 'x-client-cert';
let rig: Rig;
let own: CertificateAndKey;
let ofAnother: CertificateAndKey;
let stranger: CertificateAndKey;
let old: CertificateAndKey;
let selfSigned: CertificateAndKey;

beforeAll(async () => {
  const authority = await makeAuthority('Clients');
  const dns = (value: string) => ({ by: authority, altNames: [{ type: 2 as const, value }] });
  const name = (value: string) => [{ name: 'commonName', value }];
  [own, ofAnother, stranger, old, selfSigned] = await Promise.all([
    makeCertificate(name('orders'), dns('orders.example')),
    makeCertificate(name('stock'), dns('stock.example')),
    makeCertificate(name('orders'), { ...dns('orders.example'), by: await makeAuthority('Clients') }),
    makeCertificate(name('orders'), { ...dns('orders.example'), notAfter: new Date(Date.now() - 1000) }),
    makeCertificate(name('alone')),
  ]);
  writeFileSync(join(folder, 'ca.pem'), authority.cert);
  rig = await startRig(`[tollgate.management]
request_client_certificate = true
client_ca_file = "${join(folder, 'ca.pem')}"
client_certificate_header = "${header}"
trusted_proxies = ["127.0.0.2"]
`);
});
afterAll(async () => {
  await rig.app.close();
  rmSync(folder, { recursive: true });
});

/** A request over a TLS connection of its own. */
async function over(
  shown: CertificateAndKey | null,
  path: string,
  options: { form?: Record<string, string>; headers?: Record<string, string>; from?: string } = {},
): Promise<Answer> {
  const connect = { rejectUnauthorized: false, ...shown };
  const agent = new Agent({ connect, localAddress: options.from ?? '127.0.0.1' });
  const { form, headers = {} } = options;
  const answer = await fetch(`https://127.0.0.1:${rig.app.http.ports().https}${path}`, {
    dispatcher: agent,
    headers,
    ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
  });
  const text = await answer.text();
  await agent.close();
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: answer.status, body, headers: answer.headers as unknown as Headers };
}

async function register(metadata: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: basic('admin', admin) };
  const body = JSON.stringify({ grant_types: ['client_credentials'], ...metadata });
  return rig.km.send('POST', '/oauth2/register', { headers, body });
}
const byDns = { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_dns: 'orders.example' };
const bound = { tls_client_certificate_bound_access_tokens: true };
const idOf = async (metadata: object): Promise<string> => String((await register(metadata)).body['client_id']);
const token = (client_id: string, shown: CertificateAndKey | null, more: Record<string, string> = {}) =>
  over(shown, '/oauth2/token', { form: { grant_type: 'client_credentials', client_id, ...more } });

describe('clients that prove themselves by a certificate (RFC 8705)', () => {
  it('R-19 of an authority: the own one is taken, every other is not', async () => {
    const id = await idOf(byDns);
    expect(await token(id, own)).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    for (const shown of [ofAnother, stranger, old, selfSigned, null]) {
      const answer = await token(id, shown);
      expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    }
    expect((await token(id, own, { client_secret: 'x' })).status).toBe(401);
  });

  it('self-signed: the registered one is taken, one of the same name is not', async () => {
    const made = await register({
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      jwks: { keys: [certificateJwk(selfSigned)] },
    });
    expect(made.status).toBe(201);
    expect(made.body).not.toHaveProperty('client_secret');
    const id = String(made.body['client_id']);
    expect((await token(id, selfSigned)).status).toBe(200);
    const twin = await makeCertificate([{ name: 'commonName', value: 'alone' }]);
    for (const shown of [twin, own, null]) expect((await token(id, shown)).status).toBe(401);
  });

  it('bind tokens to it, which nobody else can use', async () => {
    const id = await idOf({ ...byDns, ...bound, grant_types: ['password', 'refresh_token'] });
    const user = { grant_type: 'password', username: 'admin', password: admin, scope: 'openid' };
    const { body } = await token(id, own, user);
    const text = String(body['access_token']);
    expect(decodeJwt(text)['cnf']).toEqual({ 'x5t#S256': thumbprintOf(own) });
    const seen = await over(own, '/oauth2/introspect', { form: { token: text, client_id: id } });
    expect(seen.body).toMatchObject({ active: true, token_type: 'Bearer', cnf: { 'x5t#S256': thumbprintOf(own) } });
    const headers = { authorization: `Bearer ${text}` };
    expect((await over(own, '/oauth2/userinfo', { headers })).status).toBe(200);
    for (const shown of [ofAnother, null])
      expect((await over(shown, '/oauth2/userinfo', { headers })).status).toBe(401);
    expect((await over(null, '/oauth2/revoke', { form: { token: text, client_id: id } })).status).toBe(401);
    expect((await over(own, '/oauth2/revoke', { form: { token: text, client_id: id } })).status).toBe(200);
    expect((await over(own, '/oauth2/userinfo', { headers })).status).toBe(401);
  });

  it('bind the refresh tokens of public clients too', async () => {
    const metadata = { token_endpoint_auth_method: 'none', grant_types: ['password', 'refresh_token'] };
    const id = await idOf({ ...metadata, ...bound });
    const user = { grant_type: 'password', username: 'admin', password: admin };
    expect((await token(id, null, user)).body).toMatchObject({ error: 'invalid_request' });
    const { body } = await token(id, ofAnother, user);
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    expect((await token(id, own, refresh)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await token(id, ofAnother, refresh)).status).toBe(200);
  });

  it('R-45 are known by a header of a trusted proxy, and of nobody else', async () => {
    const id = await idOf(byDns);
    const form = { grant_type: 'client_credentials', client_id: id };
    const by = (cert: string, from: string, shown: CertificateAndKey | null = null) =>
      over(shown, '/oauth2/token', {
        form,
        headers: { [header]: cert.split(',').map(encodeURIComponent).join(', ') },
        from,
      });
    expect((await by(own.cert, '127.0.0.2')).status).toBe(200);
    for (const cert of [ofAnother.cert, stranger.cert, old.cert, selfSigned.cert, 'x', `${own.cert},${own.cert}`])
      expect((await by(cert, '127.0.0.2')).status).toBe(401);
    expect((await by(own.cert, '127.0.0.1')).status).toBe(401);
    // The proxy's own certificate is not that of whoever stands behind it.
    expect((await over(own, '/oauth2/token', { form, from: '127.0.0.2' })).status).toBe(401);
  });

  it.each<[string, object]>([
    ['no name', { token_endpoint_auth_method: 'tls_client_auth' }],
    ['two names', { ...byDns, tls_client_auth_san_ip: '192.0.2.1' }],
    ['a subject that is none', { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'orders' }],
    ['no keys', { token_endpoint_auth_method: 'self_signed_tls_client_auth' }],
    ['keys without certificates', { token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [{}] } }],
    [
      'certificates that are none',
      { token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [{ x5c: ['AAAA'] }] } },
    ],
  ])('are not registered with %s', async (_, metadata) => {
    expect(await register(metadata)).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
  });

  it('are told of in the metadata, and are not offered where no certificate is seen', async () => {
    const path = '/.well-known/oauth-authorization-server';
    expect((await rig.km.send('GET', path)).body).toMatchObject({
      token_endpoint_auth_methods_supported: expect.arrayContaining(['tls_client_auth', 'self_signed_tls_client_auth']),
      tls_client_certificate_bound_access_tokens: true,
    });
    const blind = await startRig();
    const { body } = await blind.km.send('GET', path);
    expect(body).toMatchObject({ tls_client_certificate_bound_access_tokens: false });
    expect(JSON.stringify(body)).not.toContain('tls_client_auth"');
    const headers = { 'content-type': 'application/json', authorization: basic('admin', admin) };
    for (const metadata of [byDns, bound]) {
      const answer = await blind.km.send('POST', '/oauth2/register', {
        headers,
        body: JSON.stringify({ grant_types: ['client_credentials'], ...metadata }),
      });
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
    }
    await blind.app.close();
  });
});
