import { defineConfig } from 'vitest/config';

const specs = '{apps,libs,tools,e2e}/**/*.spec.ts';
const realSpecs = '{apps,libs,tools,e2e}/**/*.real.spec.ts';
const never = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    // Only specs named *.real.spec.ts get MariaDB, Redis and RabbitMQ, so that a run of plain ones starts nothing.
    projects: [
      { extends: true, test: { name: 'unit', include: [specs], exclude: [...never, realSpecs] } },
      {
        extends: true,
        test: {
          name: 'real',
          include: [realSpecs],
          exclude: never,
          globalSetup: 'libs/platform/testing/src/global-setup.ts',
        },
      },
    ],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // Modules are loaded once a worker, not once a file: loading them took longer than the tests. A spec leaves no trace behind.
    isolate: false,
    // Real servers and processes on a shared machine: a second try there is reported, and two failures are a failure.
    retry: process.env['CI'] ? 1 : 0,
    testTimeout: 30_000,
    hookTimeout: 90_000,
  },
  // Specs are outside every tsconfig.json, so the decorator settings of tsconfig.base.json are said here again.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions: ['development'] },
  ssr: { resolve: { conditions: ['development'] } },
});
