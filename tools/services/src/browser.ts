import { existsSync } from 'node:fs';
import { StartupError } from '@tollgate/base';
import { canUseApt, installPackages } from './apt.js';

/** Path of a Chromium or Chrome for browser tests. */
const variable = 'TOLLGATE_TEST_BROWSER';
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * A Chromium by the first way that works: the environment, an installed one, `apt-get` as root.
 * @throws StartupError naming what to install
 */
export async function provideBrowser(
  env: Readonly<Record<string, string | undefined>>,
  tell: (line: string) => void = () => undefined,
): Promise<string> {
  const found = [env[variable], ...places].find((path) => path !== undefined && path !== '' && existsSync(path));
  if (found !== undefined) return found;
  if (!canUseApt())
    throw new StartupError([
      `The browser tests need Chromium. Install it (Debian: "sudo apt-get install chromium"), or name one in ${variable}.`,
    ]);
  tell('Installing chromium with apt-get');
  await installPackages(['chromium']);
  return provideBrowser(env, tell);
}
