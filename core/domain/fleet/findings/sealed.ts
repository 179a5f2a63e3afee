// Sealed for a holiday (封存): any movement is a finding; of a car on duty it is noted. Drift of a parked car makes no trip, and so
// no movement; what nobody saw is unknown.
import { between, cell, firstAt, type Track } from '../track/columns.ts';
import { distanceM } from '../track/geodesy.ts';
import { placeAt } from '../track/seen.ts';
import type { Segment, Trip } from '../trips/model.ts';
import type { Evidence, Finding } from './episodes.ts';
import { evidenceOf } from './evidence.ts';

export interface Seal {
  readonly id: string;
  /** Epoch ms, [from, to). */
  readonly from: number;
  readonly to: number;
  readonly dutyExempt: boolean;
}

export interface SealRule {
  /** Less than this between any two places within the seal is no movement, metres: twice the drift of a parked car. */
  readonly driftM: number;
  /** Found so far from where it fell silent, both within the seal, a car has moved, metres. 1 000: as a towed car is told from drift. */
  readonly movedM: number;
}

export const sealDefaults: SealRule = { driftM: 100, movedM: 1_000 };

/** A stretch of a seal that the data say nothing about. */
export interface Unseen {
  readonly seal: string;
  readonly start: number;
  readonly end: number;
  /** `moved-unseen`: it stood elsewhere after it, and may have gone before or after the seal, or a receiver erred. */
  readonly reason: 'no-data' | 'moved-unseen';
}

export interface SealFindings {
  readonly findings: readonly Finding[];
  /** Movements of cars exempt for duty: no findings, but shown. */
  readonly noted: readonly Finding[];
  readonly unknown: readonly Unseen[];
}

/**
 * One finding for each trip, and each place changed in silence, within a seal, cut to it. Peak: minutes of movement; `where`: the seal.
 * @param segments of one car, in any order
 * @param track its good positions, sorted; an empty one: trips are judged by their ends alone
 * @param until what comes later is not known yet, epoch ms
 */
export function sealed(
  segments: readonly Segment[],
  seals: readonly Seal[],
  track: Track,
  until: number,
  rule: SealRule = sealDefaults,
): SealFindings {
  const ordered = [...segments].sort((a, b) => a.start - b.start || a.end - b.end);
  const result: { findings: Finding[]; noted: Finding[]; unknown: Unseen[] } = {
    findings: [],
    noted: [],
    unknown: [],
  };
  for (const seal of [...seals].sort(bySeal)) {
    const to = Math.min(seal.to, until);
    const moved: Finding[] = [];
    let known = seal.from;
    const unseen = (end: number) => {
      if (end > known)
        result.unknown.push({ seal: seal.id, start: known, end: Math.min(end, to), reason: 'no-data' });
    };
    for (const segment of ordered) {
      if (segment.end <= seal.from || segment.start >= to) continue;
      unseen(segment.start);
      known = Math.max(known, segment.end);
      if (segment.kind === 'stop') continue;
      const [start, end] = [Math.max(segment.start, seal.from), Math.min(segment.end, to)];
      const within = segment.start >= seal.from && segment.end <= seal.to;
      if (segment.kind === 'gap') {
        const far = segment.distanceKm * 1_000 >= rule.movedM;
        // A jump is believed on both sides of it, but may be the receiver's: it accuses nobody.
        if (far && within && segment.reason !== 'jump')
          moved.push(finding(seal, start, end, endsOf(segment), false));
        else result.unknown.push({ seal: seal.id, start, end, reason: far ? 'moved-unseen' : 'no-data' });
        continue;
      }
      const drove = within || movedIn(track, start, end, rule.driftM);
      if (drove === undefined) result.unknown.push({ seal: seal.id, start, end, reason: 'moved-unseen' });
      if (drove !== true) continue;
      const open = segment.endsBy === 'data' && segment.end <= to;
      moved.push(finding(seal, start, end, evidence(track, segment, start, end), open));
    }
    unseen(to);
    result[seal.dutyExempt ? 'noted' : 'findings'].push(...moved);
  }
  return result;
}

function finding(
  seal: Seal,
  start: number,
  end: number,
  proof: readonly Evidence[],
  open: boolean,
): Finding<'sealed'> {
  return {
    kind: 'sealed',
    start,
    end,
    peak: (end - start) / 60_000,
    limit: 0,
    where: seal.id,
    evidence: proof,
    open,
  };
}

/** Of a trip that began before the seal or ends after it: whether it moved within; undefined: too few positions are left to say. */
function movedIn(track: Track, start: number, end: number, driftM: number): boolean | undefined {
  const from = placeAt(track, start);
  const to = placeAt(track, end);
  const inside = between(track, start, end);
  const places = Array.from({ length: inside.length }, (_, at) => ({
    lat: cell(inside.lat, at),
    lon: cell(inside.lon, at),
  }));
  const known = [from, ...places, to].filter((place) => place !== undefined);
  const [first] = known;
  if (first === undefined || known.length < 2) return undefined;
  return known.some(({ lat, lon }) => distanceM(first.lat, first.lon, lat, lon) > driftM);
}

/** First, fastest and last position of the stretch; without any the ends of the trip. */
function evidence(track: Track, trip: Trip, start: number, end: number): Evidence[] {
  const [first, last] = [firstAt(track.ts, start), firstAt(track.ts, end + 1) - 1];
  let fastest = first;
  for (let at = first; at <= last; at++)
    if (cell(track.speedKmh, at) > cell(track.speedKmh, fastest)) fastest = at;
  return first <= last ? evidenceOf(track, [first, fastest, last]) : endsOf(trip);
}

function endsOf(segment: Exclude<Segment, { kind: 'stop' }>): Evidence[] {
  return [
    { ts: segment.start, ...segment.from, speedKmh: 0 },
    { ts: segment.end, ...segment.to, speedKmh: 0 },
  ];
}

function bySeal(a: Seal, b: Seal): number {
  return a.from - b.from || a.to - b.to || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
