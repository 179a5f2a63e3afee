// One pass after the other: reads marks, chooses series, follows them, clears the marks whose series are all followed.
// What stays behind is written down, so that no series starves and none holds the others back.
import { noFacts } from '../../core/domain/energy/facts.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { SeriesHandle, TelemetryStore } from '../../core/store/port.ts';
import { type Candidate, choose } from './choosing.ts';
import { dirtySeries, followedMarks, type ReadMarks } from './dirty.ts';
import { estimateReadings } from './estimate.ts';
import { FailingSeries } from './failing.ts';
import { GoneReadings } from './gone.ts';
import { Heads, type Remembered } from './heads.ts';
import type { RollupLimits } from './limits.ts';
import { monthsOf } from './months.ts';
import { LeaseLost, narrow } from './narrowing.ts';
import { type NewerChanges, newerChangesFrom } from './newer-changes.ts';
import { OldestReadings } from './oldest.ts';
import { Pass, type PassOptions } from './pass.ts';
import { MarkProgress } from './progress.ts';
import { ReadingShare } from './reading-share.ts';
import { type DirtySeries, worksOf } from './work.ts';

export interface FollowerOptions {
  readonly store: TelemetryStore;
  readonly registry: Pick<Registry, 'marks' | 'points' | 'rollupChanges'>;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits: RollupLimits;
  /** Asked right before each write: whether the lease is still held. */
  readonly mayWrite: () => Promise<boolean>;
  /** Whether there is other work, that passes must leave the machine to. */
  readonly busy: () => boolean;
  /** Whether to come to an end soon. */
  readonly stopping: () => boolean;
}

/** Series set aside that are tried again in one pass, each by itself. */
const retriesPerPass = 4;
/** Series of which nothing is remembered whose facts are read before a pass chooses. */
const lookedUpPerPass = 256;

