import { ports } from '@tollgate/config';
import { FirstStart } from '@tollgate/identity/server';
import type { Running } from '@tollgate/launcher';
import type { Sample } from './sample/deploy-sample.js';

/** Tells the person at the console where everything is and what to try next. */
export function printWelcome(running: Running, sample: Sample | null): void {
  const { config } = running;
  const open = ports(config);
  const host = config.server.hostname;
  const management = `https://${host}:${running.http.ports().https}`;
  const password = running.http.nest.get(FirstStart).adminPassword;
  const lines = [
    '',
    `Tollgate is ready after ${(running.readyAfterMs / 1000).toFixed(1)} s.`,
    '',
    `  Publisher portal   ${management}/publisher`,
    `  Developer portal   ${management}/devportal`,
    `  Admin portal       ${management}/admin`,
    `  Gateway            https://${host}:${open.gateway_https}   http://${host}:${open.gateway_http}`,
    '',
    `  Admin name         ${config.super_admin.username}`,
    `  Admin password     ${passwordLine(password, config.super_admin.password)}`,
    '',
    ...(running.logFile === undefined ? [] : [`  Log                ${running.logFile}`, '']),
    '  The certificate is self-signed: curl needs -k, a browser asks once.',
    `  Back ends on loopback are allowed on this embedded default; see [tollgate.network] in docs/reference/configuration.md.`,
    '',
    ...(sample
      ? sampleLines(sample)
      : [`  Try next: the quick start in README.md, or stop and run "npm start -- --sample".`]),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function passwordLine(made: string | undefined, configured: string | undefined): string {
  if (made) return `${made}   (made for this installation, shown this once: keep it)`;
  return configured
    ? 'as configured in [super_admin] password'
    : 'as shown at the first start (set TOLLGATE_SUPER_ADMIN__PASSWORD to replace it)';
}

function sampleLines(sample: Sample): string[] {
  return [
    '  Try next: call the sample API (PizzaShack, subscribed by the application "PizzaShack sample"):',
    '',
    `  ${sample.curl}`,
    '',
    `  Its consumer key is ${sample.consumerKey}.`,
  ];
}
