import type { TryOutCall } from '../../../queries/try-out';
import type { ConsoleOperation, ConsoleParameter } from './operations';

/** What is filled into the form, by `in name`. */
export type Filled = Readonly<Record<string, string>>;

export interface BodyText {
  readonly mediaType: string;
  readonly text: string;
}

export function fieldKey(parameter: Pick<ConsoleParameter, 'in' | 'name'>): string {
  return `${parameter.in} ${parameter.name}`;
}

/** Required ones that are still empty. */
export function missing(operation: ConsoleOperation, filled: Filled): readonly string[] {
  return operation.parameters
    .filter((parameter) => parameter.required && (filled[fieldKey(parameter)] ?? '') === '')
    .map(({ name }) => name);
}

/** Puts what is filled in where the operation wants it. Empty optional ones are left out. */
export function callOf(
  operation: ConsoleOperation,
  filled: Filled,
  body: BodyText | null,
): Pick<TryOutCall, 'method' | 'path' | 'headers' | 'body'> {
  const valueOf = (parameter: Pick<ConsoleParameter, 'in' | 'name'>): string => filled[fieldKey(parameter)] ?? '';
  const path = operation.path
    .replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(valueOf({ in: 'path', name })))
    .replaceAll('*', () => encodeURI(valueOf({ in: 'path', name: '*' })).replaceAll('#', '%23'));
  const given = operation.parameters.filter((parameter) => valueOf(parameter) !== '');
  const query = new URLSearchParams(
    given.filter((each) => each.in === 'query').map((each) => [each.name, valueOf(each)]),
  );
  const headers = given
    .filter((each) => each.in === 'header')
    .map((each) => ({ name: each.name, value: valueOf(each) }));
  return {
    method: operation.method,
    path: query.size === 0 ? path : `${path}?${query.toString().replaceAll('+', '%20')}`,
    headers: body === null ? headers : [...headers, { name: 'Content-Type', value: body.mediaType }],
    ...(body === null ? {} : { body: body.text }),
  };
}

/**
 * The same call for a shell.
 * @param base address of the API on its gateway
 * @param secret text that is masked, '' for none
 */
export function curlOf(base: string, call: Omit<TryOutCall, 'environmentName' | 'transport'>, secret = ''): string {
  const parts = [
    `curl -k -X ${call.method}`,
    ...call.headers.map(({ name, value }) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(call.body === undefined ? [] : [`--data-binary ${quoted(call.body)}`]),
    quoted(base + call.path),
  ];
  const line = parts.join(' ');
  return secret === '' ? line : line.replaceAll(secret, '…');
}

/** One word for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
