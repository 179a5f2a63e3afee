// What the writer asks of store and registry when the store refuses rows.
import { describe, expect, it } from 'vitest';
import { JieyueError } from '../core/domain/errors.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { FakeRegistry, FakeStore, storeAway } from '../core/testing/ingest/fakes.ts';
import { batchKey } from './batch-ids.ts';
import { Group } from './group.ts';
import { ingestMetrics } from './ingest-metrics.ts';
import { Patience } from './patience.ts';
import { Writer } from './writer.ts';

const rows = 10_000;
const { signal: stopped } = new AbortController();

/** Refuses rows of a value, as InfluxDB does: the others of the request are in, and it may say how many are not. */
class RefusingStore extends FakeStore {
  readonly tells: boolean;
  constructor(tells: boolean) {
    super();
    this.tells = tells;
  }

  override async write(...[readings]: Parameters<FakeStore['write']>): Promise<void> {
    this.writes++;
    let refused = 0;
    for (let row = 0; row < readings.length; row++) {
      if (readings.value[row] === -1) refused++;
      else this.rows.set(`${readings.series[row]} ${readings.ts[row]}`, readings.value[row] ?? 0);
    }
    const details = this.tells ? { details: { refused } } : {};
    if (refused > 0) throw new JieyueError('row.refused-by-store', 'field type conflict', details);
  }
}

async function write(store: FakeStore, isBad: (row: number) => boolean) {
  const registry = new FakeRegistry();
  const group = new Group(rows);
  const batch = group.begin({ agent: 'a', id: '1', key: batchKey('a', '1'), receivedAt: 0 });
  const series = store.series('a/m', 'power');
  for (let row = 0; row < rows; row++) group.addReading(series, row, isBad(row) ? -1 : row, row);
  const clock = { now: () => 0 };
  const patience = new Patience({ clock, log: silentLogger, stopped });
  const metrics = ingestMetrics(new Metrics());
  const written = await new Writer({ store, registry, patience, metrics }).write(group);
  return { written, registry, refusals: batch.refusals };
}

describe('a write while the store and then the registry are away', () => {
  it('names each while it is waited for, and no other', async () => {
    const store = new FakeStore();
    const registry = new FakeRegistry();
    const group = new Group(rows);
    group.begin({ agent: 'a', id: '1', key: batchKey('a', '1'), receivedAt: 0 });
    group.addReading(store.series('a/m', 'power'), 1, 1, 0);
    const said: string[] = [];
    const error = (_: object, text: string) => said.push(text);
    const log = Object.assign(Object.create(silentLogger), { error }) as typeof silentLogger;
    const patience = new Patience({ clock: { now: () => 0 }, log, stopped });
    const metrics = ingestMetrics(new Metrics());
    store.failure = storeAway();
    const writing = new Writer({ store, registry, patience, metrics }).write(group);
    await expect.poll(() => patience.waits).toEqual(['the store (1 rows to write)']);

    // The store is back before it is asked again, and the registry is away instead.
    store.failure = undefined;
    registry.failure = new JieyueError('registry.unavailable', 'database is locked');
    await expect.poll(() => patience.waits).toEqual(['the registry (announcing marks)']);
    const { writes } = store;
    registry.failure = undefined;
    expect(await writing).toEqual({ readings: 1, positions: 0 });
    expect(store.writes).toBe(writes + 1);
    expect(said).toEqual([
      expect.stringContaining('waiting for the store (1 rows to write)'),
      expect.stringContaining('waiting for the registry (announcing marks)'),
    ]);
    expect((await metrics.storeUp.get()).values[0]?.value).toBe(1);
  });
});

describe('a write with rows that the store refuses', () => {
  it('finds one among ten thousand with few requests, announced and confirmed once', async () => {
    const store = new RefusingStore(false);
    const { written, registry, refusals } = await write(store, (row) => row === 7_777);
    expect(store.writes).toBeLessThan(30);
    expect(written.readings).toBe(rows - 1);
    expect(refusals?.rejected).toMatchObject([{ index: 7_777, code: 'row.refused-by-store' }]);
    expect(registry.announcements).toBe(1);
    expect(registry.announced.size).toBe(0);
    expect(registry.markRows).toEqual([{ point: 'a/m', quantity: 'power', from: 0, to: rows - 1 }]);
  });

  it('sets aside at once what is refused as a whole, where the store says so', async () => {
    const store = new RefusingStore(true);
    const { written, refusals } = await write(store, (row) => row >= 5_000 && row < 7_500);
    expect(store.writes).toBeLessThan(8);
    expect(written.readings).toBe(rows - 2_500);
    expect(refusals?.count).toBe(2_500);
    expect(store.rows.size).toBe(rows - 2_500);
  });

  it('does not set aside a row that was refused with none of its own', async () => {
    const store = new RefusingStore(true);
    const { written, refusals } = await write(store, (row) => row % 2_500 === 0);
    expect(written.readings).toBe(rows - 4);
    expect(refusals?.rejected.map(({ index }) => index)).toEqual([0, 2_500, 5_000, 7_500]);
  });
});
