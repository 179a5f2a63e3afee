// The track of one vehicle over a long time, read page by page within little memory.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { duckDbAt } from '../../testing/open-duckdb.ts';
import { noReadings, position, start } from '../../testing/store-contract/rows.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jieyue-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('needs no more memory than a page does', async () => {
  const store = duckDbAt(join(folder, 'telemetry.duckdb'), { memoryLimitMb: 64 });
  await store.start();
  try {
    const days = 60;
    const ofDay = 5_760;
    const extras = { ignition: true, odometerKm: 12_345.6, satellites: 9, altitudeM: 30 };
    for (let day = 0; day < days; day++) {
      const rows = Array.from({ length: ofDay }, (_, at) =>
        position(start + (day * ofDay + at) * 15_000, {
          extras: { ...extras, odometerKm: day * ofDay + at },
        }),
      );
      await store.write(noReadings, rows, []);
    }
    let [from, read] = [0, 0];
    for (;;) {
      const page = await store.positions('fleet/A-1', from, start + days * ofDay * 15_000, 20_000);
      for (const { extras: said } of page) if (said.odometerKm === read) read++;
      const last = page.at(-1);
      if (last === undefined) break;
      from = last.ts + 1;
    }
    expect(read).toBe(days * ofDay);
  } finally {
    await store.stop();
  }
});
