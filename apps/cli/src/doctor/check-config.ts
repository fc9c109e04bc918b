import { StartupError } from '@tollgate/base';
import { checkWiring, controlPlaneUrl, loadConfig, type TollgateConfig } from '@tollgate/config';
import { topologyOfConfig } from '@tollgate/event-hub';
import { roleNames } from '@tollgate/launcher';
import type { Finding } from './finding.js';

export interface CheckedConfig {
  readonly config: TollgateConfig;
  readonly roles: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Reads the configuration and checks its wiring for the roles that it is meant for.
 * @param roles those given; without them: what the file is made for, judged by the address of a control plane
 * @throws StartupError with every problem when the file itself cannot be used
 */
export function checkConfig(
  file: string | undefined,
  roles: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): CheckedConfig {
  const config = loadConfig({ ...(file === undefined ? {} : { file }), env });
  const chosen = roles ?? rolesOf(config);
  const what = `wiring for ${chosen.join(', ')}`;
  const wrong = problemsIn(() => checkWiring(config, chosen));
  const problems = wrong.length > 0 ? wrong : problemsIn(() => topologyOfConfig(config, chosen));
  const findings = problems.length === 0 ? [{ what }] : problems.map((problem) => ({ what, problem }));
  return { config, roles: chosen, findings: [{ what: `${file ?? 'deployment.toml'} is understood` }, ...findings] };
}

function rolesOf(config: TollgateConfig): readonly string[] {
  if (controlPlaneUrl(config) === undefined) return roleNames;
  return config.apim.throttling.url_group.length > 0 ? ['gateway'] : ['traffic-manager'];
}

function problemsIn(check: () => unknown): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof StartupError) return error.problems;
    throw error;
  }
}
