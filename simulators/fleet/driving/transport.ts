// When a position leaves the terminal: at once, or after a stretch without mobile network, in batches; a few twice.
import { type Area, contains } from '../../../core/domain/fleet/findings/areas.ts';
import type { WirePosition } from '../../../core/domain/telemetry.ts';
import { Random, seedOf } from '../../random.ts';
import type { Corners } from '../roads/network.ts';
import type { Fix } from './receiver.ts';
import { type Life, type Sample, samplesOf } from './sampler.ts';

export interface Sent {
  /** Epoch ms of the true clock. */
  readonly sentAt: number;
  /** It waited for the network: it comes in a batch (0x0704, kind 1), with others of the same `sentAt`. */
  readonly blind: boolean;
  readonly fix: Fix;
}

/** As a row of the wire, of the terminal `point`. */
export function wireOf(point: string, { ts, lat, lon, speedKmh, courseDeg, extras }: Fix): WirePosition {
  return [point, ts, lat, lon, speedKmh, courseDeg, extras];
}

/** Positions that wait: more than a terminal's memory of a day; the oldest go, as in a ring. */
const heldAtMost = 20_000;

/** In order of `sentAt`. @param deadZone where there is no network */
export function* positionsOf(life: Life, deadZone: Corners): Generator<Sent> {
  const random = new Random(seedOf(life.seed, `${life.car.id} network`));
  const area: Area = { id: 'dead-zone', shape: 'polygon', corners: deadZone };
  let held: Fix[] = [];
  let outTo = 0;
  for (const { at, fix } of samplesOf(life)) {
    // Now and then the network goes away for 2 to 15 minutes.
    if (random.next() < 1 / 4_000) outTo = Math.max(outTo, at + random.int(120, 900) * 1_000);
    if (at < outTo || without(area, at, fix)) {
      held.push(fix);
      if (held.length > heldAtMost) held.shift();
      continue;
    }
    const sentAt = at + 1_000;
    yield* held.map((each) => ({ sentAt, blind: true, fix: each }));
    held = [];
    yield { sentAt, blind: false, fix };
    if (random.next() < 1 / 800) yield { sentAt, blind: false, fix };
  }
  const last = held.at(-1);
  if (last !== undefined) yield* held.map((fix) => ({ sentAt: last.ts + 1_000, blind: true, fix }));
}

function without(area: Area, at: number, { lat, lon, extras, ts }: Sample['fix']): boolean {
  return at === ts && extras.fix !== false && contains(area, lat, lon);
}
