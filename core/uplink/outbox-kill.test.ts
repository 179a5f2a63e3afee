import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batchSchema } from '../domain/telemetry.ts';
import { TestProcess } from '../testing/processes.ts';
import { seeded, temporaryFolder } from '../testing/uplink-rows.ts';
import { Outbox } from './outbox.ts';

/** The rows of each push number in the outbox, in the order in which they would be sent. */
function contents(path: string): Map<number, number> {
  const outbox = new Outbox({
    path,
    limitBytes: 1_000_000_000,
    batchRows: 200,
    clock: { now: () => 0 },
    random: seeded(1),
  });
  outbox.open();
  outbox.freeze();
  const found = new Map<number, number>();
  for (const { seq } of outbox.waiting('oldest', 100_000)) {
    const batch = batchSchema.parse(JSON.parse(String(outbox.payload(seq))));
    for (const [, , , value] of batch.readings) found.set(value, (found.get(value) ?? 0) + 1);
  }
  outbox.close();
  return found;
}

test('after kill -9 the outbox holds every push that resolved, whole and once', async () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const random = seeded(20_260_101);
  const resolved = new Map<number, number>();
  let first = 0;
  for (let round = 0; round < 4; round++) {
    const options = { path, url: 'mqtt://127.0.0.1:1', first, pushers: round % 2 === 0 ? 1 : 30 };
    const feeder = new TestProcess(['core/testing/uplink-feeder-main.js', JSON.stringify(options)]);
    await feeder.start(/^started$/);
    const until = Math.floor(20 + random() * 300);
    await new Promise<void>((resolve) => {
      const look = () => (feeder.lines.length > until ? resolve() : setImmediate(look));
      look();
    });
    await feeder.end('SIGKILL');
    for (const line of feeder.lines) {
      const [number, count] = line.split(' ').map(Number);
      if (number !== undefined && count !== undefined) resolved.set(number, count);
    }
    const found = contents(path);
    const lost = [...resolved].filter(([number, count]) => found.get(number) !== count);
    expect(lost).toEqual([]);
    // Pushes that had not resolved may be there too, but whole.
    const partial = [...found].filter(([number, count]) => count !== 1 + (number % 40));
    expect(partial).toEqual([]);
    first = Math.max(0, ...found.keys(), ...resolved.keys()) + 1;
  }
  expect(resolved.size).toBeGreaterThan(80);
});
