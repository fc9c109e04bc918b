// Builds every package in the order of its dependencies, from the cache where nothing changed. Says one line when all went
// well, and the whole output when something did not.
import { spawn } from 'node:child_process';

const startedMs = performance.now();
const arguments_ = ['run-many', '-t', 'build', '--output-style=static', ...process.argv.slice(2)];
const child = spawn('nx', arguments_, {
  env: { ...process.env, NX_TUI: 'false', NX_DAEMON: process.env.NX_DAEMON ?? 'false' },
  stdio: ['ignore', 'pipe', 'pipe'],
});
let output = '';
for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
child.on('error', (error) => {
  console.error(`The build could not start: ${error.message}. Run "npm ci" first, and build with "npm run build".`);
  process.exit(1);
});
child.on('close', (code) => {
  if (code !== 0) process.stdout.write(output);
  else
    console.log(
      `Built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s (${/Cache:\s+(.*)/.exec(output)?.[1] ?? 'no cache figures'}).`,
    );
  process.exit(code ?? 1);
});
