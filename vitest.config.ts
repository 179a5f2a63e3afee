import { defineConfig } from 'vitest/config';

// `.ci/run` names a file for the counts; everyone else reads the console.
const report = process.env['TEST_REPORT'];

const testsOf = (folder: string) => `${folder}/**/*.test.ts`;
const services = ['core', 'ingest', 'api', 'dashboards', 'simulators'].map(testsOf);
/** Engines, whole processes, and what looks at its own memory and warnings: each file in a process of its own. */
const alone = ['core/store', 'core/testing', 'edge-agent', 'standalone', 'bench', 'tests'].map(testsOf);

export default defineConfig({
  test: {
    globalSetup: ['tests/build-dist.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: report ? ['default', 'json'] : ['default'],
    ...(report ? { outputFile: { json: report } } : {}),
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      // Modules are loaded once for many files, which takes a third of the time: no test here may change what others share.
      { extends: true, test: { name: 'together', include: services, exclude: alone, isolate: false } },
    ],
  },
});
