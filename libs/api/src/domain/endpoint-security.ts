import type { FieldProblem } from '@tollgate/base';
import { sealedSecretSchema, type EndpointSecurityRecord, type SealedSecret } from '../contract/index.js';

type Loose = Readonly<Record<string, unknown>>;
const kinds = ['production', 'sandbox'] as const;
type Kind = (typeof kinds)[number];

/** Members of `endpoint_security.{production,sandbox}` that nobody gets to read again. */
const secretNames = ['password', 'clientSecret', 'apiKeyValue'] as const;

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entryOf(config: Loose | null | undefined, kind: Kind): Loose | null {
  const security = config?.['endpoint_security'];
  const entry = isObject(security) ? security[kind] : undefined;
  return isObject(entry) ? entry : null;
}

/**
 * What a gateway shows to the back ends of one key type (publisher contract, `endpoint_security`): type BASIC, APIKEY or
 * OAUTH. Secrets are texts before they are stored and sealed ones afterwards.
 */
export function readEndpointSecurity(
  config: Loose,
  kind: Kind,
): { security: EndpointSecurityRecord | null; problems: FieldProblem[] } {
  const entry = entryOf(config, kind);
  const type = typeof entry?.['type'] === 'string' ? entry['type'].toUpperCase() : '';
  if (entry === null || entry['enabled'] === false || type === '' || type === 'NONE')
    return { security: null, problems: [] };
  const reader = new EntryReader(entry, `endpointConfig.endpoint_security.${kind}`);
  const security = readers[type]?.(reader);
  if (security === undefined) reader.problem('type', 'One of BASIC, APIKEY, OAUTH, NONE.');
  return { security: security ?? null, problems: reader.problems };
}

const readers: Readonly<Record<string, (reader: EntryReader) => EndpointSecurityRecord>> = {
  BASIC: (reader) => ({ type: 'basic', username: reader.text('username'), password: reader.secret('password') }),
  APIKEY: (reader) => {
    const place = reader.oneOf('apiKeyIdentifierType', ['HEADER', 'QUERY_PARAMETER'], 'HEADER');
    const name = reader.text('apiKeyIdentifier');
    if (place === 'HEADER' && !headerName.test(name)) reader.problem('apiKeyIdentifier', 'The name of a header.');
    return {
      type: 'api_key',
      place: place === 'HEADER' ? 'header' : 'query',
      name,
      value: reader.secret('apiKeyValue'),
    };
  },
  OAUTH: (reader) => {
    const grant = reader.oneOf('grantType', ['CLIENT_CREDENTIALS', 'PASSWORD'], 'CLIENT_CREDENTIALS');
    const user =
      grant === 'PASSWORD' ? { username: reader.text('username'), password: reader.secret('password') } : null;
    return {
      type: 'oauth',
      tokenUrl: reader.url('tokenUrl'),
      clientId: reader.text('clientId'),
      clientSecret: reader.secret('clientSecret'),
      user,
      parameters: reader.parameters('customParameters'),
    };
  },
};

class EntryReader {
  readonly problems: FieldProblem[] = [];

  constructor(
    private readonly entry: Loose,
    private readonly field: string,
  ) {}

  problem(name: string, message: string): void {
    this.problems.push({ field: `${this.field}.${name}`, message });
  }

  text(name: string): string {
    const value = this.entry[name];
    if (typeof value === 'string' && value !== '' && value.length <= 1024 && !/\p{Cc}/u.test(value)) return value;
    this.problem(name, 'A text of 1 to 1024 characters.');
    return '';
  }

  secret(name: (typeof secretNames)[number]): SealedSecret {
    const value = this.entry[name];
    const sealed = sealedSecretSchema.safeParse(value);
    if (sealed.success) return sealed.data;
    const isText = typeof value === 'string' && value !== '' && value.length <= 4096 && !/\p{Cc}/u.test(value);
    if (!isText)
      this.problem(name, 'A text of 1 to 4096 characters; leave it empty to keep the one that was set before.');
    return { sealed: '' };
  }

  oneOf<T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const value = this.entry[name] ?? otherwise;
    const found = values.find((each) => typeof value === 'string' && each === value.toUpperCase());
    if (found === undefined) this.problem(name, `One of ${values.join(', ')}.`);
    return found ?? otherwise;
  }

  url(name: string): string {
    const value = this.entry[name];
    const url = typeof value === 'string' && value.length <= 2048 ? URL.parse(value) : null;
    if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url.href;
    this.problem(name, 'An absolute http or https URL without user name and password.');
    return '';
  }

  /** An object, or its JSON text as the field's portal sends it. */
  parameters(name: string): Record<string, string> {
    const given = this.entry[name];
    const value = typeof given === 'string' ? parsed(given) : (given ?? {});
    const entries = isObject(value) ? Object.entries(value) : null;
    if (entries?.every(([, each]) => typeof each === 'string' && each.length <= 1024) === true)
      return Object.fromEntries(entries) as Record<string, string>;
    this.problem(name, 'An object of texts.');
    return {};
  }
}

function parsed(json: string): unknown {
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json);
  } catch {
    return null; // told as a problem
  }
}

/**
 * The configuration as it is stored: secrets sealed; one that was left empty is the one that was stored before.
 * @param before what is stored now
 */
export function sealEndpointSecrets(
  config: Loose | undefined,
  before: Loose | undefined,
  seal: (secret: string) => string,
): Record<string, unknown> | undefined {
  return changeSecrets(config, (value, kind, name) => {
    if (typeof value === 'string' && value !== '') return { sealed: seal(value) };
    const isKept = value === undefined || value === null || value === '';
    return isKept ? entryOf(before, kind)?.[name] : value;
  });
}

/** As people see it: that there is a secret, they know from its type. */
export function hideEndpointSecrets(config: Loose | undefined): Record<string, unknown> | undefined {
  return changeSecrets(config, (value) => (value === undefined ? undefined : ''));
}

function changeSecrets(
  config: Loose | undefined,
  change: (value: unknown, kind: Kind, name: (typeof secretNames)[number]) => unknown,
): Record<string, unknown> | undefined {
  const security = config?.['endpoint_security'];
  if (!isObject(security)) return config;
  const changed: Record<string, unknown> = { ...security };
  for (const kind of kinds) {
    const entry = entryOf(config, kind);
    if (entry === null) continue;
    const next: Record<string, unknown> = { ...entry };
    for (const name of secretNames) {
      const value = change(entry[name], kind, name);
      if (value !== undefined) next[name] = value;
    }
    changed[kind] = next;
  }
  return { ...config, endpoint_security: changed };
}
