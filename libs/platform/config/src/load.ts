import { existsSync, readFileSync } from 'node:fs';
import { StartupError } from '@tollgate/base';
import { z } from 'zod';
import { readOverrides, setAt, unwrap, type Override } from './environment.js';
import { resolveReferences } from './references.js';
import { configSchema, type TollgateConfig } from './schema.js';
import { didYouMean } from './suggest.js';
import { readToml, type ParsedToml } from './toml.js';
import { describeKeys } from './keys.js';

export interface ConfigSource {
  /** Path of the file; without it `deployment.toml` in the working folder is read when it is there. */
  readonly file?: string;
  /** The text itself, instead of a file. */
  readonly toml?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const defaultFile = 'deployment.toml';

/**
 * Reads file and environment into one checked, frozen configuration.
 * @throws StartupError with every problem at once, each with the line and the cure
 */
export function loadConfig(source: ConfigSource): TollgateConfig {
  const file = source.file ?? defaultFile;
  const parsed = readToml(readText(source), file);
  const root = structuredClone(parsed.value);
  const { overrides, unknown } = readOverrides(configSchema, source.env);
  for (const override of overrides) setAt(root, override.path, override.value);
  const where = (path: readonly PropertyKey[]): string => placeOf(path, parsed, overrides, file);
  const problems = [
    ...unknown.map(
      (variable) =>
        `${variable}: there is no such key.${didYouMean(
          variable,
          describeKeys().map((key) => key.variable),
        )}`,
    ),
    ...resolveReferences(root, configSchema.parse({}), source.env).problems.map(
      (problem) => `${where(problem.path)}: ${problem.message}.`,
    ),
  ];
  const result = configSchema.safeParse(root);
  if (!result.success) problems.push(...result.error.issues.flatMap((issue) => describeIssue(issue, where)));
  if (problems.length > 0 || !result.success) throw new StartupError(problems);
  return deepFreeze(result.data);
}

function readText(source: ConfigSource): string {
  if (source.toml !== undefined) return source.toml;
  if (source.file === undefined && !existsSync(defaultFile)) return '';
  const file = source.file ?? defaultFile;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartupError([
      `Cannot read ${file} (${(error as NodeJS.ErrnoException).code}). Check the path given with --config.`,
    ]);
  }
}

/** `deployment.toml:12 [server] offset`, or the environment variable that set the value. */
function placeOf(
  path: readonly PropertyKey[],
  parsed: ParsedToml,
  overrides: readonly Override[],
  file: string,
): string {
  const dotted = path.map(String).join('.');
  const override = overrides.find((one) => one.path.join('.') === dotted);
  if (override) return override.variable;
  const line = parsed.lineOf(path);
  const table = path.slice(0, -1).map(String).join('.');
  return `${line === undefined ? file : `${file}:${line}`} ${table ? `[${table}] ` : ''}${String(path.at(-1) ?? '')}`.trimEnd();
}

function describeIssue(issue: z.core.$ZodIssue, where: (path: readonly PropertyKey[]) => string): string[] {
  if (issue.code !== 'unrecognized_keys') return [`${where(issue.path)}: ${issue.message}.`];
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => `${where([...issue.path, key])}: there is no such key.${didYouMean(key, known)}`);
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  let at: z.ZodType = configSchema;
  for (const part of path) {
    const inner = unwrap(at);
    if (inner instanceof z.ZodObject) at = inner.shape[String(part)] as z.ZodType;
    else if (inner instanceof z.ZodArray) at = inner.element as z.ZodType;
  }
  const inner = unwrap(at);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
