// The DuckDB engine under the contract of all engines.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { duckDbAt } from '../../testing/open-duckdb.ts';
import { distFile } from '../../testing/processes.ts';
import { describeStoreContract } from '../../testing/store-contract.ts';

describeStoreContract(
  'duckdb',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jieyue-store-'));
    const path = join(folder, 'telemetry.duckdb');
    let failing = false;
    return {
      open: async () => {
        const store = duckDbAt(path, {
          beforeCommit: () => {
            if (failing) throw new Error('told to fail');
          },
        });
        await store.start();
        return store;
      },
      failWrites: (fail) => {
        failing = fail;
      },
      elsewhere: {
        module: pathToFileURL(distFile('core/testing/open-duckdb.js')),
        argument: JSON.stringify({ path }),
      },
      keepsSuperseded: true,
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
  { sizes: [10_000_000], modelRuns: 15 },
);
