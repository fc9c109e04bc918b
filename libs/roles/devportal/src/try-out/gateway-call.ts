import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { AddressForbiddenError, ApimError, type AddressGuard } from '@tollgate/base';
import type { TryOutAnswer, TryOutBody } from '../schemas/try-out.js';

export interface GatewayCall extends Pick<TryOutBody, 'method' | 'body'> {
  readonly url: URL;
  readonly headers: readonly (readonly [string, string])[];
  /** Which addresses may be called; null: any, because the operator wrote the host into the configuration. */
  readonly guard: AddressGuard | null;
  /** PEM certificates that a gateway may be known by. */
  readonly authorities: readonly string[];
  readonly maxAnswerBytes: number;
  /** For the whole exchange. */
  readonly timeoutMs: number;
}

type Answered = Omit<TryOutAnswer, 'url'>;

/**
 * Calls a gateway once. Follows no redirect, keeps no connection and no cookie.
 * @throws ApimError 502 saying why there is no answer
 */
export async function callGateway(call: GatewayCall): Promise<Answered> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(call.timeoutMs);
  const answer = await answerOf(call, signal).catch((error: unknown) => {
    throw notReached(call.url, error);
  });
  const { bytes, isWhole } = await beginningOf(answer, call.maxAnswerBytes);
  return {
    status: answer.statusCode ?? 0,
    headers: pairsOf(answer.rawHeaders),
    ...textOf(bytes, isWhole),
    truncated: !isWhole,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

async function answerOf(call: GatewayCall, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, guard, body } = call;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  // The guard's lookup is asked for names only: a literal address is checked here.
  if (guard !== null && isIP(host) !== 0 && !guard.isAllowed(host)) throw new AddressForbiddenError(host);
  const headers: string[] = ['host', url.host, ...call.headers.flat()];
  if (body !== undefined) headers.push('content-length', String(Buffer.byteLength(body)));
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    send(url, {
      method: call.method,
      agent: false,
      signal,
      headers,
      ca: [...call.authorities],
      ...(guard === null ? {} : { lookup: guard.lookup }),
    })
      .once('response', resolve)
      .once('error', reject)
      .end(body);
  });
}

/** Reads until the end, the bound, or the time is over: what came until then is shown. */
async function beginningOf(answer: IncomingMessage, maxBytes: number): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let left = maxBytes;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, left));
      if (chunk.length > left) return { bytes: Buffer.concat(chunks), isWhole: false };
      left -= chunk.length;
    }
  } catch {
    return { bytes: Buffer.concat(chunks), isWhole: false }; // cut off by the gateway or by the time: `truncated` says so
  } finally {
    answer.destroy();
  }
  return { bytes: Buffer.concat(chunks), isWhole: true };
}

/** @param isWhole false: the last character may be cut in two */
function textOf(bytes: Buffer, isWhole: boolean): Pick<Answered, 'body' | 'encoding'> {
  try {
    const body = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    return { body, encoding: 'utf8' };
  } catch {
    return { body: bytes.toString('base64'), encoding: 'base64' };
  }
}

function pairsOf(raw: readonly string[]): Answered['headers'] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [{ name: name.toLowerCase(), value: raw[i + 1] ?? '' }] : []));
}

function notReached(url: URL, error: unknown): ApimError {
  return new ApimError({
    code: 'GATEWAY_NOT_REACHED',
    status: 502,
    message: `The gateway at ${url.host} gave no answer: ${reasonOf(error)}.`,
    action: 'Try again, or send the call from your own machine with the curl line.',
    cause: error,
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof AddressForbiddenError) return 'the portal may not call its address';
  const { name, code = '' } = error as Error & { code?: string };
  if (name === 'AbortError' || name === 'TimeoutError') return 'it did not answer in time';
  if (/CERT|ALTNAME|SELF_SIGNED|ISSUER/.test(code))
    return 'its certificate is not trusted here; an operator names its authority in [tollgate.try_out] ca_file';
  return 'it cannot be reached from the portal';
}
