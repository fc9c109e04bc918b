import { defineConfig } from 'vitest/config';

/** Suites with a command of their own (`faults`, `kills`, `policies`, `bench:…`): minutes long, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'long', include: ['e2e/**/*.{fault,bench}.ts'] } },
      {
        extends: true,
        test: {
          name: 'on-servers',
          include: ['e2e/**/*.{layouts,servers}.ts'],
          globalSetup: 'libs/platform/testing/src/global-setup.ts',
        },
      },
    ],
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
