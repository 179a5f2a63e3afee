// A fleet's month by seed, car by car: drives, parking, lights, places without a fix; and what truly was.
import { emptyTrack, flag, type Track } from '../core/domain/fleet/track/columns.ts';

export const [cars, days, perDay] = [200, 30, 3_000];
export const begin = Date.UTC(2026, 9, 1);

/** One car: drives with lights, jumps, places without a fix and parking with drift; what truly was is told along. */
export function monthOf(seed: number): { track: Track; trips: number; km: number } {
  const random = randomOf(seed);
  const track = emptyTrack(days * perDay);
  const noise = (metres: number) => ((random() + random() + random() - 1.5) / 1.5) * metres;
  let [at, trips, km, lat, lon, course, odometer] = [0, 0, 0, 30 + random(), 114 + random(), 90, 20_000];
  const put = (ts: number, speed: number, drift: number, ignition: boolean) => {
    const wrong = random() < 0.0005;
    const lost = random() < 0.002;
    track.ts[at] = ts;
    track.lat[at] = lost ? 0 : lat + (wrong ? 1 : noise(drift) / 111_195);
    track.lon[at] = lost ? 0 : lon + noise(drift) / (111_195 * Math.cos((lat * Math.PI) / 180));
    track.speedKmh[at] = speed;
    track.courseDeg[at] = course;
    track.odometerKm[at] = Math.round(odometer * 10) / 10;
    track.flags[at] = (ignition ? flag.ignitionOn : flag.ignitionOff) | (lost ? flag.noFix : 0);
    track.satellites[at] = lost ? 0 : 9;
    at++;
  };
  for (let day = 0; day < days; day++) {
    const end = (day + 1) * perDay;
    let ts = begin + day * 86_400_000;
    while (at < end) {
      for (let stay = 10 + random() * 40; stay > 0 && at < end; stay--) {
        put(ts, 0, 25, false);
        ts += 60_000;
      }
      // A drive cut off by the end of the day is none: too little left, and the car stays.
      const fixes = 200 + Math.floor(random() * 500);
      if (at + fixes + 15 > end) {
        while (at < end) {
          put(ts, 0, 25, false);
          ts += 15_000;
        }
        break;
      }
      trips++;
      let [light, speed] = [0, 0];
      for (let fix = 0; fix < fixes; fix++) {
        if (light === 0 && random() < 0.01) light = 3 + Math.floor(random() * 15);
        if (light > 0) light--;
        const wanted = light > 0 || fix > fixes - 6 ? 0 : 30 + 40 * random();
        speed = Math.max(0, Math.min(wanted, speed + 15));
        course = (course + noise(15) + 360) % 360;
        const step = (speed / 3.6) * 5;
        km += step / 1_000;
        odometer += step / 1_000;
        lat += (step * Math.cos((course * Math.PI) / 180)) / 111_195;
        lon += (step * Math.sin((course * Math.PI) / 180)) / (111_195 * Math.cos((lat * Math.PI) / 180));
        put(ts, speed, 4, true);
        ts += 5_000;
      }
    }
  }
  return { track, trips, km };
}

/** mulberry32 */
export function randomOf(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
