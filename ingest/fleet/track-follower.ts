// One terminal's track, followed from a change on: its trips, stops and gaps, and what is found in them. A function of what store and
// registry hold: however often and in whatever order it is called, the outcome is that of a computation from scratch.

import { orderDefaults } from '../../core/domain/fleet/orders/tolerances.ts';
import { between, firstAt, joined, picked, type Track } from '../../core/domain/fleet/track/columns.ts';
import { filterDefaults, reasons } from '../../core/domain/fleet/track/filter.ts';
import type { Segment } from '../../core/domain/fleet/trips/model.ts';
import { scan } from '../../core/domain/fleet/trips/scan.ts';
import { tripDefaults } from '../../core/domain/fleet/trips/thresholds.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { FleetFinding } from '../../core/registry/track-contracts.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { judge } from './judge.ts';
import { orderReach, reachMs } from './order-reach.ts';
import { continued, isCut, resumption, resumptionAfter, withAnchor } from './resume.ts';
import type { FleetRules } from './rules.ts';
import type { Tenure } from './tenure.ts';
import { TrackDraft } from './track-draft.ts';
import { TrackReads } from './track-reads.ts';
import { type Verdicts, verdictsOf } from './verdicts.ts';

export interface TrackFollowerOptions {
  readonly store: Pick<TelemetryStore, 'positions' | 'tracks'>;
  readonly registry: Pick<Registry, 'tracks'>;
  /** Where several are followed side by side; default: of the store, for this one alone. */
  readonly reads?: TrackReads | undefined;
  readonly rules: Pick<FleetRules, 'of' | 'approved'>;
  readonly now: () => number;
  /** Ends a long one between two portions: nothing is stored. */
  readonly signal?: AbortSignal | undefined;
  /** Positions that are looked at together, at least; default 150 000. */
  readonly portionRows?: number | undefined;
}

interface Portion {
  readonly looked: number;
  /** Where the next one begins; `undefined`: there is none. */
  readonly next: number | undefined;
}

/** Positions that are asked for at once. */
const pageRows = 25_000;
/** Some 30 MB, with all that is made of them. */
const defaultPortionRows = 150_000;
/** Of all that are followed side by side; some 70 MB. */
const mostRows = 1_200_000;
/** Some days of a car: less would be looked back upon too often. */
const leastPortionRows = 12_000;
/** A clock that is ahead by less is taken, as ingest does. */
const aheadMs = 10 * 60_000;
/** Where a settled stop is looked for first; a car that never stands for so long is looked at as a whole. */
const lookBackMs = 14 * dayMs;
/** An order is judged with tolerances of an hour, an episode with what was just before it. */
const contextMs = 2 * hourMs;
/** Trips that an order may belong to begin no earlier before it. */
const tripsBeforeMs = 2 * dayMs;
const latest = 8_640_000_000_000_000;

export class TrackFollower {
  readonly #options: TrackFollowerOptions;
  readonly #reads: TrackReads;

  constructor(options: TrackFollowerOptions) {
    this.#options = options;
    this.#reads = options.reads ?? new TrackReads(options.store);
  }

  /**
   * A long track is followed portion by portion, each from where the one before is settled, as if its positions had come in so.
   * @param changedTs of the earliest position, or moment, of which something changed
   * @param tenure under which it is stored
   * @param beside how many are followed side by side, this one counted: portions are the smaller, so that together they hold no more
   * @returns how many positions were looked at; `null`: nothing is stored, since the lease went to somebody else, or all is to end
   */
  async follow(terminal: PointKey, changedTs: number, tenure?: Tenure, beside = 1): Promise<number | null> {
    const { portionRows = defaultPortionRows } = this.#options;
    const rows = Math.min(portionRows, Math.max(leastPortionRows, Math.floor(mostRows / beside)));
    const begun = tenure?.lease;
    const draft = new TrackDraft(this.#options.registry.tracks, terminal);
    const until = this.#options.now();
    let looked = 0;
    for (let from: number | undefined = changedTs; from !== undefined; ) {
      const portion: Portion = await this.#portion(terminal, draft, { from, now: until, rows }, tenure);
      looked += portion.looked;
      if (this.#options.signal?.aborted && portion.next !== undefined) return null;
      from = portion.next;
    }
    if (looked === 0) return 0;
    const isStored = await (tenure?.write(begun, (lease) => draft.store(lease)) ?? draft.store(undefined));
    return isStored ? looked : null;
  }

  /** From a change on, as far as a portion goes. */
  async #portion(
    terminal: PointKey,
    draft: TrackDraft,
    { from: changedTs, now, rows }: { from: number; now: number; rows: number },
    tenure: Tenure | undefined,
  ): Promise<Portion> {
    let known = await planned(draft, changedTs, changedTs - lookBackMs);
    if (known.resume.boundary === undefined) known = await planned(draft, changedTs, 0);
    const touching = known.resume.stop?.start ?? changedTs;
    const wanted = await this.#findingsFrom(terminal, draft, touching - contextMs, now);
    if (wanted - tripsBeforeMs < known.from) known = await planned(draft, changedTs, wanted - tripsBeforeMs);
    const { segments: stored, resume: before } = known;
    const scanFrom = before.boundary?.anchor.ts ?? 0;
    const asked = Math.min(scanFrom, wanted - contextMs);
    const { track, next } = await this.#track(terminal, [asked, changedTs, now + aheadMs], rows, tenure);
    const first = track.ts[0];
    if (first === undefined) return { looked: 0, next };
    const until = Math.min(now, next ?? now);
    // What lies before the positions that are still there stays as it was found.
    const cut = isCut(stored, before, asked, first);
    const { boundary, stop, kept } = cut ? resumptionAfter(stored, before, first) : before;
    const findingsFrom = cut ? Math.max(wanted, first) : wanted;
    const options = { ...filterDefaults, latest: now + aheadMs };
    const from = boundary?.anchor.ts ?? 0;
    const whole = boundary === undefined ? track : withAnchor(between(track, from, latest), boundary.anchor);
    const { segments: scanned, marks: judged } = scan(whole, options, tripDefaults, boundary);
    const segmentsFrom =
      stop?.start ??
      (cut ? (stored.find(({ end }) => end >= first)?.start ?? first) : Math.min(changedTs, first));
    const segments = (
      stop !== undefined && stop.anchor.ts < first ? continued(scanned, stop) : scanned
    ).filter(({ start }) => start >= segmentsFrom);
    const all = [...kept.filter(({ end }) => end >= findingsFrom - tripsBeforeMs), ...segments];
    const found = await this.#findings(
      terminal,
      track,
      verdictsOf(track, whole, judged, options),
      all,
      findingsFrom,
      until,
    );
    const findings = cut ? without(found, await draft.findings(first, first), first) : found;
    draft.replace({ segmentsFrom, segments, findingsFrom, findings });
    return { looked: track.length, next };
  }

