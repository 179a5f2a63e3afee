// The positions that prove a finding.
import { cell, type Track } from '../track/columns.ts';
import type { Evidence } from './episodes.ts';

/** Positions at `indices`, each once, in order of time. */
export function evidenceOf(track: Track, indices: readonly number[]): Evidence[] {
  return [...new Set(indices.filter((index) => index >= 0 && index < track.length))]
    .sort((a, b) => a - b)
    .map((index) => ({
      ts: cell(track.ts, index),
      lat: cell(track.lat, index),
      lon: cell(track.lon, index),
      speedKmh: cell(track.speedKmh, index),
    }));
}
