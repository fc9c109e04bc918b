import { parseIp, type IpAddress, type RequestFacts } from '@tollgate/throttling/domain';
import { parseJwt } from '@tollgate/oauth/domain';
import type { Exchange } from '../pipeline/exchange.js';

/** Claims that the field's back-end tokens carry under this prefix can be asked for by these names too. */
const dialect = 'http://wso2.org/claims/';

/** What conditions may ask of one exchange; each part is read when it is asked for first. */
export class ExchangeFacts implements RequestFacts {
  #address: IpAddress | null | undefined;
  #query: URLSearchParams | undefined;
  #claims: Readonly<Record<string, unknown>> | undefined;

  constructor(private readonly x: Exchange) {}

  address(): IpAddress | null {
    return (this.#address ??= parseIp(this.x.clientIp));
  }

  headers(lowerName: string): readonly string[] {
    return this.x.headers.all(lowerName);
  }

  queryParameters(name: string): readonly string[] {
    this.#query ??= new URLSearchParams(this.x.query);
    return this.#query.getAll(name);
  }

  /** A claim of the caller's verified token; texts, numbers and booleans, alone or in a list. */
  claims(name: string): readonly string[] {
    this.#claims ??= parseJwt(this.x.credentialText)?.claims ?? {};
    const remote = this.x.claimMapping.find(({ localClaim }) => localClaim === name)?.remoteClaim ?? name;
    if (Object.hasOwn(this.#claims, remote)) return valuesOf(this.#claims[remote]);
    return name.startsWith(dialect) ? valuesOf(ofDialect(this.x, name.slice(dialect.length))) : [];
  }
}

function valuesOf(claim: unknown): string[] {
  const values: unknown[] = Array.isArray(claim) ? claim : [claim];
  return values.flatMap((value) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [],
  );
}

function ofDialect(x: Exchange, name: string): string | undefined {
  switch (name) {
    case 'enduser':
      return x.credential === 'none' ? undefined : x.userId;
    case 'subscriber':
      return x.application?.owner;
    case 'applicationname':
      return x.application?.name;
    case 'applicationid':
      return x.application ? String(x.application.id) : undefined;
    case 'applicationUUId':
      return x.application?.uuid;
    case 'applicationtier':
      return x.application?.tier;
    case 'tier':
      return x.subscription?.tier;
    case 'keytype':
      return x.keyType;
    case 'apicontext':
      return x.api?.api.basePath;
    case 'apiname':
      return x.api?.api.name;
    case 'version':
      return x.api?.api.version;
    default:
      return undefined;
  }
}
