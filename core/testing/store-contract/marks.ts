// Dirty marks that an engine keeps beside the rows. An engine without marks (`store.marks` undefined) passes by.
import { describe, expect, it } from 'vitest';
import type { Mark, StoreMarks } from '../../store/port.ts';
import type { StoreUnderTest } from './place.ts';
import { day, hour, minute, noReadings, start, writeRows } from './rows.ts';

export function marksContract(under: StoreUnderTest): void {
  const withMarks = (name: string, test: (marks: () => StoreMarks) => Promise<void>) =>
    it(name, async (context) => {
      if (under.store.marks === undefined) return context.skip();
      await test(() => under.store.marks as StoreMarks);
    });
  const seriesOf = (name: string) => under.store.series(`a/${name}`, 'electricity');
  const mark = (name: string, from: number, to = from) =>
    under.store.write(noReadings, [], [{ series: seriesOf(name), from, to }]);
  const points = (marks: readonly Mark[]) => [...new Set(marks.map((entry) => entry.point))];

  describe('marks', () => {
    withMarks(
      'say which series changed, where, and hand out those that wait longest first',
      async (marks) => {
        for (const name of ['c', 'a', 'b']) await mark(name, start, start + hour);
        await mark('c', start + hour, start + 2 * hour);
        expect(points(await marks().pending(2))).toEqual(['a/c', 'a/a']);
        expect(points(await marks().pending(10))).toEqual(['a/c', 'a/a', 'a/b']);
        const ofC = (await marks().pending(1)).filter((entry) => entry.point === 'a/c');
        expect(ofC.every((entry) => entry.quantity === 'electricity')).toBe(true);
        expect(Math.min(...ofC.map((entry) => entry.from))).toBe(start);
        expect(Math.max(...ofC.map((entry) => entry.to))).toBe(start + 2 * hour);
        expect(await marks().pending(0)).toEqual([]);
      },
    );

    withMarks('are forgotten up to the version that was read; later ones stay', async (marks) => {
      await mark('m', start);
      const read = await marks().pending(10);
      await mark('m', start + minute);
      await marks().clear(read);
      const rest = await marks().pending(10);
      expect(points(rest)).toEqual(['a/m']);
      expect(rest.some((entry) => entry.from <= start + minute && entry.to >= start + minute)).toBe(true);
      await marks().clear(rest);
      expect(await marks().pending(10)).toEqual([]);
      await mark('m', start);
      expect(points(await marks().pending(10))).toEqual(['a/m']);
    });

    withMarks('of other series and quantities stay when one is cleared', async (marks) => {
      const power = under.store.series('a/m', 'power');
      await mark('m', start);
      await mark('n', start);
      await under.store.write(noReadings, [], [{ series: power, from: start, to: start }]);
      const read = await marks().pending(10);
      await marks().clear(read.filter((entry) => entry.point === 'a/m' && entry.quantity === 'electricity'));
      const rest = await marks().pending(10);
      expect(rest.map((entry) => `${entry.point} ${entry.quantity}`).sort()).toEqual([
        'a/m power',
        'a/n electricity',
      ]);
      const version = Math.max(...rest.map((entry) => entry.version));
      await marks().clear([{ point: 'a/m', quantity: null, version }]);
      expect(points(await marks().pending(10))).toEqual(['a/n']);
    });

    withMarks('of an old version that is cleared again change nothing', async (marks) => {
      await mark('m', start);
      const first = await marks().pending(10);
      await marks().clear(first);
      await mark('m', start);
      await marks().clear(first);
      expect(await marks().pending(10)).toHaveLength(1);
      await marks().clear([{ point: 'a/unknown', quantity: 'power', version: 99 }]);
      await marks().clear([]);
    });

    withMarks('cover every changed time, and scattered ones do not span the years between', async (marks) => {
      const times = Array.from({ length: 20 }, (_, index) => start - index * 90 * day);
      await under.store.write(
        noReadings,
        [],
        times.map((ts) => ({ series: seriesOf('m'), from: ts, to: ts })),
      );
      await mark('m', start + hour);
      const pending = await marks().pending(10);
      for (const ts of [...times, start + hour]) {
        expect(pending.some((entry) => entry.from <= ts && ts <= entry.to)).toBe(true);
      }
      const covered = pending.reduce((sum, entry) => sum + entry.to - entry.from, 0);
      expect(covered).toBeLessThanOrEqual(2 * day);
      expect(new Set(pending.map((entry) => entry.version)).size).toBe(1);
    });

    withMarks('are durable with the rows, and stay cleared after reopening', async (marks) => {
      await writeRows(
        under.store,
        [[seriesOf('m'), start, 1]],
        [{ series: seriesOf('m'), from: start, to: start }],
      );
      await mark('n', start + day, start + 2 * day);
      const before = await marks().pending(10);
      await under.reopen();
      const after = await marks().pending(10);
      expect(after.map(({ point, from, to }) => [point, from, to])).toEqual(
        before.map(({ point, from, to }) => [point, from, to]),
      );
      await marks().clear(after.filter((entry) => entry.point === 'a/m'));
      await under.reopen();
      expect(points(await marks().pending(10))).toEqual(['a/n']);
      await mark('m', start);
      expect(points(await marks().pending(10))).toEqual(['a/n', 'a/m']);
      await marks().clear(await marks().pending(10));
      await under.reopen();
      expect(await marks().pending(10)).toEqual([]);
      expect(await marks().backlog()).toEqual({ series: 0, oldestAt: null });
    });

    withMarks('of given series are told without taking them', async (marks) => {
      await mark('m', start, start + hour);
      await mark('n', start);
      const [entry, ...more] = await marks().pendingOf([seriesOf('m')]);
      expect(entry).toMatchObject({ point: 'a/m', quantity: 'electricity', from: start, to: start + hour });
      expect(more).toEqual([]);
      expect(await marks().pendingOf([seriesOf('none')])).toEqual([]);
      expect(points(await marks().pending(10))).toEqual(['a/m', 'a/n']);
    });

    withMarks('of rows that can be read are pending', async (marks) => {
      const { store } = under;
      const series = seriesOf('m');
      let writing = true;
      const seen: boolean[] = [];
      const reader = (async () => {
        while (writing) {
          const { ts } = await store.readings(series, start, start + day, 1_000);
          const newest = ts.at(-1);
          if (newest === undefined) continue;
          const pending = await marks().pendingOf([series]);
          seen.push(pending.some((entry) => entry.from <= newest && newest <= entry.to));
        }
      })();
      for (let index = 0; index < 60; index++) {
        const ts = start + index * minute;
        await writeRows(store, [[series, ts, index]], [{ series, from: ts, to: ts }]);
      }
      writing = false;
      await reader;
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.every(Boolean)).toBe(true);
    });

    withMarks('are counted by series, with the time since when the oldest waits', async (marks) => {
      expect(await marks().backlog()).toEqual({ series: 0, oldestAt: null });
      await mark('m', start);
      await mark('m', start + 40 * day);
      await mark('n', start);
      const { series, oldestAt } = await marks().backlog();
      expect(series).toBe(2);
      expect(oldestAt).not.toBeNull();
      await marks().clear((await marks().pending(10)).filter((entry) => entry.point === 'a/m'));
      const later = await marks().backlog();
      expect(later.series).toBe(1);
      expect(later.oldestAt ?? 0).toBeGreaterThanOrEqual(oldestAt ?? 0);
    });
  });
}
