import { defineConfig } from 'vitest/config';

/** `npm run faults` and `npm run bench:throttle`: minutes long, one file at a time, written into docs. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.{fault,bench}.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
    execArgv: ['--expose-gc'],
  },
  resolve: { conditions: ['development'] },
  ssr: { resolve: { conditions: ['development'] } },
});
