import type { FieldProblem } from '@tollgate/base';
import type { EndpointRules } from '../contract/index.js';

type Loose = Readonly<Record<string, unknown>>;

const longestMs = 86_400_000;
const onTimeout = { fault: 'fault', discard: 'discard', neverTimeout: 'never', '': 'fault' } as const;

/**
 * Reads `config` of one endpoint (publisher contract): `actionSelect`, `actionDuration`, `suspendErrorCode`,
 * `suspendDuration`, `suspendMaxDuration`, `factor`, `retryErroCode` (the field's own spelling), `retryTimeOut` (a number
 * of tries), `retryDelay`. Numbers may be texts, as the field's portal sends them; times are in milliseconds.
 */
export function readEndpointRules(config: Loose, field: string): { rules: EndpointRules; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const number = (name: string, most: number, least = 0): number | null => {
    const value = config[name];
    if (value === undefined || value === null || value === '') return null;
    const given = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
    if (given >= least && given <= most && (name === 'factor' || Number.isInteger(given))) return given;
    problems.push({ field: `${field}.${name}`, message: `A number from ${least} to ${most}.` });
    return null;
  };
  const codes = (name: string): string[] => {
    const value = config[name];
    const list = (Array.isArray(value) ? value : [value]).filter(
      (code) => code !== undefined && code !== null && code !== '',
    );
    const texts = list.map((code) => (typeof code === 'number' ? String(code) : code));
    if (texts.every((code) => typeof code === 'string' && /^(\d{3}|10[12]\d{3})$/.test(code))) return texts as string[];
    problems.push({
      field: `${field}.${name}`,
      message: 'Transport codes such as "101503", or statuses such as "503".',
    });
    return [];
  };
  const action = config['actionSelect'] ?? '';
  if (typeof action !== 'string' || !Object.hasOwn(onTimeout, action))
    problems.push({ field: `${field}.actionSelect`, message: 'One of "fault", "discard", "neverTimeout".' });
  const initialMs = number('suspendDuration', longestMs) ?? 0;
  const retryCodes = codes('retryErroCode');
  const suspendCodes = codes('suspendErrorCode');
  const rules: EndpointRules = {
    timeoutMs: number('actionDuration', 3_600_000, 1),
    onTimeout: onTimeout[action as keyof typeof onTimeout] ?? 'fault',
    suspension:
      initialMs === 0
        ? null
        : {
            codes: suspendCodes,
            initialMs,
            maxMs: Math.max(initialMs, number('suspendMaxDuration', longestMs) ?? longestMs),
            factor: number('factor', 100, 1) ?? 1,
          },
    retry:
      retryCodes.length === 0
        ? null
        : {
            codes: retryCodes,
            times: number('retryTimeOut', 1_000) ?? 0,
            delayMs: number('retryDelay', longestMs) ?? 0,
          },
  };
  return { rules, problems };
}

/** Rules that say nothing are left out of the record. */
export function isPlain({ timeoutMs, onTimeout: action, suspension, retry }: EndpointRules): boolean {
  return timeoutMs === null && action === 'fault' && suspension === null && retry === null;
}
