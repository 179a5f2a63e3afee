// One terminal's track, followed from a change on: its trips, stops and gaps, and what is found in them. A function of what store and
// registry hold: however often and in whatever order it is called, the outcome is that of a computation from scratch.

import { orderDefaults } from '../../core/domain/fleet/orders/tolerances.ts';
import { between, joined, picked, type Track, trackOf } from '../../core/domain/fleet/track/columns.ts';
import { filterDefaults, type Marks, marksOf, reasons } from '../../core/domain/fleet/track/filter.ts';
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

export interface TrackFollowerOptions {
  readonly store: Pick<TelemetryStore, 'positions'>;
  readonly registry: Pick<Registry, 'tracks'>;
  readonly rules: Pick<FleetRules, 'of' | 'approved'>;
  readonly now: () => number;
}

/** Positions that are asked for at once. */
const pageRows = 100_000;
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

  constructor(options: TrackFollowerOptions) {
    this.#options = options;
  }

  /** @param changedTs of the earliest position, or moment, of which something changed. @returns how many positions were looked at */
  async follow(terminal: PointKey, changedTs: number): Promise<number> {
    const { registry, now } = this.#options;
    const until = now();
    let known = await this.#planned(terminal, changedTs, changedTs - lookBackMs);
    if (known.resume.boundary === undefined) known = await this.#planned(terminal, changedTs, 0);
    const touching = known.resume.stop?.start ?? changedTs;
    const wanted = await this.#findingsFrom(terminal, touching - contextMs, until);
    if (wanted - tripsBeforeMs < known.from)
      known = await this.#planned(terminal, changedTs, wanted - tripsBeforeMs);
    const { segments: stored, resume: planned } = known;
    const scanFrom = planned.boundary?.anchor.ts ?? 0;
    const asked = Math.min(scanFrom, wanted - contextMs);
    const track = await this.#track(terminal, asked, until + aheadMs);
    const first = track.ts[0];
    if (first === undefined) return 0;
    // What lies before the positions that are still there stays as it was found.
    const cut = isCut(stored, planned, asked, first);
    const { boundary, stop, kept } = cut ? resumptionAfter(stored, planned, first) : planned;
    const findingsFrom = cut ? Math.max(wanted, first) : wanted;
    const options = { ...filterDefaults, latest: until + aheadMs };
    const from = boundary?.anchor.ts ?? 0;
    const whole = boundary === undefined ? track : withAnchor(between(track, from, latest), boundary.anchor);
    const scanned = scan(whole, options, tripDefaults, boundary).segments;
    const segmentsFrom =
      stop?.start ??
      (cut ? (stored.find(({ end }) => end >= first)?.start ?? first) : Math.min(changedTs, first));
    const segments = (
      stop !== undefined && stop.anchor.ts < first ? continued(scanned, stop) : scanned
    ).filter(({ start }) => start >= segmentsFrom);
    const all = [...kept.filter(({ end }) => end >= findingsFrom - tripsBeforeMs), ...segments];
    const found = await this.#findings(terminal, track, marksOf(track, options), all, findingsFrom, until);
    const findings = cut ? await this.#without(terminal, found, first) : found;
    await registry.tracks.replace(terminal, { segmentsFrom, segments, findingsFrom, findings });
    return track.length;
  }

  /** Where the scan begins again: the last stop that was settled before the change, of what is stored from `from` on. */
  async #planned(terminal: PointKey, changedTs: number, from: number) {
    const stored = await this.#options.registry.tracks.segments({ terminals: [terminal], from, to: latest });
    const segments: Segment[] = stored.map(({ segment }) => segment);
    return { from, segments, resume: resumption(segments, changedTs) };
  }

  /** Without those that are the rest of a finding which began where positions are deleted. */
  async #without<Some extends FleetFinding>(
    terminal: PointKey,
    found: readonly Some[],
    first: number,
  ): Promise<readonly Some[]> {
    const over = (
      await this.#options.registry.tracks.findings({ terminals: [terminal], from: first, to: first })
    ).filter(({ start }) => start < first);
    return found.filter(({ kind, start }) => !over.some((each) => each.kind === kind && start <= each.end));
  }

  /** Findings that go on at `from`, and orders that reach into what comes after it, are looked at again from their beginning. */
  async #findingsFrom(terminal: PointKey, from: number, until: number): Promise<number> {
    const { registry, rules } = this.#options;
    const terminals = [terminal];
    const orders = await rules.approved(terminal, from - reachMs, until);
    const isNear = orders.some((order) => order.to + orderDefaults.lateMs > from && order.from < from);
    const trips = isNear
      ? await registry.tracks.segments({ terminals, from: from - reachMs, to: latest, kinds: ['trip'] })
      : [];
    const reach = orderReach(
      from,
      orders,
      trips.map(({ segment }) => segment),
    );
    const going = await registry.tracks.findings({ terminals, from: reach, to: reach + 1 });
    return going.reduce((least, { start }) => Math.min(least, start), reach);
  }

  async #track(terminal: PointKey, from: number, to: number): Promise<Track> {
    const pages: Track[] = [];
    for (let next = from; ; ) {
      const page = await this.#options.store.positions(terminal, next, to, pageRows);
      pages.push(trackOf(page));
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) return joined(pages);
      next = last.ts + 1;
    }
  }

  async #findings(
    terminal: PointKey,
    track: Track,
    marks: Marks,
    segments: readonly Segment[],
    findingsFrom: number,
    until: number,
  ): Promise<(FleetFinding & { vehicle: string | null })[]> {
    const good = picked(track, marks.good);
    const heard = picked(track, heardOf(marks));
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

/** Reasons for which a position is not where the car was, but its time is believed. */
const spoken = new Set(
  ['good', 'zero', 'no-fix', 'few-satellites', 'stale-fix', 'jump'].map((word) =>
    (reasons as readonly string[]).indexOf(word),
  ),
);

function heardOf({ reasons: verdicts }: Marks): Uint32Array {
  const indices: number[] = [];
  for (let index = 0; index < verdicts.length; index++)
    if (spoken.has(verdicts[index] ?? -1)) indices.push(index);
  return Uint32Array.from(indices);
}
