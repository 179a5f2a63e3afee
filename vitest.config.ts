import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{core,edge-agent,ingest,api,dashboards,simulators,standalone,bench,tests}/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
