import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { AddressForbiddenError, type AddressGuard } from './address-guard.js';
import { ApimError } from './errors.js';
import { safeMessage } from './logger.js';

export interface GuardedFetchOptions {
  readonly guard: AddressGuard;
  /** Of the body; more is refused. */
  readonly maxBytes: number;
  /** For the whole exchange. */
  readonly timeoutMs: number;
  /** Of the request that names the URL, for the error. */
  readonly field: string;
}

/**
 * Gets the text behind an address that somebody gave us. Connects only to an address that the guard checked, follows no
 * redirect, sends no credentials, and reads no more than it was told to.
 * @throws ApimError 400 saying why; the answer of the other side is never shown
 */
export async function fetchGuarded(url: string, options: GuardedFetchOptions): Promise<string> {
  const target = targetOf(url, options);
  try {
    return await readText(await answerOf(target, options), options);
  } catch (error) {
    if (error instanceof ApimError) throw error;
    throw refused(options.field, reasonOf(error), error);
  }
}

/**
 * Sends JSON to an address that somebody gave us, with the same care. The answer's body is read and dropped.
 * @throws ApimError 400 unless it answers 2xx
 */
export async function postGuarded(
  url: string,
  body: string,
  options: GuardedFetchOptions & { readonly headers?: Readonly<Record<string, string>> },
): Promise<void> {
  const target = targetOf(url, options);
  try {
    const headers = { ...options.headers, 'content-type': 'application/json' };
    const answer = await answerOf(target, options, { method: 'POST', headers, body });
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 299) {
      answer.destroy();
      throw refused(options.field, `It answered with status ${status}`);
    }
    await bodyOf(answer, options);
  } catch (error) {
    if (error instanceof ApimError) throw error;
    throw refused(options.field, reasonOf(error), error);
  }
}

/** What is sent. */
export interface GuardedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * As `fetchGuarded`, for a request of any kind: gives the answer whatever its status says.
 * @throws ApimError 400 saying why there is none
 */
export async function sendGuarded(
  url: string,
  options: GuardedFetchOptions,
  request: GuardedRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  const target = targetOf(url, options);
  try {
    const answer = await answerOf(target, options, request);
    return { status: answer.statusCode ?? 0, text: await bodyOf(answer, options) };
  } catch (error) {
    if (error instanceof ApimError) throw error;
    throw refused(options.field, reasonOf(error), error);
  }
}

function targetOf(url: string, options: GuardedFetchOptions): URL {
  if (!URL.canParse(url)) throw refused(options.field, 'It is no absolute URL');
  const target = new URL(url);
  if (target.protocol !== 'http:' && target.protocol !== 'https:')
    throw refused(options.field, 'Only http and https are fetched');
  if (target.username || target.password) throw refused(options.field, 'It must not hold a user name or password');
  const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
  // The guard's lookup is asked for names only: a literal address is checked here.
  if (isIP(host) !== 0 && !options.guard.isAllowed(host))
    throw refused(options.field, new AddressForbiddenError(host).message);
  return target;
}

/** @param sent default: a plain GET */
function answerOf(target: URL, options: GuardedFetchOptions, sent?: GuardedRequest): Promise<IncomingMessage> {
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(target, {
      method: sent?.method ?? 'GET',
      agent: false,
      lookup: options.guard.lookup,
      signal: AbortSignal.timeout(options.timeoutMs),
      headers: {
        accept: 'application/json, application/yaml, text/yaml, text/plain, */*;q=0.1',
        'accept-encoding': 'identity',
        ...sent?.headers,
        ...(sent?.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent.body)) }),
      },
    });
    request.once('response', resolve).once('error', reject).end(sent?.body);
  });
}

async function readText(answer: IncomingMessage, options: GuardedFetchOptions): Promise<string> {
  const status = answer.statusCode ?? 0;
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (status !== 200 || encoding !== 'identity') {
    answer.destroy();
    const redirect = status >= 300 && status < 400 ? '; redirects are not followed' : '';
    throw refused(
      options.field,
      status === 200
        ? `It answered with content encoding "${encoding.slice(0, 20)}"`
        : `It answered with status ${status}${redirect}`,
    );
  }
  return bodyOf(answer, options);
}

async function bodyOf(answer: IncomingMessage, options: GuardedFetchOptions): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > options.maxBytes) throw refused(options.field, `It is larger than ${options.maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (error instanceof AddressForbiddenError) return error.message;
  const name = error instanceof Error ? error.name : '';
  if (name === 'AbortError' || name === 'TimeoutError') return 'It did not answer in time';
  return 'It cannot be reached';
}

function refused(field: string, reason: string, cause?: unknown): ApimError {
  const message = reason.replace(/\.$/, '');
  return new ApimError({
    code: 'URL_NOT_FETCHED',
    status: 400,
    message: `The URL was not fetched: ${message}.`,
    action:
      'Use a public address that answers 200, have an operator allow the network in [tollgate.network] allow_private, or send the content itself.',
    fields: [{ field, message }],
    ...(cause === undefined ? {} : { cause: safeMessage(cause) }),
  });
}