  /** Findings that go on at `from`, and orders that reach into what comes after it, are looked at again from their beginning. */
  async #findingsFrom(terminal: PointKey, draft: TrackDraft, from: number, until: number): Promise<number> {
    const orders = await this.#options.rules.approved(terminal, from - reachMs, until);
    const isNear = orders.some((order) => order.to + orderDefaults.lateMs > from && order.from < from);
    const trips = isNear ? await draft.segments(from - reachMs, latest, ['trip']) : [];
    const reach = orderReach(from, orders, trips);
    const going = await draft.findings(reach, reach + 1);
    return going.reduce((least, { start }) => Math.min(least, start), reach);
  }

  /**
   * Positions of [from, to): a portion of those from `changedTs` on at most. What is looked at again before them is held against what is
   * new: the further it reaches back, the larger the portion, so that the whole costs a few times itself.
   */
  async #track(
    terminal: PointKey,
    [from, changedTs, to]: readonly [number, number, number],
    rows: number,
    tenure: Tenure | undefined,
  ): Promise<{ readonly track: Track; readonly next: number | undefined }> {
    const pages: Track[] = [];
    let [again, fresh] = [0, 0];
    for (let begin = from; ; ) {
      const { track, next } = await this.#reads.page(terminal, begin, to, Math.min(pageRows, rows));
      await tenure?.hold();
      pages.push(track);
      const repeated = firstAt(track.ts, changedTs);
      again += repeated;
      fresh += track.length - repeated;
      if (next === undefined || fresh >= Math.max(rows, again)) return { track: joined(pages), next };
      begin = next;
    }
  }

  async #findings(
    terminal: PointKey,
    track: Track,
    marks: Verdicts,
    segments: readonly Segment[],
    findingsFrom: number,
    until: number,
  ): Promise<(FleetFinding & { vehicle: string | null })[]> {
    const good = some(track, marks.good);
    const heard = some(track, heardOf(marks));
    const from = Math.min(findingsFrom, track.ts[0] ?? findingsFrom);
    const found: (FleetFinding & { vehicle: string })[] = [];
    for (const { vehicle, from: begin, to: end, rules } of await this.#options.rules.of(
      terminal,
      from,
      until,
    )) {
      const stretch = {
        good: between(good, begin, end),
        heard: between(heard, begin, end),
        segments: segments.filter(({ start }) => start >= begin && start < end),
        until: Math.min(until, end),
      };
      for (const finding of judge(stretch, rules))
        if (finding.start >= findingsFrom) found.push({ ...finding, vehicle });
    }
    return found;
  }
}

/** Where the scan begins again: the last stop that was settled before the change, of what is known from `from` on. */
async function planned(draft: TrackDraft, changedTs: number, from: number) {
  const segments = await draft.segments(from, latest);
  return { from, segments, resume: resumption(segments, changedTs) };
}

/** Without those that are the rest of a finding which began where positions are deleted. */
function without<Some extends FleetFinding>(
  found: readonly Some[],
  touching: readonly FleetFinding[],
  first: number,
): readonly Some[] {
  const over = touching.filter(({ start }) => start < first);
  return found.filter(({ kind, start }) => !over.some((each) => each.kind === kind && start <= each.end));
}

/** Reasons for which a position is not where the car was, but its time is believed. */
const spoken = new Set(
  ['good', 'zero', 'no-fix', 'few-satellites', 'stale-fix', 'jump'].map((word) =>
    (reasons as readonly string[]).indexOf(word),
  ),
);

function heardOf({ reasons: verdicts }: Verdicts): Uint32Array {
  const indices = new Uint32Array(verdicts.length);
  let length = 0;
  for (let index = 0; index < verdicts.length; index++)
    if (spoken.has(verdicts[index] ?? -1)) indices[length++] = index;
  return indices.subarray(0, length);
}

/** No copy of all. */
function some(track: Track, indices: Uint32Array): Track {
  return indices.length === track.length ? track : picked(track, indices);
}
