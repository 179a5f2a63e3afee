// A row that changes an earlier key never overtakes it, whatever is lost, repeated or restarted. The ingest of these tests applies
// batches in the order of their arrival, so that overtaking shows.
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { WireReading } from '../domain/telemetry.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { FakeIngest, type Verdict } from '../testing/fake-ingest.ts';
import { quick, seeded, series, start, temporaryFolder } from '../testing/uplink-rows.ts';
import { Uplink, type UplinkOptions } from './uplink.ts';

function makeUplink(ingest: FakeIngest, path: string, options: Partial<UplinkOptions> = {}): Uplink {
  const uplink = new Uplink({
    agent: 'a1',
    url: ingest.url,
    password: 'secret',
    outbox: { path, limitBytes: 10_000_000 },
    window: 6,
    flushEveryMs: 1,
    batchRows: 10,
    version: 'test',
    clock: systemClock,
    random: seeded(4),
    log: silentLogger,
    ...quick,
    ...options,
  });
  onTestFinished(() => uplink.stop());
  return uplink;
}

async function startIngest(): Promise<FakeIngest> {
  const ingest = new FakeIngest();
  await ingest.start();
  onTestFinished(() => ingest.stop());
  return ingest;
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const points = (ingest: FakeIngest) =>
  ingest.arrivals.map(({ batch }) => `${batch.readings[0]?.[0]} ${batch.readings[0]?.[3]}`);

test('a correction waits until its original is acknowledged, while live rows go on', async () => {
  const ingest = await startIngest();
  const original = (rows: readonly WireReading[]) =>
    rows.some(([point, , , value]) => point === 'm' && value < 100);
  ingest.verdict = ({ batch }) => (original(batch.readings) ? 'discard' : 'ack');
  const uplink = makeUplink(ingest, join(temporaryFolder(), 'outbox.sqlite'), {
    resend: { ...quick.resend, quarantineAfter: 1_000 },
  });
  await uplink.start();
  await uplink.push(series('m', 10));
  await uplink.push(series('m', 10, { value: 500 }));
  for (let i = 0; i < 30; i++) await uplink.push(series(`live${i}`, 10, { from: start + i * 600_000 }));
  await until(() => expect(points(ingest).filter((text) => text.startsWith('live'))).toHaveLength(30));
  expect(points(ingest)).not.toContain('m 500');
  ingest.verdict = () => 'ack';
  await uplink.drained();
  expect(points(ingest).indexOf('m 500')).toBeGreaterThan(points(ingest).lastIndexOf('m 0'));
  expect(ingest.state.get(`m electricity ${start}`)).toContain('500');
});

test('a correction of a quarantined batch is set aside behind it, and a requeue keeps their order', async () => {
  const ingest = await startIngest();
  ingest.verdict = ({ batch }) => (batch.readings[0]?.[0] === 'm' ? 'discard' : 'ack');
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const uplink = makeUplink(ingest, path);
  await uplink.start();
  await uplink.push(series('m', 10));
  let n = 0;
  const live = setInterval(() => void uplink.push(series('live', 10, { from: start + n++ * 600_000 })), 5);
  onTestFinished(() => clearInterval(live));
  await until(() => expect(uplink.depth().quarantined).toBe(1));
  clearInterval(live);
  const before = ingest.arrivals.length;
  await uplink.push(series('m', 10, { value: 500 }));
  await uplink.drained();
  expect(uplink.depth()).toMatchObject({ quarantined: 2, rows: 0 });
  expect(points(ingest).slice(before)).not.toContain('m 500');
  await uplink.stop();

  const again = makeUplink(ingest, path);
  await again.start();
  await again.push(series('m', 10, { value: 900 }));
  await again.drained();
  expect(again.depth().quarantined).toBe(3);
  ingest.verdict = () => 'ack';
  again.requeueQuarantined();
  await again.drained();
  expect(again.depth()).toMatchObject({ quarantined: 0, rows: 0 });
  expect(ingest.state.get(`m electricity ${start}`)).toContain('900');
});

type Step =
  | {
      readonly do: 'push';
      readonly rows: readonly (readonly [point: number, minute: number])[];
      readonly wait: boolean;
    }
  | { readonly do: 'cut' | 'bounce' | 'restart' | 'pause' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('push' as const),
      rows: fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 12 })), {
        minLength: 1,
        maxLength: 25,
      }),
      wait: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'bounce', 'restart', 'pause') }) },
);

test('any sequence of pushes, losses, repetitions, breaks and restarts delivers every row, and the newest of a key wins', async () => {
  const folder = temporaryFolder();
  let run = 0;
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 5, maxLength: 30 }),
    fc.integer(),
    async (steps, seed) => {
      const ingest = new FakeIngest();
      await ingest.start();
      const random = seeded(seed);
      ingest.verdict = (): Verdict => {
        const chance = random();
        if (chance < 0.55) return 'ack';
        if (chance < 0.7) return 'silent';
        return chance < 0.85 ? 'discard' : { ackAfterMs: 30 * random() };
      };
      const path = join(folder, `outbox-${run++}.sqlite`);
      const options = {
        resend: { ...quick.resend, answerMs: 10, firstMs: 1, maxMs: 10, probeMaxMs: 5 },
        random,
      };
      let uplink = makeUplink(ingest, path, options);
      await uplink.start();
      const expected = new Map<string, string>();
      const pushed = new Set<string>();
      let open: Promise<void>[] = [];
      let value = 0;
      for (const action of steps) {
        if (action.do === 'push') {
          const rows = action.rows.map(
            ([point, minute]): WireReading => [`p${point}`, 'power', start + minute, value++],
          );
          for (const row of rows) {
            expected.set(`${row[0]} ${row[1]} ${row[2]}`, JSON.stringify(row));
            pushed.add(JSON.stringify(row));
          }
          open.push(uplink.push(rows));
          if (action.wait) await Promise.all(open.splice(0));
        } else if (action.do === 'cut') {
          ingest.cut();
        } else if (action.do === 'bounce') {
          await ingest.stop();
          await ingest.start();
        } else if (action.do === 'restart') {
          await Promise.all(open);
          open = [];
          await uplink.stop();
          uplink = makeUplink(ingest, path, options);
          await uplink.start();
        } else {
          await new Promise((resolve) => setTimeout(resolve, 15));
        }
      }
      await Promise.all(open);
      await uplink.drained();
      ingest.verdict = () => 'ack';
      uplink.requeueQuarantined();
      await uplink.drained();
      expect(uplink.depth()).toMatchObject({ rows: 0, batches: 0, quarantined: 0, bytes: 0 });
      expect(ingest.state).toEqual(expected);
      const arrived = new Set(ingest.rows.map((row) => JSON.stringify(row)));
      expect([...pushed].filter((row) => !arrived.has(row))).toEqual([]);
      const payloads = new Map<string, string>();
      for (const { id, payload } of ingest.arrivals)
        expect(payloads.get(id) ?? payload).toBe(payloads.set(id, payload).get(id));
      await uplink.stop();
      await ingest.stop();
    },
  );
  await fc.assert(property, { numRuns: 40, seed: 20_260_101, endOnFailure: true });
});
