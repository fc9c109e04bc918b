import { spawn } from 'node:child_process';

export interface Outcome {
  /** null when the program is not there or was ended by a signal. */
  readonly code: number | null;
  /** Both streams, in the order of arrival. */
  readonly output: string;
}

/** Runs a program to its end, without a shell. */
export function run(
  program: string,
  args: readonly string[],
  options: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ code: null, output: `${program} is not installed` });
      else reject(error);
    });
    child.once('close', (code) => resolve({ code, output }));
  });
}
