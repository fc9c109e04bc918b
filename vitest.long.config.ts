import { defineConfig } from 'vitest/config';

/** Suites with a command of their own (`portals`, `faults`, `kills`, `policies`, `bench:…`): minutes long, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'long', include: ['e2e/**/*.{fault,bench,browser}.ts'] } },
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
    // As in vitest.config.ts: a second try on a shared machine is reported.
    retry: process.env['CI'] ? 1 : 0,
    testTimeout: 600_000,
    hookTimeout: 300_000,
    execArgv: ['--expose-gc'],
  },
  resolve: { conditions: ['development'] },
  ssr: { resolve: { conditions: ['development'] } },
});
