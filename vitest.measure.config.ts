import { defineConfig } from 'vitest/config';

/** `npm run measure`: figures for docs/performance.md, no pass or fail. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.measure.ts'],
    globalSetup: 'libs/platform/testing/src/global-setup.ts',
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 180_000,
  },
  resolve: { conditions: ['development'] },
  ssr: { resolve: { conditions: ['development'] } },
});
