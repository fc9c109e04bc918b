import { errorOf, RestError } from './rest-error';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Sent {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as multipart/form-data. */
  readonly form?: FormData;
  readonly query?: Query;
  /** ETag that the change is based on. */
  readonly ifMatch?: string | undefined;
}

/** A body with the version that it is (`ETag`), for `If-Match`. */
export interface Versioned<T> {
  readonly body: T;
  readonly etag: string | undefined;
}

/** The most that the surfaces give at once. */
const pageRows = 1000;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One REST surface, called with the session of this portal. Every method throws `RestError`. */
export class Rest {
  constructor(
    /** `publisher`, `devportal` or `admin`: names the session that authorises the call. */
    private readonly portal: string,
    /** For example `/api/am/publisher/v4`. */
    private readonly base: string,
  ) {}

  async get<T>(path: string, query?: Query): Promise<T> {
    return (await this.versioned<T>(path, query)).body;
  }

  /** A whole list, page after page, for choices and tables that have to show everything. */
  async list<T>(path: string, query: Query = {}): Promise<readonly T[]> {
    const rows: T[] = [];
    for (;;) {
      const { list, pagination } = await this.get<ListBody<T>>(path, {
        ...query,
        limit: pageRows,
        offset: rows.length,
      });
      rows.push(...list);
      if (list.length === 0 || rows.length >= (pagination?.total ?? 0)) return rows;
    }
  }

  async versioned<T>(path: string, query?: Query): Promise<Versioned<T>> {
    const response = await this.call('GET', path, query === undefined ? {} : { query });
    return { body: (await bodyOf(response)) as T, etag: response.headers.get('etag') ?? undefined };
  }

  /** The answer as it came: for definitions and files. */
  async text(path: string, query?: Query): Promise<string> {
    return (await this.call('GET', path, query === undefined ? {} : { query })).text();
  }

  async send<T = void>(method: Exclude<Method, 'GET'>, path: string, sent: Sent = {}): Promise<T> {
    return (await bodyOf(await this.call(method, path, sent))) as T;
  }

  async call(method: Method, path: string, { json, form, query, ifMatch }: Sent = {}): Promise<Response> {
    const headers = new Headers({ 'x-tollgate-portal': this.portal, accept: 'application/json' });
    if (json !== undefined) headers.set('content-type', 'application/json');
    if (ifMatch !== undefined) headers.set('if-match', ifMatch);
    const body = json === undefined ? form : JSON.stringify(json);
    let response: Response;
    try {
      response = await fetch(`${this.base}${path}${queryText(query)}`, {
        method,
        headers,
        credentials: 'same-origin',
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      throw new RestError(0, 'NO_ANSWER', String(error), [], '');
    }
    if (!response.ok) throw await errorOf(response);
    return response;
  }
}

function queryText(query: Query | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** A list body of the contracts. */
export interface ListBody<T> {
  readonly count: number;
  readonly list: readonly T[];
  readonly pagination?: { readonly offset: number; readonly limit: number; readonly total: number };
}
