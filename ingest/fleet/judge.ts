// What a car did that is to be looked at: every kind of finding over one stretch of track, by the rules of that stretch. Pure.
import type { Area } from '../../core/domain/fleet/findings/areas.ts';
import { crossRegion, regionDefaults } from '../../core/domain/fleet/findings/cross-region.ts';
import type { Finding } from '../../core/domain/fleet/findings/episodes.ts';
import { againstFences, type DrawnFence } from '../../core/domain/fleet/findings/fence-kinds.ts';
import { movedUnseen } from '../../core/domain/fleet/findings/moved-unseen.ts';
import { sealNotes } from '../../core/domain/fleet/findings/seal-notes.ts';
import { type Seal, sealDefaults, sealed } from '../../core/domain/fleet/findings/sealed.ts';
import { speeding, speedingDefaults } from '../../core/domain/fleet/findings/speeding.ts';
import {
  idling,
  idlingDefaults,
  silenceDefaults,
  silences,
} from '../../core/domain/fleet/findings/standing.ts';
import { outOfHours, type WorkingTime } from '../../core/domain/fleet/findings/workdays.ts';
import { coversBeyond, coversOf } from '../../core/domain/fleet/orders/covers.ts';
import { matchOrders } from '../../core/domain/fleet/orders/match.ts';
import type { DispatchOrder } from '../../core/domain/fleet/orders/model.ts';
import { orderDefaults } from '../../core/domain/fleet/orders/tolerances.ts';
import { between, type Track } from '../../core/domain/fleet/track/columns.ts';
import type { Segment } from '../../core/domain/fleet/trips/model.ts';
import type { FleetFinding } from '../../core/registry/track-contracts.ts';

/** What holds in [from, to), epoch ms. */
export interface Dated<Value> {
  readonly from: number;
  readonly to: number;
  readonly value: Value;
}

/** By what a car is judged in one stretch of time. */
export interface Rules {
  /** As the facts of their days say, without gaps; `null`: no limit of its own, and none for all. */
  readonly limitsKmh: readonly Dated<number | null>[];
  readonly marginKmh: number;
  readonly possibleKmh: number;
  readonly fences: readonly DrawnFence[];
  /** As the facts of their days say, without gaps. */
  readonly regions: readonly Dated<Area | null>[];
  readonly working: WorkingTime;
  readonly idleMs: number;
  readonly silentMs: number;
  readonly seals: readonly Seal[];
  /** All that reach into the stretch, tolerances included; withdrawn ones too. */
  readonly orders: readonly DispatchOrder[];
  /** When the car's institution keeps orders: only then is a trip without one a finding. */
  readonly ordersKept: readonly { readonly from: number; readonly to: number }[];
}

/** A stretch of one car: its good positions, all believable ones, and what was made of them. */
export interface Stretch {
  readonly good: Track;
  /** Also those without a fix: the terminal spoke. */
  readonly heard: Track;
  readonly segments: readonly Segment[];
  /** What comes later is not known yet, epoch ms. */
  readonly until: number;
}

/** In no order. */
export function judge({ good, heard, segments, until }: Stretch, rules: Rules): FleetFinding[] {
  const { marginKmh, possibleKmh, fences, working, orders, ordersKept, seals } = rules;
  const speed = rules.limitsKmh.flatMap(({ from, to, value: limitKmh }) =>
    limitKmh === null
      ? []
      : speeding(between(good, from, to), { ...speedingDefaults, limitKmh, marginKmh }, possibleKmh),
  );
  const away = rules.regions.flatMap(({ from, to, value: area }) =>
    area === null
      ? []
      : crossRegion(between(good, from, to), { ...regionDefaults, area }, coversBeyond(orders, area)),
  );
  const covers = coversOf(orders);
  const moved = sealed(segments, seals, good, until);
  const plain = [
    ...speed,
    ...againstFences(good, fences),
    ...away,
    ...outOfHours(segments, working, covers),
    ...idling(good, { ...idlingDefaults, limitMs: rules.idleMs }),
    ...silences(heard, until, { ...silenceDefaults, limitMs: rules.silentMs }),
    ...moved.findings,
    ...movedUnseen(segments, covers, until, orderDefaults.movedM),
  ];
  const isKept = (ts: number) => ordersKept.some(({ from, to }) => from <= ts && ts < to);
  const ofOrders = matchOrders({ segments, orders, track: good, until }).findings.filter(
    ({ kind, start }) => kind !== 'trip-without-order' || isKept(start),
  );
  return [
    ...plain.map((finding) => asFound(finding, false)),
    ...[...moved.noted, ...sealNotes(moved.unknown, seals, segments, sealDefaults.movedM)].map((finding) =>
      asFound(finding, true),
    ),
    ...ofOrders.map(({ trips: _, ...finding }) => ({ ...finding, noted: false })),
  ];
}

function asFound(finding: Finding, noted: boolean): FleetFinding {
  return { ...finding, orders: [], noted };
}
