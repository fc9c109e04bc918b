import { checkWiring, loadConfig, type TollgateConfig } from '@tollgate/config';
import { topologyOfConfig } from '@tollgate/event-hub';

/** One process as a package starts it. */
export interface PackagedProcess {
  readonly name: string;
  /** Folder under apps/. */
  readonly app: string;
  readonly roles: readonly string[];
  readonly toml: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Reads the process's configuration as its start would, with everything that a start refuses.
 * @throws StartupError listing what is wrong
 */
export function checkDeployment(one: PackagedProcess): TollgateConfig {
  const config = loadConfig({ toml: one.toml, file: `${one.name}.toml`, env: one.env });
  checkWiring(config, one.roles);
  topologyOfConfig(config, one.roles);
  return config;
}

/** Values that stand for secrets: whatever a file calls its variable, the value fits. */
export function filledSecret(variable: string): string {
  return variable === 'ENCRYPTION_KEY' ? 'ab'.repeat(32) : `value-of-${variable}`;
}

/** Roles that an app has when `--roles` names none. */
export function rolesOfApp(app: string): readonly string[] {
  const controlPlane = ['publisher', 'devportal', 'admin', 'key-manager', 'event-hub'];
  if (app === 'control-plane') return controlPlane;
  return app === 'all-in-one' ? [...controlPlane, 'traffic-manager', 'gateway'] : [app];
}
