// Years of one meter, read at once as a recomputation of the whole series does: in a process with the heap of a container.
import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InfluxServer, installInfluxDb } from '../../testing/influx-server.ts';
import { distFile } from '../../testing/processes.ts';
import { requireServer } from '../../testing/real-server.ts';
import { start } from '../../testing/store-contract/rows.ts';
import { InfluxConnection } from './connection.ts';

const influxd = requireServer('influxd', installInfluxDb);
const rows = 3_000_000;
const rowsPerWrite = 50_000;
const stepMs = 15_000;
const valueAt = (index: number) => (index % 1_000) + 0.25;
/** Of the first day, those of others: what is read together is kept apart. */
const others = 5_760;

describe.skipIf(influxd === undefined)('a series of three million readings, with InfluxDB 1.x', () => {
  const server = new InfluxServer(influxd ?? '');
  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('is read with a heap of 256 MB', { timeout: 90_000 }, async () => {
    const prefix = 'years';
    const connection = new InfluxConnection(server.options(`${prefix}_readings`));
    await connection.open();
    const linesOf = (point: string, from: number, to: number) =>
      Array.from(
        { length: to - from },
        (_, at) =>
          `readings,point=${point},quantity=power value=${valueAt(from + at)} ${start + (from + at) * stepMs}`,
      );
    await connection.write(linesOf('a/other', 0, others));
    let next = 0;
    const lane = async () => {
      while (next < rows) {
        const from = next;
        next += rowsPerWrite;
        await connection.write(linesOf('a/long', from, from + rowsPerWrite));
      }
    };
    await Promise.all([lane(), lane()]);
    connection.close();

    const { stdout } = await promisify(execFile)(process.execPath, [
      '--max-old-space-size=256',
      distFile('core/testing/long-series-main.js'),
      pathToFileURL(distFile('core/testing/open-influx.js')).href,
      JSON.stringify({ url: server.url, prefix }),
      'a/long',
    ]);
    const found = JSON.parse(stdout) as { rows: number; ascending: boolean; sum: number; peakMb: number };
    expect(found).toMatchObject({ rows, ascending: true, sum: rows * (999 / 2 + 0.25) });
    // Its two columns take 48 MB, the process itself some 90.
    expect(found.peakMb).toBeLessThan(450);
  });
});
