// Follows dirty marks: one holder of the lease recomputes what changed and clears each mark at the version it read.
import { noFacts } from '../../core/domain/energy/facts.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Quantity } from '../../core/domain/units.ts';
import type { Lease, Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import { sleep } from '../../core/runtime/clock.ts';
import type { Service } from '../../core/runtime/lifecycle.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { Mark, MarkSource, Series, TelemetryStore } from '../../core/store/port.ts';
import { Heads } from './heads.ts';
import { type DirtySeries, Pass } from './pass.ts';
import { estimateReadings, mergeStretches, readingsBetween } from './pieces.ts';

export interface RollupWorkerOptions {
  readonly store: TelemetryStore;
  readonly registry: Pick<Registry, 'leases' | 'marks' | 'points'>;
  readonly calendar: Calendar;
  /** Names this process among the holders of the lease. */
  readonly holder: string;
  /** Pause between passes when there is nothing more to follow. */
  readonly everyMs: number;
  /** While this says true, passes leave most of the time to others. */
  readonly busy: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const leaseName = 'rollups';
/** Short: after a crash the next holder waits this long, and rollups are promised within ten seconds. */
const leaseMs = 6_000;
/** Series whose end is remembered: about 2 KB each. */
const rememberedSeries = 20_000;
/** Series whose marks a pass looks at, and readings that it then takes on at most (by estimate; one series at least). */
const seriesPerPass = 8_192;
const readingsPerPass = 400_000;
/** While there is other work, passes take this share of the time at most, but never rest longer than this. */
const busyShare = 0.15;
const longestBusyPauseMs = 4_000;
const busyCheckMs = 100;

export class RollupWorker implements Service {
  readonly name = 'rollups';
  readonly #options: RollupWorkerOptions;
  readonly #heads = new Heads(rememberedSeries);
  readonly #lag: ReturnType<Metrics['gauge']>;
  readonly #behind: ReturnType<Metrics['gauge']>;
  readonly #passes: ReturnType<Metrics['counter']>;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;
  #lease: Lease | undefined;
  #fence = -1;
  #backlog: { series: number; oldestAt: number | null } = { series: 0, oldestAt: null };

  constructor(options: RollupWorkerOptions) {
    this.#options = options;
    this.#lag = options.metrics.gauge(
      'rollup_lag_seconds',
      'Age of the oldest change that rollups do not show yet.',
    );
    this.#behind = options.metrics.gauge(
      'rollup_series_behind',
      'Series with changes that rollups do not show yet.',
    );
    Object.assign(this.#behind, { collect: () => this.#measureBacklog(options.clock.now()) });
    this.#passes = options.metrics.counter(
      'rollup_passes_total',
      'Passes of the rollup worker that changed rows.',
    );
  }

  async start(): Promise<void> {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    if (this.#lease !== undefined) await this.#options.registry.leases.release(this.#lease);
    this.#lease = undefined;
  }

  /** Series that wait, and since when; as of the last look. */
  get backlog(): { series: number; oldestAt: number | null } {
    return this.#backlog;
  }

  /** Follows all marks that are pending now; for tests and commands. @returns how many passes had work. */
  async settle(): Promise<number> {
    let passes = 0;
    while (await this.#pass()) passes++;
    return passes;
  }

  async #run(): Promise<void> {
    const { clock, log, everyMs, busy } = this.#options;
    while (!this.#stop.signal.aborted) {
      const startedAt = clock.now();
      let more = false;
      let failed = false;
      try {
        if (await this.#holdLease()) more = await this.#pass();
      } catch (error) {
        failed = true;
        log.error({ err: error }, 'rollups: a pass failed; its marks stay and are tried again');
      }
      const took = clock.now() - startedAt;
      await sleep(failed ? Math.max(1_000, everyMs) : more && !busy() ? 0 : everyMs, this.#stop.signal);
      await this.#yieldWhileBusy(took);
    }
  }

  /** Leaves the machine to ingest for a multiple of what the pass took, or until there is no other work. */
  async #yieldWhileBusy(took: number): Promise<void> {
    const { busy, everyMs } = this.#options;
    const until = Math.min(longestBusyPauseMs, took / busyShare) - everyMs;
    for (let waited = 0; waited < until && busy() && !this.#stop.signal.aborted; waited += busyCheckMs) {
      await sleep(busyCheckMs, this.#stop.signal);
    }
  }

  async #holdLease(): Promise<boolean> {
    const { registry, holder, clock } = this.#options;
    if (this.#lease !== undefined && this.#lease.expiresAt - clock.now() > (leaseMs * 2) / 3) return true;
    this.#lease = await registry.leases.acquire(leaseName, holder, leaseMs);
    if (this.#lease !== undefined && this.#lease.fence !== this.#fence) {
      // Another holder may have followed marks in between: what is remembered here may be behind.
      this.#heads.clear();
      this.#fence = this.#lease.fence;
    }
    return this.#lease !== undefined;
  }

  /** The fence: a worker that stood still for longer than its lease must not write over a successor. */
  async #mayWrite(): Promise<boolean> {
    const { registry, holder } = this.#options;
    const lease = this.#lease;
    if (lease === undefined || (await registry.leases.holds(lease))) return true;
    // It ran out. The fence rises with every holder: if it rose once, by us, nobody was between.
    const again = await registry.leases.acquire(leaseName, holder, leaseMs);
    if (again === undefined || again.fence > lease.fence + 1) return false;
    this.#lease = again;
    this.#fence = again.fence;
    return true;
  }

  /** @returns whether there was anything to do. */
  async #pass(): Promise<boolean> {
    const { store, registry, calendar, clock } = this.#options;
    const factMarks = await registry.marks.pending(seriesPerPass);
    const dataMarks = (await store.marks?.pending(seriesPerPass)) ?? [];
    await this.#measureBacklog(clock.now());
    if (factMarks.length + dataMarks.length === 0) return false;

    const dirty = this.#dirtySeries([...factMarks, ...dataMarks]);
    for (const mark of factMarks) {
      // An edited fact or a correction: what is remembered rests on the facts before. (An engine without marks of its
      // own has its data marks here too; those name a quantity, and facts do not.)
      if (mark.quantity !== null && store.marks === undefined) continue;
      for (const series of this.#seriesOf(store, mark)) this.#heads.forget(series.handle);
    }
    await this.#rememberFacts(dirty.map(({ series }) => series));
    const oldest = await store.oldestTs(dirty.map(({ series }) => series.handle));
    const taken = this.#upToBudget(dirty, oldest, clock.now());
    const result = await new Pass(store, calendar, this.#heads, () => this.#mayWrite()).follow(taken);
    await this.#clear(registry.marks, factMarks, result.followed);
    if (store.marks !== undefined) await this.#clear(store.marks, dataMarks, result.followed);
    this.#passes.inc();
    return true;
  }

  #dirtySeries(marks: readonly Mark[]): DirtySeries[] {
    const { store } = this.#options;
    const bySeries = new Map<number, { series: Series; changes: { from: number; to: number }[] }>();
    for (const mark of marks) {
      for (const series of this.#seriesOf(store, mark)) {
        const entry = bySeries.get(series.handle) ?? { series, changes: [] };
        entry.changes.push({ from: mark.from, to: mark.to });
        bySeries.set(series.handle, entry);
      }
    }
    return [...bySeries.values()].map(({ series, changes }) => ({
      series,
      changes: mergeStretches(changes),
    }));
  }

  #seriesOf(
    store: TelemetryStore,
    { point, quantity }: { point: PointKey; quantity: Quantity | null },
  ): readonly Series[] {
    if (quantity === null) return store.seriesOfPoint(point);
    const handle = store.findSeries(point, quantity);
    return handle === undefined ? [] : [store.seriesOf(handle)];
  }

  async #rememberFacts(all: readonly Series[]): Promise<void> {
    const unknown = all.filter((series) => this.#heads.get(series.handle) === undefined);
    if (unknown.length === 0) return;
    const facts = await this.#options.registry.points.seriesFacts(unknown);
    for (const [index, series] of unknown.entries()) {
      const known = facts[index];
      if (known !== undefined) this.#heads.set(series.handle, { facts: known, head: undefined });
    }
  }

  /** Clears the marks whose series are all followed. */
  async #clear(source: MarkSource, marks: readonly Mark[], followed: readonly Series[]): Promise<void> {
    const done = new Set(followed.map((series) => series.handle));
    const cleared = marks.filter((mark) =>
      this.#seriesOf(this.#options.store, mark).every((series) => done.has(series.handle)),
    );
    if (cleared.length > 0) await source.clear(cleared);
  }

  async #measureBacklog(now: number): Promise<void> {
    const { store, registry } = this.#options;
    const [facts, data] = [await registry.marks.backlog(), await store.marks?.backlog()];
    const oldest = [facts.oldestAt, data?.oldestAt ?? null].filter((at) => at !== null);
    this.#backlog = {
      series: facts.series + (data?.series ?? 0),
      oldestAt: oldest.length > 0 ? Math.min(...oldest) : null,
    };
    this.#behind.set(this.#backlog.series);
    this.#lag.set(this.#backlog.oldestAt === null ? 0 : Math.max(0, now - this.#backlog.oldestAt) / 1000);
  }

  /** The series that wait longest, as many as the budget of readings allows; the others keep their marks. */
  #upToBudget(
    dirty: readonly DirtySeries[],
    oldest: readonly (number | undefined)[],
    now: number,
  ): readonly DirtySeries[] {
    let readings = 0;
    const count = dirty.findIndex((each, index) => {
      readings += this.#estimate(each, oldest[index] ?? now, now);
      return readings > readingsPerPass;
    });
    return count === -1 ? dirty : dirty.slice(0, Math.max(1, count));
  }

  #estimate({ series, changes }: DirtySeries, oldest: number, now: number): number {
    const memory = this.#heads.get(series.handle);
    const last = memory?.head?.scan.lastTs;
    const facts = memory?.facts ?? noFacts;
    const appended = last !== undefined && (changes[0]?.from ?? 0) > last;
    // Appended: nothing is looked back for.
    if (appended) return Math.max(1, readingsBetween(last, changes.at(-1)?.to ?? last, facts));
    return estimateReadings(changes, facts, oldest, now);
  }
}
