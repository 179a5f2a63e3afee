// How fast the stream of a fleet's terminals becomes positions: frames split, checked, decoded, rows of the wire made; one process.
import { decodeFrame, encodeFrame } from '../core/domain/fleet/jt808/frame.ts';
import { FrameSplitter } from '../core/domain/fleet/jt808/frames.ts';
import { decodeLocation, encodeLocation, toPosition } from '../core/domain/fleet/jt808/location.ts';
import { batchBody, eachOfBatch, messageIds } from '../core/domain/fleet/jt808/messages.ts';
import { type BenchRow, median, row } from './report.ts';

const [cars, perCar, begin, leastPerSecond] = [2_000, 50, Date.UTC(2026, 9, 1), 300_000];
/** What a read of a busy socket brings. */
const chunkBytes = 16_384;

export async function run(quick: boolean): Promise<BenchRow[]> {
  const single = streamOf((serial, phone, bodies) =>
    bodies.map((body, at) =>
      encodeFrame({ id: messageIds.location, version: '2013', phone, serial: serial + at }, body),
    ),
  );
  const batched = streamOf((serial, phone, bodies) =>
    Array.from({ length: Math.ceil(bodies.length / 10) }, (_, at) =>
      encodeFrame(
        { id: messageIds.batch, version: '2019', phone, serial: serial + at },
        batchBody(bodies.slice(at * 10, at * 10 + 10), 1),
      ),
    ),
  );
  const rounds = quick ? 5 : 15;
  const frames = ratesOf(single, rounds);
  const batches = ratesOf(batched, rounds);
  const size = `${(cars * perCar).toLocaleString('en')} locations of ${cars.toLocaleString('en')} terminals, ${rounds} rounds, median`;
  return [
    row(
      'fleet.decode',
      frames.perSecond,
      '1/s',
      leastPerSecond,
      `${size}; split, unescaped, checked, decoded; at least, so a ratio above 1 is wanted`,
    ),
    row('fleet.decode.bytes', single.length / (cars * perCar), 'B', null, 'of a frame on the line'),
    row('fleet.decode.batched', batches.perSecond, '1/s', null, 'positions, ten to a frame of 0704'),
  ];
}

/** What the terminals send, one after another. */
function streamOf(
  framesOf: (serial: number, phone: string, bodies: readonly Uint8Array[]) => Uint8Array[],
): Buffer {
  const parts: Uint8Array[] = [];
  for (let car = 0; car < cars; car++) {
    const bodies = Array.from({ length: perCar }, (_, fix) =>
      encodeLocation({
        ts: begin + fix * 5_000,
        lat: 30 + (car * 37 + fix) / 10_000,
        lon: 114 + (car * 11 + fix) / 10_000,
        altitudeM: 30,
        speedKmh: (fix * 7) % 90,
        courseDeg: (car + fix * 3) % 360,
        ignition: true,
        odometerKm: 20_000 + car + fix / 10,
        fuelL: 40,
        satellites: 9,
        items: [
          { id: 0x25, value: Uint8Array.of(0, 0, 0, 1) },
          { id: 0x30, value: Uint8Array.of(28) },
        ],
      }),
    );
    parts.push(...framesOf(car, String(13_800_000_000 + car), bodies));
  }
  return Buffer.concat(parts);
}

function ratesOf(stream: Buffer, rounds: number): { perSecond: number } {
  const rates: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const splitter = new FrameSplitter();
    let positions = 0;
    let sum = 0;
    const take = (bytes: Uint8Array, start: number, end: number, phone: string) => {
      const location = decodeLocation(bytes, start, end);
      if (typeof location === 'string') throw new Error(`a location is refused: ${location}`);
      positions++;
      sum += toPosition(phone, location)[2];
    };
    const started = performance.now();
    for (let at = 0; at < stream.length; at += chunkBytes) {
      splitter.each(stream.subarray(at, at + chunkBytes), (bytes, length) => {
        const frame = decodeFrame(bytes, length);
        if (typeof frame === 'string') throw new Error(`a frame is refused: ${frame}`);
        if (frame.id === messageIds.location) take(bytes, frame.start, frame.end, frame.phone);
        else eachOfBatch(bytes, frame.start, frame.end, (start, end) => take(bytes, start, end, frame.phone));
      });
    }
    const seconds = (performance.now() - started) / 1_000;
    if (positions !== cars * perCar || !(sum > 0)) throw new Error(`${positions} positions came out`);
    // The first round is for the compiler.
    if (round > 0) rates.push(positions / seconds);
  }
  return { perSecond: median(rates) };
}
