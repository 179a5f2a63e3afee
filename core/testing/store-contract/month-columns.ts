// Month rollups of many series by column.
import { describe, expect, it } from 'vitest';
import type { PointKey } from '../../domain/topics.ts';
import type { TelemetryStore } from '../../store/port.ts';
import type { StoreUnderTest } from './place.ts';
import { always, change, day, rollupRow, start } from './rows.ts';

/** A row as `[place, ts, value, measuredMs, estimatedMs]`, in order of place and time; an unknown value is `null`. */
export type MonthRow = readonly [number, number, number | null, number, number];

export async function monthsOf(
  store: TelemetryStore,
  ...asked: Parameters<TelemetryStore['monthColumns']>
): Promise<MonthRow[]> {
  const { place, ts, value, measuredMs, estimatedMs, length } = await store.monthColumns(...asked);
  const at = (column: ArrayLike<number>, index: number) => column[index] as number;
  return Array.from({ length }, (_, index): MonthRow => {
    const known = Number.isNaN(at(value, index)) ? null : at(value, index);
    return [at(place, index), at(ts, index), known, at(measuredMs, index), at(estimatedMs, index)];
  }).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

export function monthColumnsContract(under: StoreUnderTest): void {
  const seriesOf = (point: PointKey) => under.store.series(point, 'electricity');
  const month = (index: number) => start + index * 31 * day;
  const all = { from: start, to: month(12) };

  describe('months by column', () => {
    it('come for each place that was asked for, with what is unknown, from [from, to) alone', async () => {
      const { store } = under;
      const [one, two, none] = [seriesOf('a/1'), seriesOf('a/2'), seriesOf('a/3')];
      const rows = [0, 1, 2].map((index) => rollupRow(month(index), index + 0.5, { estimatedMs: index }));
      const unknown = rollupRow(month(1), null, { measuredMs: 5 });
      await store.replaceRollups([
        change(one, { month: { ...all, rows }, day: { ...all, rows: [rollupRow(start, 99)] } }),
        change(two, { month: { ...all, rows: [unknown] } }),
      ]);
      const expected = [
        [0, month(1), null, 5, 0],
        [2, month(1), 1.5, rows[1]?.measuredMs, 1],
        [2, month(2), 2.5, rows[2]?.measuredMs, 2],
        [3, month(1), 1.5, rows[1]?.measuredMs, 1],
        [3, month(2), 2.5, rows[2]?.measuredMs, 2],
      ];
      expect(await monthsOf(store, [two, none, one, one], month(1), month(3))).toEqual(expected);
      expect(await monthsOf(store, [one], month(1), month(1))).toEqual([]);
      expect(await monthsOf(store, [one], month(2), month(1))).toEqual([]);
      expect(await monthsOf(store, [], always.from, always.to)).toEqual([]);
      expect(await monthsOf(store, [none], always.from, always.to)).toEqual([]);
    });

    it('follow what is replaced and taken back, also after reopening', async () => {
      const { store } = under;
      const one = seriesOf('a/1');
      const rows = [0, 1, 2].map((index) => rollupRow(month(index), index, { measuredMs: 1 }));
      await store.replaceRollups([change(one, { month: { ...all, rows } })]);
      const middle = { from: month(1), to: month(2) };
      await store.replaceRollups([change(one, { month: { ...middle, rows: [] } })]);
      await store.replaceRollups([
        change(one, { month: { from: start, to: month(1), rows: [rollupRow(start, 7, { measuredMs: 2 })] } }),
      ]);
      for (let round = 0; round < 2; round++) {
        expect(await monthsOf(under.store, [seriesOf('a/1')], always.from, always.to)).toEqual([
          [0, month(0), 7, 2, 0],
          [0, month(2), 2, 1, 0],
        ]);
        await under.reopen();
      }
    });

    it('come of thousands of series of several quantities at once', { timeout: 120_000 }, async () => {
      const { store } = under;
      const count = 6_000;
      const handles = Array.from({ length: count }, (_, index) =>
        store.series(`city/m${index}`, index % 3 === 0 ? 'water' : 'electricity'),
      );
      await store.replaceRollups(
        handles.map((series, index) =>
          change(series, { month: { ...all, rows: [rollupRow(start, index), rollupRow(month(3), -index)] } }),
        ),
      );
      const asked = handles.toReversed();
      const rows = await monthsOf(store, asked, start, month(4));
      expect(rows.length).toBe(2 * count);
      const wrong = rows.filter(([place, ts, value]) => {
        const index = count - 1 - place;
        return value !== (ts === start ? index : -index + 0);
      });
      expect(wrong).toEqual([]);
    });
  });
}
