// The InfluxDB engine under the contract of all engines, on a real server.
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe } from 'vitest';
import { InfluxServer, installInfluxDb } from '../../testing/influx-server.ts';
import { influxAt } from '../../testing/open-influx.ts';
import { distFile } from '../../testing/processes.ts';
import { requireServer } from '../../testing/real-server.ts';
import { describeStoreContract } from '../../testing/store-contract.ts';

const influxd = requireServer('influxd', installInfluxDb);

describe.skipIf(influxd === undefined)('with InfluxDB 1.x', () => {
  const server = new InfluxServer(influxd ?? '');
  let places = 0;
  beforeAll(() => server.start());
  afterAll(() => server.remove());

  describeStoreContract(
    'influx',
    async () => {
      const prefix = `place_${++places}`;
      let failing = false;
      return {
        open: async () => {
          const store = influxAt(prefix, (database) => server.options(database), {
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
          module: pathToFileURL(distFile('core/testing/open-influx.js')),
          argument: JSON.stringify({ url: server.url, prefix }),
        },
        withoutTransactions: true,
        remove: async () => {
          const drop = ['readings', 'positions', 'figures'].map(
            (part) => `DROP DATABASE "${prefix}_${part}"`,
          );
          await fetch(`${server.url}/query`, {
            method: 'POST',
            body: new URLSearchParams({ q: drop.join('; ') }),
          });
        },
      };
    },
    { sizes: [10_000_000], modelRuns: 15 },
  );
});
