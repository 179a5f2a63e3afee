// Fences: out of the area a car must stay in, or in one it must not enter, with hysteresis and dwell.
import { cell, type Track } from '../track/columns.ts';
import { type Area, beyondM } from './areas.ts';
import { depthM } from './depth.ts';
import type { Finding } from './episodes.ts';
import { evidenceOf } from './evidence.ts';

export interface FenceRule {
  readonly area: Area;
  /** `inside`: it must stay in; `outside`: it must not enter. */
  readonly stay: 'inside' | 'outside';
  /**
   * A crossing counts once it is so far past the edge, and back once it is so far on the right side, metres. 50: drift. Inside of a small
   * area half its depth is enough: one parked in its middle is in it.
   */
  readonly hysteresisM: number;
  /** It counts if it lasted so long, ms. 1 min: passing by on the road along the edge is none. */
  readonly dwellMs: number;
}

export const fenceDefaults = { hysteresisM: 50, dwellMs: 60_000 } as const;

/** @param track good positions alone, sorted. Between the two lines of the hysteresis the car is where it was. */
export function fenceFindings(track: Track, rule: FenceRule): Finding[] {
  const found: Finding[] = [];
  const sign = rule.stay === 'inside' ? 1 : -1;
  const withinM = Math.min(rule.hysteresisM, depthM(rule.area, 2 * rule.hysteresisM) / 2);
  const [pastM, backM] = rule.stay === 'inside' ? [rule.hysteresisM, withinM] : [withinM, rule.hysteresisM];
  let [first, last, worst, most] = [-1, -1, -1, 0];
  const close = (open: boolean) => {
    if (first >= 0 && cell(track.ts, last) - cell(track.ts, first) >= rule.dwellMs)
      found.push({
        kind: rule.stay === 'inside' ? 'fence-left' : 'fence-entered',
        start: cell(track.ts, first),
        end: cell(track.ts, last),
        peak: most,
        limit: pastM,
        where: rule.area.id,
        evidence: evidenceOf(track, [first, worst, last]),
        open,
      });
    [first, last, worst, most] = [-1, -1, -1, 0];
  };
  for (let at = 0; at < track.length; at++) {
    const wrongBy = sign * beyondM(rule.area, cell(track.lat, at), cell(track.lon, at));
    if (first < 0) {
      if (wrongBy <= pastM) continue;
      first = at;
    } else if (wrongBy < -backM) {
      close(false);
      continue;
    }
    last = at;
    if (wrongBy > most) [most, worst] = [wrongBy, at];
  }
  close(true);
  return found;
}
