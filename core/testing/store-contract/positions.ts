// Positions of vehicles: their own keys, extras, limits.
import { describe, expect, it } from 'vitest';
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
  });
}
