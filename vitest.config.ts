import { defineConfig } from 'vitest/config';

// `.ci/run` names a file for the counts; everyone else reads the console.
const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['{core,edge-agent,ingest,api,dashboards,simulators,standalone,bench,tests}/**/*.test.ts'],
    globalSetup: ['tests/build-dist.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: report ? ['default', 'json'] : ['default'],
    ...(report ? { outputFile: { json: report } } : {}),
  },
});
