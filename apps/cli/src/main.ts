#!/usr/bin/env node
import 'reflect-metadata';
import { safeMessage, StartupError } from '@tollgate/base';
import { doctor } from './doctor/doctor.js';

const usage = `tollgate doctor [--config FILE] [--roles a,b]        checks deployment.toml and what it names
                [--control-plane URL --user NAME]      prints the topology as every node sees it
                [--password TEXT] [--ca-file FILE]     the password may stand in TOLLGATE_CLI_PASSWORD instead
tollgate start  [--config FILE] [--roles a,b]        starts those roles in this process
`;

const [command, ...rest] = process.argv.slice(2);
try {
  process.exitCode = await runCommand(command, rest);
} catch (error) {
  const problems = error instanceof StartupError ? error.problems : [safeMessage(error)];
  for (const problem of problems) process.stderr.write(`tollgate: ${problem}\n`);
  process.exitCode = 1;
}

async function runCommand(name: string | undefined, args: readonly string[]): Promise<number> {
  if (name === 'doctor') return doctor(args, process.env, (line) => process.stdout.write(`${line}\n`));
  if (name === 'start') {
    const { start } = await import('./start.js'); // all roles: only when they are wanted
    await start();
    return 0;
  }
  if (name === 'help' || name === '--help') {
    process.stdout.write(usage);
    return 0;
  }
  throw new StartupError([`${name === undefined ? 'Say what to do' : `There is no command "${name}"`}:\n${usage}`]);
}
