import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configuredBackEndTls } from './back-end-tls.js';

let folder: string;
let pems: { readonly cert: string; readonly private: string };
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'back-end-tls-'));
  pems = await generate([{ name: 'commonName', value: 'gateway' }]);
  const other = await generate([{ name: 'commonName', value: 'other' }]);
  for (const [name, text] of Object.entries({ cert: pems.cert, key: pems.private, other: other.private, bad: 'oops' }))
    writeFileSync(file(name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (entry: Record<string, unknown>) =>
  configuredBackEndTls({ tollgate: { gateway: { back_end_tls: [entry] } } } as unknown as TollgateConfig);
const endpoint = 'https://Api.Example.com:8443/path';

it('names the host, with what is trusted and shown there', () => {
  const entry = { endpoint, ca_file: file('cert'), cert_file: file('cert'), key_file: file('key') };
  const identity = { cert: pems.cert, key: pems.private };
  expect(read(entry)).toEqual([{ host: 'api.example.com:8443', ca: pems.cert, identity }]);
  expect(read({ endpoint: 'api.example.com:443', ca_file: file('cert'), organizations: ['a'] })).toEqual([
    { host: 'api.example.com', ca: pems.cert, organizations: ['a'] },
  ]);
});

it.each<[string, () => Record<string, unknown>, RegExp]>([
  ['nothing to trust or show', () => ({ endpoint }), /Set ca_file, or cert_file and key_file/],
  ['a certificate without its key', () => ({ endpoint, cert_file: file('cert') }), /both cert_file and key_file/],
  ['a key of another certificate', () => ({ endpoint, cert_file: file('cert'), key_file: file('other') }), /together/],
  ['an authority that is none', () => ({ endpoint, ca_file: file('bad') }), /together/],
  ['a file that is not there', () => ({ endpoint, ca_file: file('none') }), /Cannot read the certificate file/],
  [
    'an endpoint without TLS',
    () => ({ endpoint: 'http://a', ca_file: file('cert') }),
    /Write endpoint as an https URL/,
  ],
])('refuses to start with %s', (_what, entry, message) => {
  expect(() => read(entry())).toThrow(StartupError);
  expect(() => read(entry())).toThrow(message);
});
