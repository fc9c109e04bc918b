import { StartupError, safeMessage } from '@tollgate/base';
import { readArguments } from './arguments.js';
import { launch, type LaunchOptions, type Running } from './launch.js';

/**
 * The whole of an app's `main`: starts, reports start-up problems as plain lines with exit code 1, and stops on SIGTERM
 * or SIGINT with exit code 0 within the configured time.
 * @param afterStart runs once everything serves, for example to print addresses
 */
export async function run(
  options: Omit<LaunchOptions, 'arguments' | 'env'> & { switches?: readonly string[] },
  afterStart?: (running: Running, switches: ReadonlySet<string>) => void | Promise<void>,
): Promise<void> {
  try {
    const args = readArguments(process.argv.slice(2), options.switches);
    const running = await launch({ ...options, arguments: args, env: process.env });
    stopOnSignals(running);
    await afterStart?.(running, args.switches);
  } catch (error) {
    reportAndExit(error);
  }
}

function reportAndExit(error: unknown): never {
  const problems = error instanceof StartupError ? error.problems : [`Cannot start: ${safeMessage(error)}`];
  for (const problem of problems) process.stderr.write(`tollgate: ${problem}\n`);
  if (!(error instanceof StartupError) && error instanceof Error && process.env['TOLLGATE_LOG_LEVEL'] === 'debug')
    process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}

function stopOnSignals(running: Running): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    const limit = running.config.tollgate.shutdown.timeout_ms;
    const startedMs = performance.now();
    running.log.info({ event: 'process.stopping', signal }, 'Stopping');
    const timer = setTimeout(() => {
      running.log.error({ event: 'process.stop_timed_out', limitMs: limit }, 'Not everything ended in time; leaving');
      process.exit(0);
    }, limit);
    timer.unref();
    void running.stop().then(
      () => {
        running.log.info(
          { event: 'process.stopped', durationMs: Math.round(performance.now() - startedMs) },
          'Stopped',
        );
        process.exit(0);
      },
      (error: unknown) => {
        running.log.error({ event: 'process.stop_failed', reason: safeMessage(error) }, 'Stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
