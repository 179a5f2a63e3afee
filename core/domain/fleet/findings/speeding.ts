// Faster than the car or the place allows, as episodes.
import { cell, type Track } from '../track/columns.ts';
import type { Area } from './areas.ts';
import { contains } from './areas.ts';
import type { Finding, FindingKind } from './episodes.ts';
import { evidenceOf } from './evidence.ts';

export interface SpeedingRule {
  readonly limitKmh: number;
  /** Only within; undefined: everywhere. */
  readonly area?: Area;
  /** Above the limit by so much before it counts. 10 % by the car's limit is what the traffic police leave unfined; 3 km/h in a yard is a receiver's error. */
  readonly marginKmh: number;
  /** An episode has lasted so long or has so many positions: one fix alone is no proof. */
  readonly minMs: number;
  readonly minFixes: number;
  /** Shorter times below the limit do not end an episode. */
  readonly mergeMs: number;
  /** Longer times without a position end it: nothing is said about what nobody saw. */
  readonly gapMs: number;
}

/** 15 s: three positions at 5 s; two where terminals report every 30 s. 30 s of merging: one overtaking, one finding. */
export const speedingDefaults = { minMs: 15_000, minFixes: 2, mergeMs: 30_000, gapMs: 120_000 } as const;

/** @param track good positions alone, sorted; @param possibleKmh faster is the receiver's fault and is passed over */
export function speeding(track: Track, rule: SpeedingRule, possibleKmh: number): Finding[] {
  const kind: FindingKind = rule.area ? 'speeding-in-area' : 'speeding';
  const found: Finding[] = [];
  let [first, last, worst, fixes] = [-1, -1, -1, 0];
  const close = (open: boolean) => {
    const enough =
      first >= 0 && fixes >= rule.minFixes && cell(track.ts, last) - cell(track.ts, first) >= rule.minMs;
    if (enough)
      found.push({
        kind,
        start: cell(track.ts, first),
        end: cell(track.ts, last),
        peak: cell(track.speedKmh, worst),
        limit: rule.limitKmh,
        ...(rule.area ? { where: rule.area.id } : {}),
        evidence: evidenceOf(track, [first, worst, last]),
        open,
      });
    [first, last, worst, fixes] = [-1, -1, -1, 0];
  };
  for (let at = 0; at < track.length; at++) {
    const speed = cell(track.speedKmh, at);
    if (speed > possibleKmh) continue;
    const ts = cell(track.ts, at);
    const seenTs = at > 0 ? cell(track.ts, at - 1) : ts;
    if (first >= 0 && (ts - cell(track.ts, last) > rule.mergeMs + rule.gapMs || ts - seenTs > rule.gapMs))
      close(false);
    const fast = speed > rule.limitKmh + rule.marginKmh && inside(track, at, rule.area);
    if (!fast) {
      if (first >= 0 && ts - cell(track.ts, last) > rule.mergeMs) close(false);
      continue;
    }
    if (first < 0) [first, worst] = [at, at];
    if (speed > cell(track.speedKmh, worst)) worst = at;
    last = at;
    fixes++;
  }
  close(last === track.length - 1);
  return found;
}

function inside(track: Track, at: number, area: Area | undefined): boolean {
  return area === undefined || contains(area, cell(track.lat, at), cell(track.lon, at));
}
