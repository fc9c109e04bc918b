import { createHash, X509Certificate } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { EndpointCertificateRecord } from '@tollgate/api/contract';

/** How connections to one back end are made over TLS, where that is not as everywhere. */
export interface UpstreamTls {
  /** Differs where trust or identity differ: connections are shared only under the same one. */
  readonly key: string;
  readonly context: SecureContext;
}

/** What this gateway itself shows and trusts at one back end, whatever the API. */
export interface BackEndTls {
  /** `host`, or `host:port` where that is not 443. */
  readonly host: string;
  /** PEM certificates of authorities trusted beside the well-known ones. */
  readonly ca?: string;
  /** PEM chain and key that the gateway shows when the back end asks. */
  readonly identity?: { readonly cert: string; readonly key: string };
  /** Whose APIs may use it; absent: those of every organization. */
  readonly organizations?: readonly string[];
}

interface Held {
  readonly organization: string;
  readonly host: string;
  readonly pem: string;
}

/**
 * Whom the gateway trusts at which back end, and what it shows there. Certificates of one organization mean nothing to the
 * APIs of another one, even at the same host.
 */
export class BackEndTrust {
  readonly #certificates = new Map<string, Held>();
  /** Contexts in use, by key: making one takes milliseconds. */
  readonly #made = new Map<string, UpstreamTls>();

  /** @param everywhere PEM certificates trusted at every back end, beside the well-known ones */
  constructor(
    private readonly everywhere: readonly string[] = [],
    private readonly configured: readonly BackEndTls[] = [],
  ) {}

  /**
   * Takes a certificate over, or away with `null`, and gives whom that concerns.
   * @throws Error when it is no certificate; what was there stays
   */
  set(id: string, record: EndpointCertificateRecord | null): readonly Pick<Held, 'organization' | 'host'>[] {
    if (record !== null) new X509Certificate(record.pem); // throws

    const touched = [this.#certificates.get(id), record].filter((each) => each !== undefined && each !== null);
    if (record === null) this.#certificates.delete(id);
    else this.#certificates.set(id, record);
    this.#made.clear();
    return touched;
  }

  /** `null` where nothing but the well-known authorities is trusted and nothing is shown. @param origin `https://host:port` */
  tlsFor(organization: string, origin: string): UpstreamTls | null {
    if (!origin.startsWith('https:')) return null;
    const { host } = new URL(origin);
    const own = this.configured.filter((each) => each.host === host && isFor(each, organization));
    const added = [...this.#certificates.values()]
      .filter((each) => each.host === host && each.organization === organization)
      .map(({ pem }) => pem)
      .toSorted();
    const ca = [...this.everywhere, ...own.flatMap((each) => each.ca ?? []), ...added];
    const identity = own.find((each) => each.identity !== undefined)?.identity ?? null;
    if (ca.length === 0 && identity === null) return null;
    return this.#context(ca, identity);
  }

  #context(ca: readonly string[], identity: BackEndTls['identity'] | null): UpstreamTls {
    const key = createHash('sha256')
      .update(JSON.stringify([ca, identity]))
      .digest('base64url');
    let found = this.#made.get(key);
    if (found === undefined) {
      const trusted = ca.length === 0 ? {} : { ca: [...rootCertificates, ...ca], allowPartialTrustChain: true };
      found = { key, context: createSecureContext({ ...trusted, ...identity }) };
      this.#made.set(key, found);
    }
    return found;
  }
}

function isFor({ organizations }: BackEndTls, organization: string): boolean {
  return organizations === undefined || organizations.includes(organization);
}
