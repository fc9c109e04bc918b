import { parseArgs } from 'node:util';
import { StartupError } from '@tollgate/base';
import { roleNames, type Role, type RoleName } from './role.js';

export interface StartArguments {
  /** Path of `deployment.toml`; undefined: the one in the working directory, when there is one. */
  readonly configFile: string | undefined;
  readonly roles: readonly RoleName[] | undefined;
  /** Names of the switches that this app itself understands, for example `sample`. */
  readonly switches: ReadonlySet<string>;
}

/**
 * Reads `--config FILE`, `--roles a,b` and the app's own switches.
 * @throws StartupError naming what is unknown
 */
export function readArguments(argv: readonly string[], ownSwitches: readonly string[] = []): StartArguments {
  const own = Object.fromEntries(ownSwitches.map((name) => [name, { type: 'boolean' as const }]));
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { config: { type: 'string' }, roles: { type: 'string' }, ...own },
      strict: true,
    });
    const record = values as Record<string, string | boolean | undefined>;
    return {
      configFile: record['config'] as string | undefined,
      roles: typeof record['roles'] === 'string' ? readRoles(record['roles']) : undefined,
      switches: new Set(ownSwitches.filter((name) => record[name] === true)),
    };
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const known = ['--config FILE', '--roles a,b', ...ownSwitches.map((name) => `--${name}`)];
    throw new StartupError([`${(error as Error).message.split('. ')[0]}. Known: ${known.join(', ')}.`]);
  }
}

function readRoles(text: string): RoleName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !(roleNames as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new StartupError([
      `--roles names no role of Tollgate: ${unknown.join(', ')}. Roles are: ${roleNames.join(', ')}.`,
    ]);
  return names as RoleName[];
}

/** Those of an app's roles that were asked for. @throws StartupError when this app does not have one of them */
export function chooseRoles(available: readonly Role[], wanted: readonly RoleName[] | undefined): readonly Role[] {
  if (!wanted) return available;
  const missing = wanted.filter((name) => !available.some((role) => role.name === name));
  if (missing.length > 0)
    throw new StartupError([
      `This app does not have the role ${missing.join(', ')}. It has: ${available.map((role) => role.name).join(', ')}.`,
    ]);
  return available.filter((role) => wanted.includes(role.name));
}
