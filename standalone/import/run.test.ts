// The import's way through broker and acknowledgement, against a small ingest that answers as the test decides.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../core/runtime/config.ts';
import { type Arrival, FakeIngest } from '../../core/testing/fake-ingest.ts';
import { type Surroundings, surroundings } from '../settings.ts';
import { type ImportOptions, type ImportResult, runImport } from './run.ts';

const rows = 4_000;
const start = Date.parse('2018-01-01T00:00+08:00');
const hourMs = 3_600_000;

let folder: string;
let ingest: FakeIngest;
let around: Surroundings;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jieyue-run-import-'));
  ingest = new FakeIngest();
  await ingest.start();
  const overrides = { home: folder, language: 'en', 'log.level': 'silent', 'mqtt.url': ingest.url };
  around = surroundings(loadConfig({ environment: {}, overrides }), 'import');
});
afterEach(async () => {
  await ingest.stop();
  rmSync(folder, { recursive: true });
});

function importFile(more: Partial<ImportOptions> = {}): Promise<ImportResult> {
  const file = join(folder, 'hours.csv');
  const lines = Array.from({ length: rows }, (_, i) => `${start + i * hourMs},1`);
  writeFileSync(file, `time,kwh\n${lines.join('\n')}\n`);
  return runImport(around, {
    file,
    agent: 'import',
    point: 'hours',
    name: undefined,
    timeColumn: 'time',
    columns: { kwh: 'electricity_interval' },
    zone: 'Asia/Shanghai',
    delimiter: ',',
    intervalMs: undefined,
    multiplier: undefined,
    building: undefined,
    timeoutMs: 20_000,
    screen: process.stderr,
    uplink: {
      batchRows: 10,
      window: 4,
      resend: { answerMs: 80, firstMs: 10, maxMs: 20, quarantineAfter: 5 },
    },
    ...more,
  });
}

const isFirst = ({ batch }: Arrival) => batch.readings.some(([, , ts]) => ts === start);

describe('an import', () => {
  it('that leaves a batch in quarantine says how much, why, and the way on; the next one sends it', async () => {
    // The others find their answers, slowly enough that the sending lasts.
    ingest.verdict = (arrival) => (isFirst(arrival) ? 'discard' : { ackAfterMs: 20 });
    const result = await importFile();
    expect(result).toMatchObject({ readings: rows, refused: 0, quarantined: 10, complete: false });
    const told = result.lines.join('\n');
    expect(told).toContain(`${rows - 10} readings`);
    expect(told).toMatch(/10 readings in 1 batches are not stored.*\[batch\.unanswered\]/);
    expect(told).toMatch(/batch \S+: 10 readings, 2018-01-01T00:00:00\+08:00 to 2018-01-01T09:00:00\+08:00/);
    expect(told).toContain('/api/v1/agents');
    expect(told).toContain('jieyue import --agent import');
    expect(ingest.state.size).toBe(rows - 10);

    ingest.verdict = () => 'ack';
    const next = await importFile();
    expect(next).toMatchObject({ quarantined: 0, complete: true });
    expect(next.lines.join('\n')).toContain(
      '1 batches that an earlier import left unanswered were sent again',
    );
    expect(next.lines.join('\n')).toContain(`${rows} readings`);
    expect(ingest.state.size).toBe(rows);
  });

  it('ends at once where the broker does not let its agent in, and names the command that does; the next one goes on', async () => {
    // Of another password: as a Mosquitto that was not told of the agent.
    const stranger = new FakeIngest({ password: 'of nobody' });
    await stranger.start();
    const open = around;
    around = { ...open, config: { ...open.config, mqtt: { ...open.config.mqtt, url: stranger.url } } };
    try {
      const refused = importFile({ timeoutMs: 600_000 });
      await expect(refused).rejects.toMatchObject({
        code: 'agent.credentials',
        message: expect.stringMatching(
          /"import".*docker compose run --rm broker-access.*import the file again/,
        ),
      });
      expect(stranger.arrivals).toEqual([]);
    } finally {
      await stranger.stop();
    }
    around = open;
    expect(await importFile()).toMatchObject({ refused: 0, quarantined: 0, complete: true });
    expect(ingest.state.size).toBe(rows);
  });

  it('counts what ingest refused as not stored', async () => {
    const refusal = { list: 'readings', index: 0, code: 'row.refused-by-store', message: 'no' } as const;
    ingest.verdict = (arrival) =>
      isFirst(arrival) ? { ack: { rejected: [{ id: arrival.id, ...refusal }], rejectedCount: 1 } } : 'ack';
    const result = await importFile();
    expect(result).toMatchObject({ refused: 1, quarantined: 0, complete: false });
    expect(result.lines.join('\n')).toContain(`${rows - 1} readings`);
  });
});