export class Follower {
  readonly #options: FollowerOptions;
  readonly #heads: Heads;
  readonly #progress = new MarkProgress();
  readonly #failing: FailingSeries;
  readonly #shares: PassOptions['shares'];
  readonly #newer: NewerChanges;
  readonly #gone: GoneReadings;
  readonly #oldest: OldestReadings;
  readonly #passes: ReturnType<Metrics['counter']>;
  /** What the last pass took on and did not follow; never twice running, or it would stay behind the others. */
  #unfinished: ReadonlySet<SeriesHandle> = new Set();

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#heads = new Heads(options.limits.rememberedSeries);
    this.#failing = new FailingSeries(options.limits.seriesAside, options);
    this.#shares = { appended: new ReadingShare(options.limits), late: new ReadingShare(options.limits) };
    this.#newer = newerChangesFrom(options.store, options.registry);
    this.#gone = new GoneReadings(options);
    this.#oldest = new OldestReadings(options.store, options.limits.rememberedSeries);
    this.#passes = options.metrics.counter(
      'rollup_passes_total',
      'Passes of the rollup worker that changed rows.',
    );
  }

  /** Another process may have followed marks: what is remembered here may be behind. */
  forget(): void {
    this.#heads.clear();
    this.#oldest.clear();
    this.#progress.clear();
    this.#failing.clear();
    this.#unfinished = new Set();
  }

  /**
   * @returns whether anything was followed or cleared, so that another pass at once is worth while
   * @throws what made every series fail: an outage; all marks stay
   */
  async pass(): Promise<boolean> {
    const { store, limits, busy } = this.#options;
    const marks = await this.#readMarks();
    if (marks.registry.length + marks.data.length === 0) return false;
    this.#progress.begin(marks.registry);
    const aside = (series: SeriesHandle) => this.#failing.has(series);
    const dirty = dirtySeries(store, marks, this.#progress, limits.seriesPerPass, aside);
    const candidates = await this.#candidates(dirty.filter(({ series }) => !aside(series.handle)));
    const budget = busy() ? limits.readingsPerBusyPass : limits.readingsPerPass;
    const chosen = choose(candidates, this.#unfinished, budget);
    const retried = await this.#retry(dirty);
    // Right away: what follows may fail.
    if (retried.length > 0) await this.#clear(marks, retried);
    const followed = await this.#follow(chosen);
    const cleared = await this.#clear(marks, followed);
    const count = followed.length + retried.length;
    if (count > 0) this.#passes.inc();
    return count + cleared > 0;
  }

  /** Series set aside keep their marks in front of the others: that many more are asked for. */
  async #readMarks(): Promise<ReadMarks> {
    const { store, registry, limits } = this.#options;
    const series = limits.seriesPerPass + this.#failing.size;
    return {
      registry: await registry.marks.pending(series),
      data: (await store.marks?.pending(series)) ?? [],
    };
  }

  async #candidates(dirty: readonly DirtySeries[]): Promise<Candidate[]> {
    const now = this.#options.clock.now();
    const oldest = await this.#oldest.of(dirty);
    const looked = await this.#lookUp(dirty);
    return dirty.map((each, index) => {
      const from = oldest[index] ?? now;
      const { handle } = each.series;
      const readings = estimateReadings(
        each.changes,
        this.#heads.get(handle) ?? looked.get(handle),
        from,
        now,
      );
      return { dirty: each, oldest: from, readings };
    });
  }

  /** Facts of the first series of which nothing is remembered: without them a pass would take on too few, or too many. */
  async #lookUp(dirty: readonly DirtySeries[]): Promise<ReadonlyMap<SeriesHandle, Remembered>> {
    const unknown = dirty
      .filter(({ series }) => this.#heads.get(series.handle) === undefined)
      .slice(0, lookedUpPerPass)
      .map(({ series }) => series);
    if (unknown.length === 0) return new Map();
    // Facts that cannot be read are found out, and set aside, where their series is followed.
    const facts = await this.#options.registry.points.seriesFacts(unknown).catch(() => []);
    return new Map(
      unknown.map(({ handle }, index) => [handle, { facts: facts[index] ?? noFacts, head: undefined }]),
    );
  }

  async #follow(chosen: readonly Candidate[]): Promise<DirtySeries[]> {
    if (chosen.length === 0) return [];
    const { clock, log, stopping } = this.#options;
    const attempt = (part: readonly Candidate[]) => this.#attempt(part);
    const { results, failed, outage } = await narrow(chosen, attempt, stopping);
    for (const { work, error } of failed) this.#failing.failed(work.dirty, error, clock.now());
    if (outage !== undefined && results.length === 0) throw outage.error;
    if (outage !== undefined) log.warn({ err: outage.error }, 'rollups: a part of a pass failed for a while');
    const settled = new Set([...results, ...failed.map(({ work }) => work.dirty)]);
    const left = chosen.filter(({ dirty }) => !settled.has(dirty)).map(({ dirty }) => dirty.series.handle);
    this.#unfinished = new Set(left.filter((series) => !this.#unfinished.has(series)));
    const [first] = chosen;
    if (settled.size === 0 && first !== undefined && !stopping()) {
      // The first one fits whatever it needs. Whatever the reason is: it must not happen again and again.
      this.#failing.failed(first.dirty, new Error('a pass came to nothing'), clock.now());
    }
    return [...results];
  }

  /** Series set aside whose pause is over: each by itself. */
  async #retry(dirty: readonly DirtySeries[]): Promise<DirtySeries[]> {
    const { clock } = this.#options;
    const due = dirty
      .filter((each) => this.#failing.has(each.series.handle) && !this.#failing.waits(each, clock.now()))
      .slice(0, retriesPerPass);
    const followed: DirtySeries[] = [];
    for (const candidate of await this.#candidates(due)) {
      try {
        const done = await this.#attempt([candidate]);
        for (const each of done) this.#failing.followed(each);
        followed.push(...done);
      } catch (error) {
        if (error instanceof LeaseLost) throw error;
        this.#failing.failed(candidate.dirty, error, clock.now());
      }
    }
    return followed;
  }

  async #attempt(part: readonly Candidate[]): Promise<DirtySeries[]> {
    const { store, registry, calendar, limits, clock, mayWrite } = this.#options;
    const works = await worksOf(part, this.#heads, registry.points);
    const pass = new Pass({
      store,
      calendar,
      heads: this.#heads,
      shares: this.#shares,
      newer: this.#newer,
      gone: this.#gone,
      limits,
      now: clock.now(),
      mayWrite,
      stored: (changes) => registry.rollupChanges.note(monthsOf(changes, store)),
    });
    const { followed } = await pass.follow(works);
    return followed.map(({ dirty }) => dirty);
  }

  /** @returns how many marks were cleared. */
  async #clear(marks: ReadMarks, followed: readonly DirtySeries[]): Promise<number> {
    const { store, registry } = this.#options;
    const { registry: ofRegistry, data } = followedMarks(store, marks, this.#progress, followed);
    if (ofRegistry.length > 0) await registry.marks.clear(ofRegistry);
    if (data.length > 0) await store.marks?.clear(data);
    return ofRegistry.length + data.length;
  }
}
