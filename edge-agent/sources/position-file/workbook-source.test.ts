// Workbooks in a folder, read by an agent with its real outbox, a broker and a small ingest.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { positionSchema } from '../../../core/domain/telemetry.ts';
import { systemClock } from '../../../core/runtime/clock.ts';
import { configSchema } from '../../../core/runtime/config.ts';
import { silentLogger } from '../../../core/runtime/logger.ts';
import { positionFileSchema } from '../../../core/runtime/position-config.ts';
import { FakeIngest } from '../../../core/testing/fake-ingest.ts';
import { quick, seeded, temporaryFolder } from '../../../core/testing/uplink-rows.ts';
import { EdgeAgent } from '../../agent.ts';
import type { Sink, Source } from '../source.ts';
import { PositionFileSource } from './source.ts';

const start = Date.UTC(2026, 4, 6);
const headings = ['车牌号', '定位时间', '纬度', '经度'];

it('a workbook whose reading was broken off arrives whole: the agent goes on behind what is in its outbox', async () => {
  const { ingest, home, exports } = await place();
  writeFileSync(join(exports, 'a.xlsx'), await workbook(5_000));
  const { url } = ingest;
  await ingest.stop();
  let chunks = 0;
  const first = await startAgent(url, home, exports, () => ++chunks === 3);
  await eventually(() => expect(first.source.health().state).toBe('stopped'));
  await first.agent.stop();
  // The third chunk went nowhere, and is not written down as read.
  expect(progressOf(home)['a.xlsx']).toMatchObject({ line: 2_000, complete: false });

  await ingest.start();
  const second = await startAgent(url, home, exports);
  await eventually(() => expect(progressOf(home)['a.xlsx'].complete).toBe(true));
  await second.agent.uplink.drained();
  expect(timesOf(ingest)).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
});

it('a workbook is waited for while it is copied, is read on when it has grown, and costs the others nothing when it is none', async () => {
  const { ingest, home, exports } = await place();
  const [whole, grown] = [await workbook(50), await workbook(60)];
  const { agent, source } = await startAgent(ingest.url, home, exports);
  writeFileSync(join(exports, 'a.xlsx'), whole.subarray(0, whole.length / 2));
  writeFileSync(join(exports, 'b.xlsx'), 'PK\u0003\u0004 but no workbook');
  writeFileSync(join(exports, 'c.csv'), `${headings.join()}\n鄂A12345,${start + 900_000},30.5,114.3\n`);
  await eventually(() => expect(timesOf(ingest)).toEqual([900]));
  await eventually(() => expect(source.health()).toMatchObject({ state: 'degraded' }));
  writeFileSync(join(exports, 'a.xlsx'), whole);
  await eventually(() => expect(timesOf(ingest).length).toBe(51));
  writeFileSync(join(exports, 'a.xlsx'), grown);
  await eventually(() => expect(timesOf(ingest).length).toBe(61));
  await eventually(() => expect(source.health().fault).toContain('b.xlsx is cut off or damaged'));
  rmSync(join(exports, 'b.xlsx'));
  await eventually(() => expect(source.health()).toMatchObject({ state: 'ok', fault: null }));
  // Replaced by another one of the same name.
  writeFileSync(join(exports, 'a.xlsx'), await workbook(5, 2_000));
  await eventually(() => expect(timesOf(ingest).length).toBe(66));
  await agent.uplink.drained();
});

function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000 });
}

async function place() {
  const ingest = new FakeIngest({ password: 'secret' });
  await ingest.start();
  onTestFinished(() => ingest.stop());
  const home = temporaryFolder();
  const exports = join(home, 'exports');
  mkdirSync(exports);
  return { ingest, home, exports };
}

function workbook(count: number, from = 0): Promise<Buffer> {
  const rows = Array.from({ length: count }, (_, n) => [
    '鄂A12345',
    new Date(start + 8 * 3_600_000 + (from + n) * 1_000),
    30.5,
    114.3,
  ]);
  const options = { dateFormat: 'yyyy-mm-dd hh:mm:ss' };
  return writeXlsxFile([headings, ...rows] as never, options as never).toBuffer();
}

/** Seconds after the start, each once, in order. */
function timesOf(ingest: FakeIngest): number[] {
  const times = ingest.rows.map((row) => (positionSchema.parse(row)[1] - start) / 1_000);
  return [...new Set(times)].sort((a, b) => a - b);
}

function progressOf(home: string) {
  return JSON.parse(readFileSync(join(home, 'positions-exports.json'), 'utf8')).files;
}

/** `breaksOff`: asked before each chunk; then the source is stopped, and the chunk goes nowhere. */
async function startAgent(url: string, home: string, path: string, breaksOff?: () => boolean) {
  const settings = {
    type: 'position-file',
    name: 'exports',
    path,
    time: { column: '定位时间' },
    vehicle: { column: '车牌号' },
    points: { 鄂A12345: 'car-1' },
    lat: '纬度',
    lon: '经度',
  };
  const config = configSchema.parse({
    agent: { id: 'edge-1', password: 'secret', sources: [settings] },
  }).agent;
  if (config === undefined) throw new Error('no agent');
  // Progress is written down after every chunk, as if each took long.
  let now = start;
  const source = new PositionFileSource(
    positionFileSchema.parse(settings),
    { clock: { now: () => (now += 10_000) }, random: () => 0.5, log: silentLogger, home },
    { lookEveryMs: 10, firstRetryMs: 5 },
  );
  const breaking: Source = {
    name: source.name,
    protocol: source.protocol,
    start: (sink: Sink) =>
      source.start((readings, positions) => {
        if (!breaksOff?.()) return sink(readings, positions);
        void source.stop();
        return new Promise(() => {});
      }),
    stop: () => source.stop(),
    health: () => source.health(),
  };
  const agent = new EdgeAgent({
    config,
    mqtt: { url },
    home,
    clock: systemClock,
    random: seeded(909),
    log: silentLogger,
    version: '1.0.0',
    ...quick,
    createSource: () => breaking,
  });
  onTestFinished(() => agent.stop());
  await agent.start();
  return { agent, source };
}
