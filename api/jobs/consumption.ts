// Consumption of every institution and building as series: what runs every few minutes, what every hour, what every night, and
// what follows changes of the past.
import type { RolledUp } from '../../core/registry/registry.ts';
import { type JobRun, NothingYet } from '../../core/runtime/scheduler.ts';
import type { SeriesHandle } from '../../core/store/port.ts';
import { type BoardJobDeps, ConsumptionWriter } from './consumption-writer.ts';
import { Followed } from './followed.ts';
import { oldestReading } from './oldest-reading.ts';
import { Remembered } from './remembered.ts';
import { Spans } from './spans.ts';
import { Windows } from './windows.ts';

export class ConsumptionJobs {
  readonly #deps: BoardJobDeps;
  readonly #writer: ConsumptionWriter;
  readonly #spans: Spans;
  readonly #followed: Followed;
  readonly #remembered = { recent: new Remembered(), periods: new Remembered(), whole: new Remembered() };
  /** Series whose past changed when `changes` looked last: what came of this month meanwhile comes after it. */
  #stillComing: ReadonlySet<SeriesHandle> = new Set();

  /** @param held rollups in memory at once; tests set fewer */
  constructor(deps: BoardJobDeps, held?: number) {
    this.#deps = deps;
    this.#spans = new Spans(deps.calendar);
    this.#writer = new ConsumptionWriter(deps, this.#spans, held);
    this.#followed = new Followed(deps.store);
  }

  /** Hours and days of today and the two days before. */
  async recent(run: JobRun): Promise<void> {
    const windows = this.#windows(run);
    const from = windows.recentFrom;
    const remembered = this.#remembered.recent;
    const anew = run.asked;
    await this.#writer.write({ run, plan: windows.recent(), from, keptFrom: from, remembered, anew });
  }

  /** Months and years, of last year and this. */
  async periods(run: JobRun): Promise<void> {
    const windows = this.#windows(run);
    const from = windows.periodsFrom;
    const remembered = this.#remembered.periods;
    const anew = run.asked;
    await this.#writer.write({ run, plan: windows.periods(), from, keptFrom: from, remembered, anew });
  }

  /**
   * Everything before: days, months and years since the beginning, hours of 24 months; all hours where it is not known what
   * changed meanwhile.
   * @throws NothingYet
   */
  async whole(run: JobRun): Promise<void> {
    const { registry, store } = this.#deps;
    const oldest = await oldestReading({ registry, store }, run.startedAt);
    if (oldest === undefined) throw new NothingYet('no reading was ever received of a registered point');
    const windows = this.#windows(run);
    const known = await this.#followed.read();
    // Asked before anything is read: what is noted from here on `changes` follows.
    const newest = await registry.rollupChanges.newest();
    const anew = run.asked || known === undefined;
    const { hoursFrom: keptFrom } = windows;
    const plan = windows.whole(oldest, anew);
    await this.#writer.write({ run, plan, from: 0, keptFrom, remembered: this.#remembered.whole, anew });
    await run.mayGoOn();
    await this.#followed.write(newest);
  }

  /**
   * What was received of months before the last days, since all was written: an import, a gateway that was cut off for
   * weeks. Hours too, however old.
   * @param others what else is written of these points; called before the run counts as done
   */
  async changes(run: JobRun, others: (points: ReadonlySet<string>) => Promise<void>): Promise<void> {
    const { registry, log } = this.#deps;
    const known = await this.#followed.read();
    // `history` comes first.
    if (known === undefined) return;
    const { seq, resync, changes } = await registry.rollupChanges.since(known);
    if (resync) {
      log.warn(
        'so much changed since series of boards were written last that it is not known what: history writes all anew at ' +
          'its next time, or now by: jieyue jobs run history',
      );
      await run.mayGoOn();
      await this.#followed.forget();
      return;
    }
    const windows = this.#windows(run);
    const coming = this.#seriesOf(changes.filter((change) => windows.isOfThePast(change)));
    const months = this.#monthsOf(coming, windows.recentFrom);
    if (months.size > 0) {
      const from = Math.min(...months.keys());
      const keptFrom = windows.recentFrom;
      await this.#writer.write({ run, plan: windows.changed(months), from, keptFrom, anew: true });
      const { store } = this.#deps;
      const points = [...coming.keys(), ...this.#stillComing].map((handle) => store.seriesOf(handle).point);
      await others(new Set(points));
    }
    if (seq !== known) {
      await run.mayGoOn();
      await this.#followed.write(seq);
    }
    this.#stillComing = new Set(coming.keys());
  }

  #seriesOf(past: readonly RolledUp[]): Map<SeriesHandle, RolledUp[]> {
    const found = new Map<SeriesHandle, RolledUp[]>();
    for (const change of past) {
      const handle = this.#deps.store.findSeries(change.point, change.quantity);
      if (handle !== undefined) found.set(handle, [...(found.get(handle) ?? []), change]);
    }
    return found;
  }

  /** By month. What came of this month before the last days is looked at twice, since an import ends with it. */
  #monthsOf(
    coming: ReadonlyMap<SeriesHandle, readonly RolledUp[]>,
    recentFrom: number,
  ): Map<number, Set<SeriesHandle>> {
    const { calendar } = this.#deps;
    const months = new Map<number, Set<SeriesHandle>>();
    const running = calendar.floor(recentFrom, 'month');
    for (const [handle, changes] of coming) {
      for (const { from, to } of changes) {
        const first = calendar.floor(from, 'month');
        for (const month of calendar.starts(first, Math.min(to, running), 'month'))
          addTo(months, month, handle);
      }
    }
    for (const handle of [...coming.keys(), ...this.#stillComing]) addTo(months, running, handle);
    return months;
  }

  #windows({ startedAt }: JobRun): Windows {
    return new Windows(this.#deps.calendar, this.#spans, startedAt);
  }
}

function addTo(map: Map<number, Set<SeriesHandle>>, month: number, handle: SeriesHandle): void {
  const set = map.get(month);
  if (set === undefined) map.set(month, new Set([handle]));
  else set.add(handle);
}
