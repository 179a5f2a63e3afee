import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionSchema } from '../../telemetry.ts';
import { readTime, writeTime } from './bcd.ts';
import { alarmBits, decodeLocation, encodeLocation, type Location, toPosition } from './location.ts';

const ts = Date.UTC(2026, 9, 1, 0, 30, 15);
const report = { ts, lat: 30.5, lon: 114.25, ignition: true };

describe('a location', () => {
  it('comes back as it was reported', () => {
    const tenths = (max: number) => fc.nat(max * 10).map((value) => value / 10);
    const degrees = (max: number) =>
      fc.integer({ min: -max * 1e6, max: max * 1e6 }).map((e6) => e6 / 1e6 + 0);
    const reports = fc.record({
      ts: fc
        .integer({ min: Date.UTC(2000, 0, 2) / 1_000, max: Date.UTC(2099, 11, 31) / 1_000 })
        .map((s) => s * 1_000),
      lat: degrees(90),
      lon: degrees(180),
      speedKmh: tenths(500),
      courseDeg: fc.nat(360),
      altitudeM: fc.integer({ min: -1_000, max: 20_000 }),
      alarms: fc.nat(0xffff_ffff),
      odometerKm: tenths(1_000_000),
      fuelL: tenths(6_000),
      satellites: fc.nat(255),
    });
    fc.assert(
      fc.property(reports, fc.boolean(), fc.boolean(), (wanted, ignition, fix) => {
        const location = whole(encodeLocation({ ...wanted, ignition, fix }));
        expect(location).toMatchObject(wanted);
        const position = toPosition('13800000001', location);
        expect(position[6]).toMatchObject({
          ignition,
          fix,
          odometerKm: wanted.odometerKm,
          fuelL: wanted.fuelL,
        });
        expect(positionSchema.safeParse(position).success).toBe(true);
      }),
      { seed: 808, numRuns: 500 },
    );
  });

  it('from any bytes is a fault or a row that the wire takes', () => {
    const bodies = fc.uint8Array({ minLength: 28, maxLength: 80 }).map((noise) => {
      writeTime(noise, 22, ts);
      noise.set([0, 0, 0, 3, 1, 0xd1, 0x65, 0x90, 6, 0xcf, 0, 0], 4);
      // Speed and course below the limits of their high bytes.
      noise[18] = (noise[18] ?? 0) & 0x1f;
      noise[20] = 0;
      return noise;
    });
    let rows = 0;
    fc.assert(
      fc.property(fc.oneof(bodies, fc.uint8Array({ maxLength: 80 })), (body) => {
        const location = decodeLocation(body);
        if (typeof location === 'string') return;
        rows++;
        expect(positionSchema.safeParse(toPosition('1', location)).error).toBeUndefined();
      }),
      { seed: 808, numRuns: 2_000 },
    );
    expect(rows).toBeGreaterThan(500);
  });

  it('bears its alarms, and no key for what was not reported', () => {
    const location = whole(encodeLocation({ ...report, alarms: alarmBits.powerCut, fix: false }));
    expect(toPosition('1', location)).toEqual([
      '1',
      ts,
      30.5,
      114.25,
      0,
      0,
      { ignition: true, fix: false, altitudeM: 0, alarms: 256 },
    ]);
  });

  it('that cannot be is refused by name', () => {
    const faultOf = (change: (view: DataView) => void) => {
      const body = encodeLocation(report);
      change(new DataView(body.buffer));
      return decodeLocation(body);
    };
    expect(decodeLocation(encodeLocation(report).subarray(0, 27))).toBe('too-short');
    expect(faultOf((view) => view.setUint32(8, 90_000_001))).toBe('latitude');
    expect(faultOf((view) => view.setUint32(12, 180_000_001))).toBe('longitude');
    expect(faultOf((view) => view.setUint16(18, 5_001))).toBe('speed');
    expect(faultOf((view) => view.setUint16(20, 361))).toBe('course');
    expect(faultOf((view) => view.setUint32(4, 32))).toBe('encrypted');
    expect(faultOf((view) => view.setUint8(23, 0x13))).toBe('time');
  });

  it('loses a malformed item alone, to the end where its length is beyond it', () => {
    const items = (...bytes: number[]) => {
      const body = new Uint8Array(28 + bytes.length);
      body.set(encodeLocation(report));
      body.set(bytes, 28);
      return whole(body);
    };
    expect(items(0x02, 1, 9, 0x01, 4, 0, 0, 0, 100)).toMatchObject({
      odometerKm: 10,
      fuelL: undefined,
      malformedItems: 1,
    });
    expect(items(0x01, 4, 0, 0, 0, 100, 0xe4, 200, 1, 2)).toMatchObject({
      odometerKm: 10,
      malformedItems: 1,
    });
    expect(items(0x31, 1, 8, 0xe4)).toMatchObject({ satellites: 8, malformedItems: 1 });
    expect(items(0xe4, 0, 0xe5, 2, 7, 7, 0x31, 1, 8)).toMatchObject({ satellites: 8, malformedItems: 0 });
  });
});

describe('a time', () => {
  it('is that of UTC+8, and each second of it comes back', () => {
    const bytes = Uint8Array.of(0x26, 0x10, 0x01, 0x08, 0x30, 0x15);
    expect(readTime(bytes, 0)).toBe(ts);
    for (let day = Date.UTC(2000, 0, 1, 16); day < Date.UTC(2099, 11, 31); day += 86_399_000) {
      writeTime(bytes, 0, day);
      expect(readTime(bytes, 0)).toBe(day);
    }
  });

  it.each(['260001000000', '261301000000', '260230000000', '270229000000', '261000000000', '261001240000'])(
    '%s is none',
    (digits) => {
      expect(readTime(Buffer.from(digits, 'hex'), 0)).toBeUndefined();
    },
  );

  it.each(['261001006000', '261001000060', '26100100000a', 'ffffffffffff', '261031000a00'])(
    '%s is none either',
    (digits) => {
      expect(readTime(Buffer.from(digits, 'hex'), 0)).toBeUndefined();
    },
  );
});

function whole(body: Uint8Array): Location {
  const location = decodeLocation(body);
  if (typeof location === 'string') throw new Error(`refused: ${location}`);
  return location;
}
