// Follows positions: one holder of the lease makes trips and findings of what changed, and clears each mark at the version it read.

import { silenceDefaults } from '../../core/domain/fleet/findings/standing.ts';
import { orderDefaults } from '../../core/domain/fleet/orders/tolerances.ts';
import { type Calendar, dayMs, hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import { noticedYears } from '../../core/domain/workdays.ts';
import type { Fitted } from '../../core/registry/fleet-contracts.ts';
import type { Lease, PositionMark, Registry } from '../../core/registry/registry.ts';
import type { FleetFinding } from '../../core/registry/track-contracts.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import { sleep } from '../../core/runtime/clock.ts';
import type { FleetConfig } from '../../core/runtime/fleet-config.ts';
import type { Service } from '../../core/runtime/lifecycle.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { leftAfterMs } from '../announcement.ts';
import { judgedByText, judgedFrom } from './judged-by.ts';
import { NoticeWatch } from './notice-watch.ts';
import { FleetRules } from './rules.ts';
import { Strangers } from './strangers.ts';
import { Tenure } from './tenure.ts';
import { TrackFollower } from './track-follower.ts';
import { TrackReads } from './track-reads.ts';

export interface FleetWorkerOptions {
  readonly store: Pick<TelemetryStore, 'positions' | 'tracks' | 'latestPositions'>;
  readonly registry: Pick<
    Registry,
    | 'alarms'
    | 'leases'
    | 'marks'
    | 'positionMarks'
    | 'tracks'
    | 'fleet'
    | 'facts'
    | 'institutions'
    | 'revision'
  >;
  readonly config: FleetConfig;
  readonly calendar: Calendar;
  /** Names this process among the holders of the lease. */
  readonly holder: string;
  /** Pause between passes when there is nothing more to follow; default 2 s. */
  readonly everyMs?: number | undefined;
  /** Positions of a terminal that are looked at together, at least; see `TrackFollower`. */
  readonly portionRows?: number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const leaseName = 'tracks';
const leaseMs = 15_000;
const defaultEveryMs = 2_000;
/** Terminals of one pass, which are followed side by side where their positions are read together. */
const terminalsAtOnce = 100;
/** A car that drives is followed again this long after it was, at the soonest: its trip goes on anyway. */
const restMs = 10_000;
/** … or so many times what following it took: a car on an order of weeks has weeks to look at. */
const restTimes = 20;
/** How often the length of a silence that goes on is told anew. */
const silenceEveryMs = hourMs;
/** Terminals of one pass that may fail before the pass is given up. */
const faultsAtMost = 5;
/** How often it is looked for what time alone changes. */
const timeEveryMs = 5 * 60_000;
/** How often it is asked whether a process died between announcing marks and confirming them. */
const leftEveryMs = 10_000;
const failedPauseMs = 2_000;
/** Facts reach back: an order allows what was shortly before it. */
const factsReachMs = 2 * hourMs;

export class FleetWorker implements Service {
  readonly name = 'tracks';
  readonly #options: FleetWorkerOptions;
  readonly #rules: FleetRules;
  readonly #reads: TrackReads;
  readonly #follower: TrackFollower;
  readonly #behind: ReturnType<Metrics['gauge']>;
  readonly #lag: ReturnType<Metrics['gauge']>;
  readonly #looked: ReturnType<Metrics['counter']>;
  readonly #unfollowed: ReturnType<Metrics['counter']>;
  readonly #tenure: Tenure;
  readonly #notices: NoticeWatch;
  readonly #unknown: ReturnType<Metrics['gauge']>;
  readonly #strangers: Strangers;
  readonly #stop = new AbortController();
  /** Until when each terminal is left alone. */
  readonly #restsUntil = new Map<PointKey, number>();
  /** Terminals of which positions came in, and when that was seen last. */
  readonly #heardAt = new Map<PointKey, number>();
  /** The position after which a terminal was looked at for its silence, how long that had lasted, and when. */
  readonly #silent = new Map<
    PointKey,
    { readonly ts: number; readonly stage: number; readonly at: number }
  >();
  #loop: Promise<void> | undefined;
  /** By its configuration: told to the registry. */
  #judges = false;
  #askedForLeftAt = Number.NEGATIVE_INFINITY;
  #timeLookedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(options: FleetWorkerOptions) {
    this.#options = options;
    const { metrics, clock, registry, holder } = options;
    this.#tenure = new Tenure({ leases: registry.leases, name: leaseName, holder, leaseMs, clock });
    this.#rules = new FleetRules({ ...options, now: () => clock.now() });
    this.#notices = new NoticeWatch(options);
    const { signal } = this.#stop;
    this.#reads = new TrackReads(options.store);
    const [reads, rules, now] = [this.#reads, this.#rules, () => clock.now()];
    this.#follower = new TrackFollower({ ...options, reads, rules, now, signal });
    this.#behind = metrics.gauge('tracks_behind', 'Terminals whose trips do not show all positions yet.');
    this.#lag = metrics.gauge('tracks_lag_seconds', 'Age of the oldest position that trips do not show yet.');
    this.#looked = metrics.counter('tracks_positions_total', 'Positions that were looked at to make trips.');
    this.#unknown = metrics.gauge('fleet_terminals_without_car', 'Terminals that report and are in no car.');
    this.#strangers = new Strangers(options.registry.alarms);
    this.#unfollowed = metrics.counter(
      'tracks_failed_total',
      'Terminals that could not be followed; tried again.',
    );
  }

  async start(): Promise<void> {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    await this.#tenure.release();
  }

  /** Follows all marks that there are now, without rests; for tests and commands. */
  async settle(): Promise<void> {
    this.#restsUntil.clear();
    await this.#judgeByConfig();
    while (await this.#pass(true));
  }

  async #run(): Promise<void> {
    const { everyMs = defaultEveryMs } = this.#options;
    while (!this.#stop.signal.aborted) {
      let more = false;
      let pause = everyMs;
      try {
        if (await this.#tenure.acquire()) {
          this.#notices.look();
          await this.#judgeByConfig();
          await this.#lookAtTime();
          more = await this.#pass(false);
        }
        this.#over();
      } catch (error) {
        this.#failed(error);
        pause = Math.max(failedPauseMs, everyMs);
      }
      await sleep(more ? 0 : pause, this.#stop.signal);
    }
  }

  /** Tracks that were judged by another configuration are marked, once. */
  async #judgeByConfig(): Promise<void> {
    if (this.#judges) return;
    const { registry, config, calendar, log } = this.#options;
    const now = judgedByText(config, noticedYears());
    const before = await registry.tracks.judgedBy();
    const from = judgedFrom(before, now, calendar);
    if (from !== null) {
      await registry.tracks.judgeBy(now, from);
      if (before !== null)
        log.info({ from: calendar.format(from) }, 'tracks are judged anew by the configuration');
    }
    this.#judges = true;
  }

  /** @returns whether there is more to follow at once */
  async #pass(all: boolean): Promise<boolean> {
    const { registry, clock } = this.#options;
    await this.#confirmLeft();
    const pending = await registry.positionMarks.pending(terminalsAtOnce);
    await this.#measure();
    const byTerminal = new Map<PointKey, PositionMark[]>();
    for (const mark of pending)
      byTerminal.set(mark.terminal, [...(byTerminal.get(mark.terminal) ?? []), mark]);
    const due: { terminal: PointKey; marks: PositionMark[] }[] = [];
    const now = clock.now();
    for (const [terminal, marks] of byTerminal) {
      if (marks.some(({ facts }) => !facts)) this.#heardAt.set(terminal, now);
      if (all || now >= (this.#restsUntil.get(terminal) ?? now)) due.push({ terminal, marks });
    }
    let followed = 0;
    const faults: unknown[] = [];
    const beside = this.#reads.areShared ? due.length : 1;
    const follow = async ({ terminal, marks }: (typeof due)[number]) => {
      if (this.#stop.signal.aborted || !(await this.#tenure.hold())) return;
      const began = clock.now();
      try {
        const changed = Math.min(...marks.map(({ from, facts }) => (facts ? from - factsReachMs : from)));
        if (await this.#follow(terminal, changed, marks, beside)) followed++;
      } catch (error) {
        // One car that cannot be followed holds up no other; it is tried again after its rest. Several: it is not the cars.
        faults.push(error);
        this.#unfollowed.inc();
        if (all || faults.length >= faultsAtMost) throw error;
        this.#options.log.warn({ err: error, terminal }, 'tracks: a terminal could not be followed');
      }
      const ended = clock.now();
      const rest = Math.max(restMs, (restTimes * (ended - began)) / beside);
      this.#restsUntil.set(terminal, ended + rest);
    };
    if (beside > 1) await this.#reads.together(due, follow);
    else for (const one of due) await follow(one);
    if (followed === 0 && faults.length > 0) throw faults[0];
    return followed > 0;
  }

  /** @returns whether it is done, and its marks forgotten; not where somebody else held the lease meanwhile */
  async #follow(
    terminal: PointKey,
    changedTs: number,
    marks: readonly PositionMark[] = [],
    beside = 1,
  ): Promise<boolean> {
    const { positionMarks } = this.#options.registry;
    const looked = await this.#follower.follow(terminal, changedTs, this.#tenure, beside);
    if (looked === null) return false;
    this.#looked.inc(looked);
    const { lease } = this.#tenure;
    return (
      marks.length === 0 || (await this.#tenure.write(lease, (held) => positionMarks.clear(marks, held)))
    );
  }

  /** What time alone changes: terminals that fell silent, orders that ended and were not driven. */
  async #lookAtTime(): Promise<void> {
    const { store, registry, config, clock } = this.#options;
    const now = clock.now();
    if (now - this.#timeLookedAt < timeEveryMs) return;
    const since = Number.isFinite(this.#timeLookedAt) ? this.#timeLookedAt : now - hourMs;
    const { lease: begun } = this.#tenure;
    const fitted = await this.#rules.terminals();
    const newest = await store.latestPositions(fitted.map(({ terminal }) => terminal));
    const limits = [silenceDefaults.drivingLimitMs, config.silentHours * hourMs];
    for (const [index, fit] of fitted.entries()) {
      const { terminal } = fit;
      const ts = newest[index]?.ts;
      const stage = limits.filter((limit) => now - (ts ?? fit.from) > limit).length;
      const known = this.#silent.get(terminal);
      const isTold = known?.ts === (ts ?? 0) && known.stage === stage && now - known.at < silenceEveryMs;
      if (stage === 0 || isTold) continue;
      if (!(await this.#tenure.hold())) return;
      if (ts !== undefined) await this.#follow(terminal, ts);
      else if (stage === limits.length) await this.#neverHeard(fit, now, begun);
      this.#silent.set(terminal, { ts: ts ?? 0, stage, at: now });
    }
    const { lateMs } = orderDefaults;
    const orders = await registry.fleet.orders.list({ from: since - lateMs - hourMs, to: now });
    const ended = orders.filter(({ value: { to } }) => to + lateMs > since && to + lateMs <= now);
    for (const { vehicle, terminal } of fitted) {
      const due = ended.filter(({ value }) => value.vehicle === vehicle).map(({ value }) => value.from);
      if (due.length > 0 && !(await this.#follow(terminal, Math.min(...due) - factsReachMs))) return;
    }
    const known = new Set(fitted.map(({ terminal }) => terminal));
    for (const [terminal, at] of this.#heardAt) if (now - at > dayMs) this.#heardAt.delete(terminal);
    this.#unknown.set(await this.#strangers.tell(this.#heardAt.keys(), known, now));
    this.#timeLookedAt = now;
  }

  /** A terminal that never said anything is silent since it was fitted; the finding gives way to what it then says. */
  async #neverHeard(
    { terminal, vehicle, from: start }: Fitted,
    end: number,
    begun: Lease | undefined,
  ): Promise<void> {
    const { registry, config } = this.#options;
    // Where positions are deleted, what was found of them stays.
    const said = await registry.tracks.segments({ terminals: [terminal], from: 0, to: end, limit: 1 });
    if (said.length > 0) return;
    const silent: FleetFinding = {
      kind: 'silent',
      start,
      end,
      peak: (end - start) / 60_000,
      limit: config.silentHours * 60,
      evidence: [],
      orders: [],
      noted: false,
      open: true,
    };
    const findings = [{ ...silent, vehicle }];
    const change = { segmentsFrom: end, segments: [], findingsFrom: start, findings };
    await this.#tenure.write(begun, (held) => registry.tracks.replace(terminal, change, held));
  }

  /** Positions whose process died before it could confirm their marks are followed all the same. */
  async #confirmLeft(): Promise<void> {
    const { registry, clock } = this.#options;
    const now = clock.now();
    if (now - this.#askedForLeftAt < leftEveryMs) return;
    this.#askedForLeftAt = now;
    await registry.marks.confirmLeft(now - leftAfterMs);
  }

  async #measure(): Promise<void> {
    const { registry, clock } = this.#options;
    const { terminals, oldestAt } = await registry.positionMarks.backlog();
    this.#behind.set(terminals);
    this.#lag.set(oldestAt === null ? 0 : Math.max(0, clock.now() - oldestAt) / 1000);
  }

  #failed(error: unknown): void {
    const failures = ++this.#failures;
    if ((failures & (failures - 1)) !== 0) return;
    this.#options.log.error(
      { err: error, failures },
      'tracks: a pass failed; its marks stay and are tried again',
    );
  }

  #over(): void {
    if (this.#failures > 0)
      this.#options.log.info({ failures: this.#failures }, 'tracks: passes succeed again');
    this.#failures = 0;
  }
}
