// What sums of many meters by hour over a year take: the store's `sumRollups`, against fetching the same rows as text.
import { hourMs } from '../core/domain/time.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { InfluxStore } from '../core/store/influx/influx-store.ts';
import { InfluxServer } from '../core/testing/influx-server.ts';
import { type BenchRow, median, progress, row } from './report.ts';

const prefix = 'jieyue';
const hours = 365 * 24;
const from = Date.UTC(2025, 0, 1);
const to = from + hours * hourMs;
/** Of one request for the limit: the store asks for as many. */
const seriesPerStatement = 50;

export async function measureSums(program: string, quick: boolean): Promise<BenchRow> {
  const count = quick ? 50 : 200;
  const server = new InfluxServer(program);
  try {
    await server.start();
    progress(`a year of hours of ${count} series into InfluxDB`);
    const store = await fill(server, count);
    // As after any night: what was written is in files, not in the log.
    await server.kill('SIGTERM');
    await server.start();
    const series = Array.from({ length: count }, (_, index) => store.series(`a/p${index}`, 'electricity'));
    const sums: number[] = [];
    const fetched: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      progress(`sums by hour, ${turn + 1}`);
      const text = await took(() => fetchRows(server, count));
      const summed = await took(async () => {
        const found = await store.sumRollups('hour', series, from, to);
        const known = found.reduce((sum, each) => sum + each.known, 0);
        if (found.length !== hours || known !== hours * count)
          throw new Error(`${found.length} sums of ${known} hours`);
      });
      // The first turn fills the server's caches.
      if (turn > 0) sums.push(summed);
      if (turn > 0) fetched.push(text);
    }
    await store.stop();
    return row(
      'influx.sum.hours',
      median(sums),
      'ms',
      median(fetched),
      `${count} series by hour over a year; limit: the same rows fetched as text and thrown away, two requests at once`,
    );
  } finally {
    await server.remove();
  }
}

async function took(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function fill(server: InfluxServer, count: number): Promise<InfluxStore> {
  const part = (name: string) => server.options(`${prefix}_${name}`, { shardDays: 364 });
  const store = new InfluxStore({
    databases: { readings: part('readings'), positions: part('positions'), figures: part('figures') },
    timeZone: 'Asia/Shanghai',
    log: silentLogger,
  });
  await store.start();
  const nothing = { from: 0, to: 0, rows: [] };
  for (let index = 0; index < count; index++) {
    const rows = Array.from({ length: hours }, (_, hour) => ({
      ...{ ts: from + hour * hourMs, value: ((index + hour * 7) % 1_000) / 100, min: null, max: null },
      ...{ measuredMs: hourMs, estimatedMs: 0 },
    }));
    const windows = { hour: { from, to, rows }, day: nothing, month: nothing };
    const series = store.series(`a/p${index}`, 'electricity');
    await store.replaceRollups([{ series, windows, exclusionWindow: nothing }]);
  }
  return store;
}

async function fetchRows(server: InfluxServer, count: number): Promise<void> {
  const statements: string[] = [];
  for (let first = 0; first < count; first += seriesPerStatement) {
    const points = Array.from(
      { length: seriesPerStatement },
      (_, index) => `"point" = 'a/p${first + index}'`,
    );
    statements.push(
      `SELECT "value", "known", "measured_ms", "estimated_ms" FROM "hours" WHERE "quantity" = 'electricity' AND (${points.join(' OR ')}) AND time >= ${from}ms AND time < ${to}ms GROUP BY "point"`,
    );
  }
  const half = Math.ceil(statements.length / 2);
  const parameters = new URLSearchParams({ db: `${prefix}_figures`, epoch: 'ms', chunked: 'true' });
  await Promise.all(
    [statements.slice(0, half), statements.slice(half)].map(async (part) => {
      if (part.length === 0) return;
      const answer = await fetch(`${server.url}/query?${parameters}`, {
        method: 'POST',
        headers: { 'accept-encoding': 'identity' },
        body: new URLSearchParams({ q: part.join(';') }),
      });
      let bytes = 0;
      for await (const piece of answer.body ?? []) bytes += (piece as Uint8Array).length;
      if (!answer.ok || bytes === 0) throw new Error(`InfluxDB answers ${answer.status}`);
    }),
  );
}
