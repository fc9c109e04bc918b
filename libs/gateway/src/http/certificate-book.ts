import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/** PEM texts of a chain and its key. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** Certificates by the names they are for; which one a client gets is told by the name it asks for (SNI, RFC 6066). */
export class CertificateBook {
  #byName = new Map<string, SecureContext>();
  #first: CertificatePair;
  #firstContext: SecureContext;

  /** @param pairs the first is for clients that ask for no name or an unknown one; @throws TypeError naming what is wrong with one */
  constructor(pairs: readonly CertificatePair[]) {
    ({ pair: this.#first, context: this.#firstContext } = this.#read(pairs));
  }

  /** New handshakes get these; connections that are open keep theirs. @throws TypeError, and then nothing changes */
  replace(pairs: readonly CertificatePair[]): void {
    ({ pair: this.#first, context: this.#firstContext } = this.#read(pairs));
  }

  /** @param name as the client sent it */
  contextFor(name: string): SecureContext {
    const lower = name.toLowerCase();
    const dot = lower.indexOf('.');
    return this.#byName.get(lower) ?? this.#byName.get(`*${lower.slice(dot)}`) ?? this.#firstContext;
  }

  /** For clients that name nothing. */
  get first(): CertificatePair {
    return this.#first;
  }

  #read(pairs: readonly CertificatePair[]): { readonly pair: CertificatePair; readonly context: SecureContext } {
    const byName = new Map<string, SecureContext>();
    const contexts = pairs.map(({ cert, key }) => {
      try {
        const context = createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
        for (const name of namesOf(new X509Certificate(cert))) if (!byName.has(name)) byName.set(name, context);
        return context;
      } catch (error) {
        throw new TypeError(`A certificate or its key cannot be used: ${(error as Error).message}.`);
      }
    });
    const [pair] = pairs;
    const [context] = contexts;
    if (pair === undefined || context === undefined)
      throw new TypeError('A certificate and key are needed to listen for https.');
    this.#byName = byName;
    return { pair: { cert: pair.cert, key: pair.key }, context };
  }
}

/** DNS names of the certificate, in lower case; its common name only where it has none (RFC 6125 section 6.4.4). */
function namesOf({ subjectAltName, subject }: X509Certificate): string[] {
  const names = [...(subjectAltName ?? '').matchAll(/DNS:([^,\s"]+)/g)].map(([, name]) => name as string);
  const common = /^CN=(.+)$/m.exec(subject ?? '')?.[1];
  return (names.length > 0 ? names : common === undefined ? [] : [common]).map((name) => name.toLowerCase());
}
