// Positions of vehicles: their own keys, extras, limits.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, type Track, trackOf } from '../../domain/fleet/track/columns.ts';
import type { StoreUnderTest } from './place.ts';
import { always, minute, noReadings, position, start } from './rows.ts';

export function positionsContract(under: StoreUnderTest): void {
  describe('positions', () => {
    it('come back as they were, ascending, with all extras or none', async () => {
      let { store } = under;
      const extras = {
        altitudeM: -3.5,
        odometerKm: 12_345.6,
        fuelL: 0,
        satellites: 9,
        ignition: false,
        alarms: 1,
      };
      await store.write(
        noReadings,
        [position(start + minute, { extras }), position(start, { lat: -28.000_001, courseDeg: 359.9 })],
        [],
      );
      for (let round = 0; round < 2; round++) {
        expect(await store.positions('fleet/A-1', always.from, always.to, 10)).toEqual([
          position(start, { lat: -28.000_001, courseDeg: 359.9 }),
          position(start + minute, { extras }),
        ]);
        store = await under.reopen();
      }
    });

    it('are keyed by vehicle and time, the newest arrival wins', async () => {
      const { store } = under;
      await store.write(noReadings, [position(start, { lat: 1 }), position(start, { lat: 2 })], []);
      await store.write(noReadings, [position(start, { vehicle: 'fleet/B-1', lat: 7 })], []);
      expect(await store.positions('fleet/A-1', start, start + 1, 10)).toEqual([position(start, { lat: 2 })]);
      await store.write(noReadings, [position(start, { lat: 0.5, extras: { fuelL: 3 } })], []);
      expect(await store.positions('fleet/A-1', start, start + 1, 10)).toEqual([
        position(start, { lat: 0.5, extras: { fuelL: 3 } }),
      ]);
      expect(await store.positions('fleet/C-1', start, start + 1, 10)).toEqual([]);
    });

    it('have a newest one of each vehicle, by time and not by arrival', async () => {
      let { store } = under;
      const latest = async () =>
        (await store.latestPositions(['fleet/A-1', 'fleet/none', 'fleet/B-1'])).map((row) => row?.ts);
      expect(await latest()).toEqual([undefined, undefined, undefined]);
      await store.write(noReadings, [position(start + minute), position(start)], []);
      await store.write(noReadings, [position(start - minute, { vehicle: 'fleet/B-1' })], []);
      expect(await latest()).toEqual([start + minute, undefined, start - minute]);
      await store.write(noReadings, [position(start + minute, { lat: 7, extras: { fuelL: 2 } })], []);
      for (let round = 0; round < 2; round++) {
        expect(await store.latestPositions(['fleet/A-1'])).toEqual([
          position(start + minute, { lat: 7, extras: { fuelL: 2 } }),
        ]);
        store = await under.reopen();
      }
    });

    it('before a time are deleted for good, all of them and no others', async () => {
      let { store } = under;
      const rows = [0, 1, 2, 3].map((index) => position(start + index * minute));
      await store.write(noReadings, rows, []);
      await store.write(noReadings, [position(start, { vehicle: 'fleet/B-1' })], []);
      const { dropped } = await store.dropPositions(start + 2 * minute);
      expect([3, null]).toContain(dropped);
      for (let round = 0; round < 2; round++) {
        const left = await store.positions('fleet/A-1', always.from, always.to, 10);
        expect(left.map(({ ts }) => ts)).toEqual([start + 2 * minute, start + 3 * minute]);
        expect(await store.positions('fleet/B-1', always.from, always.to, 10)).toEqual([]);
        const [newest, gone] = await store.latestPositions(['fleet/A-1', 'fleet/B-1']);
        expect([newest?.ts, gone]).toEqual([start + 3 * minute, undefined]);
        store = await under.reopen();
      }
      expect([0, null]).toContain((await store.dropPositions(start)).dropped);
    });

    it('respect window and limit', async () => {
      const { store } = under;
      await store.write(
        noReadings,
        [0, 1, 2, 3, 4].map((index) => position(start + index * minute)),
        [],
      );
      const read = async (from: number, to: number, limit: number) =>
        (await store.positions('fleet/A-1', start + from * minute, start + to * minute, limit)).map(
          ({ ts }) => (ts - start) / minute,
        );
      expect(await read(1, 3, 10)).toEqual([1, 2]);
      expect(await read(0, 5, 2)).toEqual([0, 1]);
      expect(await read(3, 3, 2)).toEqual([]);
      expect(await read(0, 5, 0)).toEqual([]);
    });

    it('come in complete pages of every size, however they lie in time and whatever came twice', async () => {
      const { store } = under;
      // Seconds, days and months apart.
      const step = fc.oneof(
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 1, max: 40 }).map((days) => days * 1_440 * minute),
      );
      const steps = fc.array(fc.tuple(step, fc.integer({ min: 0, max: 80 })), {
        minLength: 1,
        maxLength: 60,
      });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          steps,
          fc.integer({ min: 1, max: 9 }),
          fc.nat({ max: 59 }),
          async (said, size, at) => {
            const vehicle = `fleet/P-${run++}` as const;
            let ts = start;
            const rows = said.map(([more, lat]) => {
              ts += more;
              return position(ts, { vehicle, lat });
            });
            await store.write(noReadings, rows.slice(at), []);
            await store.write(noReadings, rows.slice(0, at), []);
            const newest = new Map([...rows.slice(at), ...rows.slice(0, at)].map((row) => [row.ts, row]));
            const wanted = [...newest.values()].sort((a, b) => a.ts - b.ts);
            const got: unknown[] = [];
            for (let from = 0; ; ) {
              const page = await store.positions(vehicle, from, ts + 1, size);
              got.push(...page);
              const last = page.at(-1);
              if (last === undefined) break;
              expect(page).toHaveLength(Math.min(size, wanted.length - got.length + page.length));
              from = last.ts + 1;
            }
            expect(got).toEqual(wanted);
          },
        ),
        { numRuns: 25, seed: 15 },
      );
    });

    it('of many vehicles come slice by slice in columns, whatever came twice, late or told nothing', async (context) => {
      const { store } = under;
      if (store.tracks === undefined) return context.skip();
      const extras = fc.record(
        {
          odometerKm: fc.integer({ min: 0, max: 9_999 }),
          satellites: fc.constantFrom(0, 3, 9, 254, 255),
          ignition: fc.boolean(),
          fix: fc.boolean(),
          fuelL: fc.constant(7),
        },
        { requiredKeys: [] },
      );
      const fix = fc.record({ car: fc.nat({ max: 3 }), at: fc.nat({ max: 60 }), far: fc.boolean(), extras });
      const fixes = fc.array(fix, { minLength: 1, maxLength: 80 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fixes,
          fc.integer({ min: 1, max: 9 }),
          fc.array(fc.nat({ max: 60 }), { minLength: 3, maxLength: 3 }),
          async (said, size, since) => {
            run++;
            // Seconds or weeks apart; the fourth vehicle is not asked for.
            const rows = said.map(({ car, at, far, extras: told }, lat) =>
              position(start + at * (far ? 20_000 * minute : 1_000), {
                ...{ vehicle: `fleet/${run}-${car}` as const, lat: lat / 10, extras: told },
              }),
            );
            await store.write(noReadings, rows, []);
            const to = start + 60 * 20_000 * minute;
            const from = since.map((seconds) => start + seconds * 1_000);
            const vehicles = from.map((_, car) => `fleet/${run}-${car}` as const);
            const got = vehicles.map((): Track[] => []);
            for (let begin = 0; ; ) {
              const wanted = vehicles.map((vehicle, car) => ({
                vehicle,
                from: Math.max(begin, from[car] ?? 0),
              }));
              const slice = await store.tracks?.(wanted, to, size);
              if (slice === undefined) throw new Error('no slice');
              slice.tracks.forEach((track, car) => void got[car]?.push(track));
              expect(slice.until).toBeGreaterThan(Math.min(...wanted.map((each) => each.from)));
              expect(slice.until).toBeLessThanOrEqual(to);
              if (slice.until === to) break;
              begin = slice.until;
            }
            for (const [car, vehicle] of vehicles.entries())
              expect(joined(got[car] ?? [])).toEqual(
                trackOf(await store.positions(vehicle, from[car] ?? 0, to, 999)),
              );
          },
        ),
        { numRuns: 40, seed: 18 },
      );
    });
  });
}
