// Distance by the terminal's own odometer, which is reset, rolled back and replaced.
import { cell, type Track } from './columns.ts';
import { distanceM } from './geodesy.ts';

export interface OdometerSpan {
  /** Kilometres; NaN: no two positions of the span tell an odometer. */
  readonly km: number;
  /** Started again near 0 (a new terminal, or one that lost its count). */
  readonly resets: number;
  /** Went back otherwise. */
  readonly rollBacks: number;
  /** Went ahead farther than the car can drive. */
  readonly leaps: number;
  /** Of `km`: from the geodesic, where the odometer broke off. */
  readonly filledKm: number;
}

/** Odometers count in whole or tenth kilometres: so much more than the possible way is rounding. */
const roundingKm = 2;
/** A count below this after a fall is a fresh one. */
const freshKm = 1;
/** Terminals round, and some filter: a fall of this much is no roll-back. */
const jitterKm = 0.05;

/** Over the positions from..to, both included, of a track of good ones. A broken step is filled with the geodesic between its two ends. */
export function odometerSpan(track: Track, from: number, to: number, possibleKmh: number): OdometerSpan {
  let [km, filledKm, resets, rollBacks, leaps, last, steps] = [0, 0, 0, 0, 0, -1, 0];
  for (let index = from; index <= to; index++) {
    const reading = cell(track.odometerKm, index);
    if (Number.isNaN(reading)) continue;
    if (last >= 0) {
      const step = reading - cell(track.odometerKm, last);
      const hours = (cell(track.ts, index) - cell(track.ts, last)) / 3_600_000;
      steps++;
      if (step >= 0 && step <= possibleKmh * hours + roundingKm) km += step;
      else if (step < 0 && step >= -jitterKm) km += 0;
      else {
        if (step > 0) leaps++;
        else if (reading < freshKm) resets++;
        else rollBacks++;
        const lat = cell(track.lat, last);
        filledKm +=
          distanceM(lat, cell(track.lon, last), cell(track.lat, index), cell(track.lon, index)) / 1_000;
      }
    }
    last = index;
  }
  return { km: steps === 0 ? Number.NaN : km + filledKm, resets, rollBacks, leaps, filledKm };
}
