import { watchFile, unwatchFile } from 'node:fs';
import type { Logger } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import type { CertificatePair } from '@tollgate/gateway';
import { readPem } from './read-pem.js';

const lookEveryMs = 2_000;

/** The certificates that the configuration names besides the gateway's own, as they are now. @throws StartupError naming the file */
export function configuredCertificates(config: TollgateConfig): CertificatePair[] {
  return config.tollgate.gateway.certificate.map(({ cert_file: cert, key_file: key }) => ({
    cert: readPem(cert),
    key: readPem(key),
  }));
}

/**
 * Looks at certificate files and takes new ones over while the gateway runs (requirement P5). Files that are half written
 * or do not fit together change nothing and are looked at again when they change again.
 */
export class CertificateWatch {
  readonly #files: readonly string[];
  readonly #look = (): void => this.#renew();

  constructor(
    private readonly config: TollgateConfig,
    private readonly apply: (pairs: readonly CertificatePair[]) => void,
    private readonly log: Logger,
  ) {
    const { tls_cert_file: cert, tls_key_file: key, certificate } = config.tollgate.gateway;
    const own = cert && key ? [cert, key] : [];
    this.#files = [...own, ...certificate.flatMap((each) => [each.cert_file, each.key_file])];
  }

  /** @param first the gateway's own certificate where the configuration names none */
  start(first: CertificatePair): void {
    this.#first = first;
    for (const file of this.#files) watchFile(file, { interval: lookEveryMs, persistent: false }, this.#look);
  }

  stop(): void {
    for (const file of this.#files) unwatchFile(file, this.#look);
  }

  #first: CertificatePair | null = null;

  #renew(): void {
    const { tls_cert_file: cert, tls_key_file: key } = this.config.tollgate.gateway;
    try {
      const first = cert && key ? { cert: readPem(cert), key: readPem(key) } : this.#first;
      this.apply([...(first ? [first] : []), ...configuredCertificates(this.config)]);
      this.log.info({ event: 'gateway.certificates.renewed' }, 'New connections get the new certificates');
    } catch (error) {
      this.log.error(
        { event: 'gateway.certificates.unusable', reason: (error as Error).message },
        'Certificate files changed and cannot be used: the former ones stay in force',
      );
    }
  }
}
