// What is away comes back: the broker gone for a minute, the store refusing for a minute, the disk of the outbox full. The
// generator feeds all the time, and in the end the store holds what the outbox took.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { statusSchema } from '../core/domain/telemetry.ts';
import { Calendar } from '../core/domain/time.ts';
import { topicFilter } from '../core/domain/topics.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { sleep, systemClock } from '../core/runtime/clock.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { until } from '../core/testing/jieyue.ts';
import { peakMemoryMb, type TestProcess } from '../core/testing/processes.ts';
import { requireServer } from '../core/testing/real-server.ts';
import { expectLedger, metric, ready, settle, startAll, type World, world } from './loss-world.ts';

const minute = 60_000;
const memoryLimitMb = 500;
/** Feeds for well over a minute: 350 chunks with a pause of a fifth of a second. */
const longFeed = { points: 12, steps: 5_833, rowsPerChunk: 200, pauseMs: 200 } as const;

describe.concurrent('what is away comes back, and nothing is lost', () => {
  it('when the broker is gone for a minute', { timeout: 240_000 }, async (context) => {
    const all = await world(context, { seed: 11, ...longFeed });
    await startAll(all, ['broker', 'ingest', 'agent', 'feeder']);
    await until(async () => ((await metric(all, 'ingest_readings_total')) ?? 0) > 0);
    expect(await metric(all, 'ingest_broker_connected')).toBe(1);

    await all.broker.end('SIGKILL');
    const before = rowsIn(all.ledger);
    await sleep(minute);
    expect(await metric(all, 'ingest_broker_connected')).toBe(0);
    expect((await fetch(`${all.opsUrl}/health`)).status).toBe(503);
    expect(all.ingest.errors.join('\n')).toMatch(/broker does not answer|broker refuses ingest/);
    expect(rowsIn(all.ledger)).toBeGreaterThan(before + 10_000);
    await all.broker.start(ready.broker);

    await finish(all);
  });

  it('when the store refuses writes for a minute', { timeout: 240_000 }, async (context) => {
    const flag = join(tmpdir(), `jieyue-refuse-${process.pid}`);
    context.onTestFinished(() => rmSync(flag, { force: true }));
    const all = await world(context, {
      seed: 12,
      ...longFeed,
      ingest: ['core/testing/refusing-ingest-main.js', flag],
      // Less than what the agent has under way: what does not fit must be dropped and come again.
      environment: { JIEYUE_INGEST_QUEUE_ROWS: '1000', JIEYUE_INGEST_WRITE_ROWS: '100' },
    });
    await startAll(all, ['broker', 'ingest', 'agent', 'feeder']);
    await until(async () => ((await metric(all, 'ingest_readings_total')) ?? 0) > 0);
    expect(await metric(all, 'ingest_store_up')).toBe(1);

    writeFileSync(flag, '');
    await sleep(1_000);
    const [before, stored] = [rowsIn(all.ledger), await metric(all, 'ingest_readings_total')];
    await sleep(minute);
    expect(await metric(all, 'ingest_readings_total')).toBe(stored);
    expect(await metric(all, 'ingest_store_up')).toBe(0);
    expect(await metric(all, 'ingest_queue_rows')).toBeLessThanOrEqual(1_000);
    expect(all.ingest.errors.join('\n')).toMatch(/waiting for the store \(\d+ rows to write\)/);
    expect(rowsIn(all.ledger)).toBeGreaterThan(before + 10_000);
    rmSync(flag);

    await finish(all);
  });

  const prlimit = requireServer('prlimit', 'apt-get install util-linux');
  it.skipIf(prlimit === undefined)(
    'when the disk of the outbox is full',
    { timeout: 120_000 },
    async (context) => {
      const all = await world(context, {
        seed: 13,
        points: 12,
        steps: 4_000,
        rowsPerChunk: 400,
        pauseMs: 10,
      });
      await startAll(all, ['broker', 'ingest', 'agent']);
      const client = await connectAsync(`mqtt://127.0.0.1:${all.mqttPort}`, {
        username: 'ingest',
        clientId: 'watcher',
        password: readFileSync(join(all.home, 'ingest.password'), 'utf8').trim(),
      });
      context.onTestFinished(() => client.endAsync(true));
      const faults: (string | undefined)[] = [];
      client.on('message', (_topic, payload) => {
        faults.push(statusSchema.parse(JSON.parse(payload.toString())).outbox.fault);
      });
      await client.subscribeAsync(topicFilter('status'));

      // Nobody acknowledges, and no file may grow any more: the outbox takes what it can and refuses the rest.
      await all.ingest.end('SIGTERM');
      limitFiles(all.agent, 600_000);
      await all.feeder.start(ready.feeder);
      expect(await all.feeder.line(/^refused/)).toBe('refused: error outbox.disk');
      const taken = rowsIn(all.ledger);
      await until(() => faults.at(-1) !== undefined);
      expect(faults.at(-1)).toContain('free space on its disk');
      expect(all.agent.running).toBe(true);
      expect(taken).toBeGreaterThan(1_000);

      // The alarm reaches people by the same way as all else.
      await all.ingest.start(ready.ingest);
      await until(async () => (await openAlarms(all)).includes('outbox-disk'));

      limitFiles(all.agent, 'unlimited');
      await until(() => faults.at(-1) === undefined);
      await until(async () => !(await openAlarms(all)).includes('outbox-disk'));
      await finish(all);
    },
  );
});

async function finish(all: World): Promise<void> {
  await all.feeder.line(/^fed /);
  const peak = peakMemoryMb(all.ingest.pid);
  if (peak !== undefined) expect(peak).toBeLessThan(memoryLimitMb);
  await settle(all);
  await expectLedger(all);
}

function rowsIn(ledger: string): number {
  return statSync(ledger).size === 0 ? 0 : readFileSync(ledger, 'utf8').split('\n').length - 1;
}

/** The most bytes that any file of a running process may have; the limit can be lifted again. */
function limitFiles(process: TestProcess, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}

async function openAlarms({ home }: World): Promise<string[]> {
  const registry = createRegistry({
    path: join(home, 'registry.sqlite'),
    calendar: new Calendar('Asia/Shanghai'),
    clock: systemClock,
    log: silentLogger,
  });
  await registry.start();
  const alarms = await registry.alarms.list({ cleared: false });
  await registry.stop();
  return alarms.filter(({ clearedAt }) => clearedAt === null).map(({ kind }) => kind);
}
