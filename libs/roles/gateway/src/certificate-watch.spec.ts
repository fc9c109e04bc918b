import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import type { CertificatePair } from '@tollgate/gateway';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CertificateWatch, configuredCertificates } from './certificate-watch.js';

let folder: string;
const logged: Record<string, unknown>[] = [];
const log = createLogger(
  { level: 'info', node: 'test' },
  { write: (line: string) => void logged.push(JSON.parse(line)) },
);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  logged.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

function configured(): TollgateConfig {
  const file = (name: string): string => join(folder, name);
  const gateway = {
    tls_cert_file: file('own.crt'),
    tls_key_file: file('own.key'),
    certificate: [{ cert_file: file('b.crt'), key_file: file('b.key') }],
  };
  return { tollgate: { gateway } } as unknown as TollgateConfig;
}
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

it('files that change are taken over with all others; what cannot be used changes nothing and is told', async () => {
  for (const name of ['own.crt', 'own.key', 'b.crt', 'b.key']) write(name, `${name} 1`);
  const config = configured();
  expect(configuredCertificates(config)).toEqual([{ cert: 'b.crt 1', key: 'b.key 1' }]);
  const taken: (readonly CertificatePair[])[] = [];
  let isUsable = true;
  const watch = new CertificateWatch(
    config,
    (pairs) => {
      if (!isUsable) throw new TypeError('no certificate');
      taken.push(pairs);
    },
    log,
  );
  watch.start({ cert: 'own.crt 1', key: 'own.key 1' });
  write('own.crt', 'own.crt changed');
  await expect.poll(() => taken.length, { timeout: 8_000 }).toBeGreaterThan(0);
  expect(taken.at(-1)).toEqual([
    { cert: 'own.crt changed', key: 'own.key 1' },
    { cert: 'b.crt 1', key: 'b.key 1' },
  ]);
  isUsable = false;
  write('b.crt', 'half a certif');
  await expect
    .poll(() => logged.at(-1), { timeout: 8_000 })
    .toMatchObject({
      event: 'gateway.certificates.unusable',
      reason: 'no certificate',
    });
  watch.stop();
});
