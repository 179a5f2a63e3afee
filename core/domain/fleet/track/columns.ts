// Positions of one car in columns, in the one order everything else relies on: by time, and ties by content.

/** Bits of `Track.flags`. A fact that is not known has no bit at all. */
export const flag = { ignitionOn: 1, ignitionOff: 2, noFix: 4 } as const;

/** Of `Track.satellites`: not told. */
export const satellitesUnknown = 255;

/** All columns are of the same length. */
export interface Track {
  readonly length: number;
  /** Epoch ms. */
  readonly ts: Float64Array;
  /** WGS-84 degrees. */
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  readonly speedKmh: Float64Array;
  readonly courseDeg: Float64Array;
  /** NaN: not told. */
  readonly odometerKm: Float64Array;
  readonly flags: Uint8Array;
  readonly satellites: Uint8Array;
}

export interface PositionLike {
  readonly ts: number;
  readonly lat: number;
  readonly lon: number;
  readonly speedKmh: number;
  readonly courseDeg: number;
  readonly extras: {
    readonly odometerKm?: number | undefined;
    readonly satellites?: number | undefined;
    readonly ignition?: boolean | undefined;
    readonly fix?: boolean | undefined;
  };
}

export function emptyTrack(length: number): Track {
  const column = () => new Float64Array(length);
  return {
    length,
    ts: column(),
    lat: column(),
    lon: column(),
    speedKmh: column(),
    courseDeg: column(),
    odometerKm: column().fill(Number.NaN),
    flags: new Uint8Array(length),
    satellites: new Uint8Array(length).fill(satellitesUnknown),
  };
}

/** Rows in any order, of one car. @returns sorted */
export function trackOf(rows: readonly PositionLike[]): Track {
  const track = emptyTrack(rows.length);
  rows.forEach(({ ts, lat, lon, speedKmh, courseDeg, extras }, index) => {
    track.ts[index] = ts;
    track.lat[index] = lat;
    track.lon[index] = lon;
    track.speedKmh[index] = speedKmh;
    track.courseDeg[index] = courseDeg;
    track.odometerKm[index] = extras.odometerKm ?? Number.NaN;
    track.satellites[index] = extras.satellites ?? satellitesUnknown;
    const ignition = extras.ignition === undefined ? 0 : extras.ignition ? flag.ignitionOn : flag.ignitionOff;
    track.flags[index] = ignition | (extras.fix === false ? flag.noFix : 0);
  });
  return sorted(track);
}

/** The same positions in the one order: whatever order they came in, the result is the same. A sorted track is returned as it is. */
export function sorted(track: Track): Track {
  let strictly = true;
  for (let index = 1; index < track.length && strictly; index++)
    strictly = cell(track.ts, index) > cell(track.ts, index - 1);
  if (strictly) return track;
  const order = Uint32Array.from({ length: track.length }, (_, index) => index);
  order.sort((a, b) => compare(track, a, b));
  return picked(track, order);
}

/** The positions at `indices`, in their order. */
export function picked(track: Track, indices: Uint32Array): Track {
  const result = emptyTrack(indices.length);
  const pairs: readonly (readonly [Float64Array | Uint8Array, Float64Array | Uint8Array])[] = columns.map(
    (name) => [track[name], result[name]],
  );
  for (const [from, to] of pairs)
    for (let index = 0; index < indices.length; index++) to[index] = from[indices[index] as number] as number;
  return result;
}

/** One track of several that follow each other in time. Takes them out of the list: a long track is not held twice. */
export function joined(tracks: Track[]): Track {
  const parts = tracks.splice(0).filter(({ length }) => length > 0);
  const [first] = parts;
  if (first === undefined) return emptyTrack(0);
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  // Column by column, each of which is let go of before the next.
  const left = parts.map((part): Partial<{ -readonly [Name in keyof Track]: Track[Name] }> => ({ ...part }));
  parts.length = 0;
  const take = <Name extends Column>(name: Name, result: Track[Name]) => {
    let at = 0;
    for (const part of left) {
      const column = part[name];
      if (column === undefined) continue;
      result.set(column, at);
      at += column.length;
      delete part[name];
    }
    return result;
  };
  return {
    length,
    ts: take('ts', new Float64Array(length)),
    lat: take('lat', new Float64Array(length)),
    lon: take('lon', new Float64Array(length)),
    speedKmh: take('speedKmh', new Float64Array(length)),
    courseDeg: take('courseDeg', new Float64Array(length)),
    odometerKm: take('odometerKm', new Float64Array(length)),
    flags: take('flags', new Uint8Array(length)),
    satellites: take('satellites', new Uint8Array(length)),
  };
}

/** Positions with from <= ts < to of a sorted track, without copying. */
export function between(track: Track, from: number, to: number): Track {
  return slicedTrack(track, firstAt(track.ts, from), firstAt(track.ts, to));
}

/** Positions [start, end) of a track by index, without copying. */
export function slicedTrack(track: Track, start: number, end: number): Track {
  return {
    length: Math.max(0, end - start),
    ts: track.ts.subarray(start, end),
    lat: track.lat.subarray(start, end),
    lon: track.lon.subarray(start, end),
    speedKmh: track.speedKmh.subarray(start, end),
    courseDeg: track.courseDeg.subarray(start, end),
    odometerKm: track.odometerKm.subarray(start, end),
    flags: track.flags.subarray(start, end),
    satellites: track.satellites.subarray(start, end),
  };
}

/** Index of the first ts that is not before `wanted`, in an ascending column. */
export function firstAt(ts: Float64Array, wanted: number): number {
  let [low, high] = [0, ts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cell(ts, middle) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A cell that is known to exist: hot loops stay within their columns. */
export function cell(column: Float64Array | Uint8Array | Uint32Array, index: number): number {
  return column[index] as number;
}

const columns = [
  'ts',
  'lat',
  'lon',
  'speedKmh',
  'courseDeg',
  'odometerKm',
  'flags',
  'satellites',
] as const satisfies readonly (keyof Track)[];
type Column = (typeof columns)[number];

/** By time; of one time the better fix first (a fix, more satellites), then by content, so that no tie is left to chance. */
function compare(track: Track, a: number, b: number): number {
  const time = cell(track.ts, a) - cell(track.ts, b);
  if (time !== 0) return time;
  const fix = (cell(track.flags, a) & flag.noFix) - (cell(track.flags, b) & flag.noFix);
  if (fix !== 0) return fix;
  const satellites = known(cell(track.satellites, b)) - known(cell(track.satellites, a));
  if (satellites !== 0) return satellites;
  for (const name of columns) {
    const [left, right] = [cell(track[name], a), cell(track[name], b)];
    if (Number.isNaN(left) !== Number.isNaN(right)) return Number.isNaN(left) ? 1 : -1;
    if (left !== right && !Number.isNaN(left)) return left - right;
  }
  return 0;
}

function known(satellites: number): number {
  return satellites === satellitesUnknown ? 0 : satellites;
}
