import { parseArgs } from 'node:util';
import { safeMessage, StartupError } from '@tollgate/base';
import { checkConfig } from './check-config.js';
import { checkServices } from './check-services.js';
import { lineOf, type Finding } from './finding.js';
import { fetchTopology } from './fetch-topology.js';
import { topologyLines } from './topology-lines.js';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Checks a configuration and everything it names, and on request prints the topology as the nodes see it.
 * @returns the exit code: 1 when there is a problem
 */
export async function doctor(args: readonly string[], env: Env, print: (line: string) => void): Promise<number> {
  const options = readOptions(args);
  const findings = await findingsOf(options, env);
  for (const finding of findings) print(lineOf(finding));
  const healthy = options['control-plane'] === undefined || (await printTopology(options, env, print));
  return healthy && findings.every(({ problem }) => problem === undefined) ? 0 : 1;
}

type Options = ReturnType<typeof readOptions>;

function readOptions(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const options = { config: text, roles: text, 'control-plane': text, user: text, password: text, 'ca-file': text };
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new StartupError([`${safeMessage(error)} See "tollgate help".`]);
  }
}

async function findingsOf(options: Options, env: Env): Promise<Finding[]> {
  const given = options.roles?.split(',').map((name) => name.trim());
  try {
    // The client's own password is no key of the configuration.
    const { TOLLGATE_CLI_PASSWORD: _, ...rest } = env;
    const { config, roles, findings } = checkConfig(options.config, given, rest);
    return [...findings, ...(await checkServices(config, roles))];
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    return error.problems.map((problem) => ({ what: 'configuration', problem }));
  }
}

/** @returns whether every node is well */
async function printTopology(options: Options, env: Env, print: (line: string) => void): Promise<boolean> {
  const url = options['control-plane'] ?? '';
  const { user, 'ca-file': caFile } = options;
  const password = options.password ?? env['TOLLGATE_CLI_PASSWORD'];
  if (user === undefined || password === undefined)
    throw new StartupError(['--control-plane needs --user, and --password or TOLLGATE_CLI_PASSWORD.']);
  const topology = await fetchTopology({ url, user, password, caFile });
  print('');
  for (const line of topologyLines(topology, Date.now())) print(line);
  return topology.healthy;
}
