import { X509Certificate } from 'node:crypto';
import { makeCertificate } from '@tollgate/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { certificateNameProblem, isNamed, type CertificateName } from './certificate-name.js';

let certificate: X509Certificate;
beforeAll(async () => {
  const { cert } = await makeCertificate(
    [
      { name: 'countryName', value: 'NL' },
      { name: 'organizationName', value: String.raw`Example\, Inc. \+ Söhne` },
      { name: 'commonName', value: 'orders' },
    ],
    {
      altNames: [
        { type: 2, value: 'orders.example' },
        { type: 2, value: '*.wild.example' },
        { type: 6, value: 'urn:orders' },
        { type: 1, value: 'ops@example.org' },
        { type: 7, ip: '192.0.2.7' },
        { type: 7, ip: '2001:db8::7' },
      ],
    },
  );
  certificate = new X509Certificate(cert);
});

describe('the name of a certificate (RFC 8705 section 2.1.2)', () => {
  it.each<[CertificateName['kind'], string]>([
    ['subject_dn', String.raw`CN=orders,O=Example\, Inc. \+ Söhne,C=NL`],
    ['subject_dn', String.raw`cn=orders, o=Example\2C Inc. \2B S\C3\B6hne, c=NL`],
    ['san_dns', 'orders.example'],
    ['san_dns', 'ORDERS.example'],
    ['san_dns', '*.wild.example'],
    ['san_uri', 'urn:orders'],
    ['san_email', 'ops@example.org'],
    ['san_ip', '192.0.2.7'],
    ['san_ip', '2001:db8:0:0:0:0:0:7'],
  ])('%s %s is that of the certificate', (kind, value) => {
    expect(certificateNameProblem({ kind, value })).toBeNull();
    expect(isNamed(certificate, { kind, value })).toBe(true);
  });

  it.each<[CertificateName['kind'], string]>([
    ['subject_dn', 'CN=orders'],
    ['subject_dn', String.raw`C=NL,O=Example\, Inc. \+ Söhne,CN=orders`],
    ['subject_dn', String.raw`CN=Orders,O=Example\, Inc. \+ Söhne,C=NL`],
    ['subject_dn', String.raw`CN=orders,O=Example\, Inc. \+ Söhne,C=NL,ST=x`],
    ['san_dns', 'example'],
    ['san_dns', 'any.wild.example'],
    ['san_dns', 'urn:orders'],
    ['san_uri', 'urn:orders:2'],
    ['san_email', 'orders.example'],
    ['san_ip', '192.0.2.70'],
    ['san_ip', '::ffff:192.0.2.7'],
  ])('%s %s is another one', (kind, value) => {
    expect(isNamed(certificate, { kind, value })).toBe(false);
  });

  it('is not found in a certificate that has none', async () => {
    const bare = new X509Certificate((await makeCertificate([{ name: 'commonName', value: 'orders.example' }])).cert);
    expect(isNamed(bare, { kind: 'san_dns', value: 'orders.example' })).toBe(false);
  });

  it.each<[CertificateName['kind'], string]>([
    ['subject_dn', ''],
    ['subject_dn', 'orders'],
    ['subject_dn', 'CN=a+OU=b'],
    ['subject_dn', 'CN=#0401'],
    ['san_ip', 'localhost'],
  ])('%s "%s" cannot be registered', (kind, value) => {
    expect(certificateNameProblem({ kind, value })).toEqual(expect.any(String));
  });
});
