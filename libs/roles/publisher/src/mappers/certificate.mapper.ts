import type { Certificate } from '@tollgate/api/domain';

/** What a certificate says (contract schema `CertificateInfo`). */
export function certificateInfo({ validFromMs, validToMs, subject }: Certificate, nowMs: number): object {
  return {
    status: nowMs >= validFromMs && nowMs < validToMs ? 'Active' : 'Expired',
    validity: { from: new Date(validFromMs).toISOString(), to: new Date(validToMs).toISOString() },
    version: 'V3',
    subject,
  };
}
