// Long idling with the engine on, and terminals that fell silent.
import { cell, flag, type Track } from '../track/columns.ts';
import type { Finding } from './episodes.ts';
import { evidenceOf } from './evidence.ts';

export interface IdlingRule {
  /** Longer than this is a finding, ms. 15 min: jams and waiting at a gate are shorter. */
  readonly limitMs: number;
  readonly standingKmh: number;
  /** A longer time without a position ends an episode. */
  readonly gapMs: number;
}

export const idlingDefaults: IdlingRule = { limitMs: 15 * 60_000, standingKmh: 5, gapMs: 5 * 60_000 };

/** Engine known to be on while standing. A car whose ignition is not told cannot be found idling. @param track good positions, sorted */
export function idling(track: Track, rule: IdlingRule): Finding[] {
  const found: Finding[] = [];
  let [first, last] = [-1, -1];
  const close = (open: boolean) => {
    const lasted = first < 0 ? 0 : cell(track.ts, last) - cell(track.ts, first);
    if (lasted > rule.limitMs)
      found.push({
        kind: 'idling',
        start: cell(track.ts, first),
        end: cell(track.ts, last),
        peak: lasted / 60_000,
        limit: rule.limitMs / 60_000,
        evidence: evidenceOf(track, [first, last]),
        open,
      });
    first = -1;
  };
  for (let at = 0; at < track.length; at++) {
    const on = (cell(track.flags, at) & flag.ignitionOn) !== 0;
    const stands = on && cell(track.speedKmh, at) <= rule.standingKmh;
    if (first >= 0 && (!stands || cell(track.ts, at) - cell(track.ts, last) > rule.gapMs)) close(false);
    if (!stands) continue;
    if (first < 0) first = at;
    last = at;
  }
  close(true);
  return found;
}

export interface SilenceRule {
  /** Longer without any position is a finding, ms. 24 h: a parked terminal that sleeps still reports daily. */
  readonly limitMs: number;
  /** The same if the ignition was on, or the car moved, when it fell silent, ms. 30 min: nobody sleeps while driving. */
  readonly drivingLimitMs: number;
  readonly standingKmh: number;
}

export const silenceDefaults: SilenceRule = {
  limitMs: 24 * 3_600_000,
  drivingLimitMs: 30 * 60_000,
  standingKmh: 5,
};

/**
 * @param track every position with a believable time, also those without a fix: the terminal spoke
 * @param now until when silence is counted, epoch ms
 */
export function silences(track: Track, now: number, rule: SilenceRule): Finding[] {
  const found: Finding[] = [];
  for (let at = 0; at < track.length; at++) {
    const start = cell(track.ts, at);
    const open = at + 1 === track.length;
    const end = open ? now : cell(track.ts, at + 1);
    const on = (cell(track.flags, at) & flag.ignitionOn) !== 0;
    const off = (cell(track.flags, at) & flag.ignitionOff) !== 0;
    const driving = on || (!off && cell(track.speedKmh, at) > rule.standingKmh);
    const limit = driving ? rule.drivingLimitMs : rule.limitMs;
    if (end - start <= limit) continue;
    const evidence = evidenceOf(track, [at, at + 1]);
    found.push({
      kind: 'silent',
      start,
      end,
      peak: (end - start) / 60_000,
      limit: limit / 60_000,
      evidence,
      open,
    });
  }
  return found;
}
