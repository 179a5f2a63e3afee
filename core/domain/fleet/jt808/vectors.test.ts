// Frames of public test suites (../shared/vectors/jt808-frames.json, each with its source): what they state is what comes out, what
// is broken is refused.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bodyOf, decodeFrame, encodeFrame, type Frame } from './frame.ts';
import { FrameSplitter } from './frames.ts';
import { decodeLocation, encodeLocation, type Location, locationItems } from './location.ts';
import {
  eachOfBatch,
  messageIds,
  readAuthentication,
  readGeneralReply,
  readRegisterReply,
  readRegistration,
} from './messages.ts';

interface Vector {
  readonly class: string;
  readonly hex: string;
  readonly mode?: string;
  readonly test?: string;
  readonly name?: string;
  readonly path: string;
  readonly quirk?: string;
  readonly stated_expected: unknown;
  readonly derived: { readonly checksum_ok?: boolean; readonly body_length_ok?: boolean };
}
/** What is stated of one location, raw as on the wire; of the rest what has a place of its own. */
type Facts = Record<string, string | number>;

const path = resolve(import.meta.dirname, '../../../../../shared/vectors/jt808-frames.json');
const there = existsSync(path);
const { framing, frames } = (
  there ? JSON.parse(readFileSync(path, 'utf8')) : { framing: [], frames: [] }
) as {
  framing: { unescaped: string; wire: string }[];
  frames: Vector[];
};

describe.skipIf(!there)('public frames of JT/T 808 (skipped without ../shared/vectors)', () => {
  it('are all there', () => {
    expect([framing.length, frames.length]).toEqual([3, 86]);
  });

  it.each(framing)('$wire is split as the test of its origin says', ({ unescaped, wire }) => {
    const found = new FrameSplitter().push(bytesOf(wire));
    // The first is of another protocol, without flags: no frame of ours.
    const expected = wire.includes('7e') ? [unescaped.slice(2, -2)] : [];
    expect(found.map(hexOf)).toEqual(expected);
  });

  it.each(frames.map((vector, index) => ({ vector, label: `${index} ${labelOf(vector)}` })))(
    '$label',
    ({ vector }) => {
      if (vector.class.startsWith('body-only')) checkBody(vector);
      else checkFrame(vector);
    },
  );
});

function checkBody(vector: Vector): void {
  const body = bytesOf(vector.hex);
  const location = decodeLocation(body);
  if (vector.quirk?.startsWith('library encodes south')) {
    // Signed coordinates are none of this protocol: impossible places.
    expect(['latitude', 'longitude']).toContain(location);
    return;
  }
  const [facts = {}] = factsOf(vector.stated_expected);
  if (vector.quirk !== undefined) {
    // Its state says that the place is encrypted.
    expect(location).toBe('encrypted');
    expect(hexOf(again(body, decodedAnyway(body)))).toBe(vector.hex);
    return;
  }
  expectFacts(body, whole(location), facts);
  expect(hexOf(again(body, whole(location)))).toBe(vector.hex);
}

function checkFrame(vector: Vector): void {
  const found = new FrameSplitter().push(bytesOf(vector.hex));
  expect(found).toHaveLength(1);
  const content = found[0] ?? new Uint8Array();
  const frame = decodeFrame(content);
  if (vector.derived.checksum_ok === false) {
    expect(frame).toBe('checksum');
    // Item by item its body is as its origin states all the same.
    const counts = Object.fromEntries(assertsOf(vector.stated_expected));
    if (counts['Count'] !== undefined)
      expect(locationItems(content, 12, content.length - 1)).toHaveLength(6 + 12);
    return;
  }
  if (typeof frame === 'string') throw new Error(`refused: ${frame}`);
  // Bit 14 set by a device of 2013: by the length it is one of 2013.
  const wrongBit = vector.derived.body_length_ok === false;
  if (wrongBit) expect(frame.version).toBe('2013');
  else expect(hexOf(encodeFrame(frame, bodyOf(frame)))).toBe(vector.hex);
  const facts = factsOf(vector.stated_expected);
  expectHeader(frame, content, facts[0] ?? {});
  if (frame.id === messageIds.location)
    expectLocation(frame.bytes, frame.start, frame.end, vector, facts[0] ?? {});
  if (frame.id === messageIds.batch) {
    let at = 0;
    const outline = eachOfBatch(frame.bytes, frame.start, frame.end, (start, end) => {
      expectLocation(frame.bytes, start, end, vector, facts[at++] ?? facts[0] ?? {});
    });
    expect(outline).toEqual({ kind: 0, stated: 2, found: 2, malformed: false });
  }
}

function expectLocation(bytes: Uint8Array, start: number, end: number, vector: Vector, facts: Facts): void {
  const body = bytes.slice(start, end);
  const location = decodeLocation(bytes, start, end);
  const stated = vector.stated_expected as { additional_info?: [string][] | null; error?: string | null };
  for (const [hex] of stated.additional_info ?? []) {
    if (/^[01]{16,32}$/.test(hex ?? '') || Number.parseInt(hex ?? '0', 16) === 0) continue;
    expect(
      locationItems(body)
        .map(({ value }) => hexOf(value))
        .join(' '),
    ).toContain(hex);
  }
  if (new DataView(body.buffer).getUint32(8) > 90_000_000) {
    expect(location).toBe('latitude');
    const swapped = decodedAnyway(body);
    expectFacts(body, swapped, facts);
    if (typeof stated.error === 'string') expect(swapped.malformedItems).toBe(1);
    if (stated.error === null && vector.name?.startsWith('包含')) expect(swapped.malformedItems).toBe(0);
    return;
  }
  expectFacts(body, whole(location), facts);
  expect(hexOf(again(body, whole(location)))).toBe(hexOf(body));
}

function expectHeader(frame: Frame, content: Uint8Array, facts: Facts): void {
  const { bytes, start, end, version } = frame;
  const is = (name: string, value: unknown) => {
    if (facts[name] !== undefined) expect(`${name} ${value}`).toBe(`${name} ${facts[name]}`);
  };
  if (facts['phone'] !== undefined) expect(frame.phone).toBe(String(facts['phone']).replace(/^0+/, ''));
  is('serial', frame.serial);
  is('checksum', content.at(-1));
  is('length', end - start);
  const reply = frame.id === messageIds.generalReply ? readGeneralReply(bytes, start, end) : undefined;
  const registered = frame.id === messageIds.registerReply ? readRegisterReply(bytes, start, end) : undefined;
  const asked = frame.id === messageIds.register ? readRegistration(bytes, start, end, version) : undefined;
  const shown =
    frame.id === messageIds.authenticate ? readAuthentication(bytes, start, end, version) : undefined;
  is('reply_msg_id', reply?.id);
  is('result', reply?.result ?? registered?.result);
  is('auth_code', shown?.code ?? registered?.code);
  is('imei', shown?.imei);
  is('province', asked?.province);
  is('city', asked?.city);
  is('plate_color', asked?.plateColour);
  is('plate', asked?.plate);
}

/** Compares what is stated with the raw fields that the decoded values mean. */
function expectFacts(body: Uint8Array, location: Location, facts: Facts): void {
  const raw: Facts = {
    lat: Math.round(Math.abs(location.lat) * 1e6),
    lon: Math.round(Math.abs(location.lon) * 1e6),
    alarms: location.alarms,
    status: location.status,
    altitude: location.altitudeM,
    speed: Math.round(location.speedKmh * 10),
    course: location.courseDeg,
    time: new Date(location.ts + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' '),
    mileage: Math.round((location.odometerKm ?? Number.NaN) * 10),
    fuel: Math.round((location.fuelL ?? Number.NaN) * 10),
    item7: locationItems(body).find(({ id }) => id === 7)?.value.length ?? Number.NaN,
  };
  for (const [name, value] of Object.entries(raw)) {
    if (facts[name] !== undefined) expect(`${name} ${value}`).toBe(`${name} ${facts[name]}`);
  }
}

/** The body anew, from what was read of it. */
function again(body: Uint8Array, { lat, lon, ...location }: Location): Uint8Array {
  return encodeLocation({
    ts: location.ts,
    lat: Math.abs(lat),
    lon: Math.abs(lon),
    speedKmh: location.speedKmh,
    courseDeg: location.courseDeg,
    altitudeM: location.altitudeM,
    alarms: location.alarms,
    status: location.status,
    fix: false,
    items: locationItems(body),
  });
}

/** Decodes what is refused for its latitude (swapped) or its encryption, to look at the rest. */
function decodedAnyway(body: Uint8Array): Location {
  const copy = body.slice();
  const view = new DataView(copy.buffer);
  const [lat, lon] = [view.getUint32(8), view.getUint32(12)];
  const status = view.getUint32(4);
  if (lat > 90_000_000) {
    view.setUint32(8, lon);
    view.setUint32(12, lat);
  }
  view.setUint32(4, (status & ~32) >>> 0);
  const location = whole(decodeLocation(copy));
  const back = lat > 90_000_000 ? { lat: location.lon, lon: location.lat } : {};
  return { ...location, ...back, status };
}

function whole(location: ReturnType<typeof decodeLocation>): Location {
  if (typeof location === 'string') throw new Error(`refused: ${location}`);
  return location;
}

const names: Readonly<Record<string, string>> = {
  ...{ Lat: 'lat', Latitude: 'lat', lat_e6: 'lat', Lng: 'lon', Longitude: 'lon', lon_e6: 'lon' },
  ...{ AlarmFlag: 'alarms', AlarmSign: 'alarms', alarm_flag: 'alarms' },
  ...{ StatusFlag: 'status', StatusSign: 'status', status_flag: 'status' },
  ...{ Altitude: 'altitude', altitude_m: 'altitude', Speed: 'speed', 'speed_raw_0.1kmh': 'speed' },
  ...{ Direction: 'course', course_deg: 'course', GPSTime: 'time', DateTime: 'time', time: 'time' },
  ...{ Mileage: 'mileage', Oil: 'fuel', MsgNum: 'serial', DataLength: 'length', body_length: 'length' },
  ...{ TerminalPhoneNo: 'phone', terminal_phone: 'phone', AttachInfoLength: 'item7' },
};

/** What is stated, per location: the suites say it in four ways. */
function factsOf(stated: unknown): Facts[] {
  if (typeof stated !== 'object' || stated === null) return [];
  const { locations, attach, items } = stated as Record<string, unknown>;
  if (Array.isArray(locations)) {
    const pairs = (attach as [string, string][]).filter(([name]) => name === 'Mileage' || name === 'Oil');
    const head = (attach as [string, string][]).filter(([name]) => name === 'TerminalPhoneNo');
    return locations.map((location, at) =>
      named([...Object.entries(location as Facts), ...pairs.slice(2 * at, 2 * at + 2), ...head]),
    );
  }
  if (Array.isArray(items)) return items.map((item) => named(Object.entries(item as Facts)));
  const asserts = assertsOf(stated);
  if (asserts.length === 0) return [named(Object.entries(stated as Facts))];
  const second = asserts.filter(([, , where]) => where.includes('Positions[1]'));
  return [named(asserts.filter((one) => !second.includes(one))), named(second)].filter(
    (facts) => Object.keys(facts).length > 0,
  );
}

function assertsOf(stated: unknown): [string, string, string][] {
  const { asserts = [] } = (typeof stated === 'object' ? stated : {}) as { asserts?: [string, string][] };
  return asserts.map(([value, where]) => [where.split('.').at(-1) ?? '', value, where]);
}

function named(pairs: readonly (readonly [string, unknown, ...unknown[]])[]): Facts {
  return Object.fromEntries(pairs.map(([name, value]) => [names[name] ?? name, plain(value)]));
}

/** `DateTime.Parse("…")`, `(uint)2`, `0x6`, `100u`, `(byte)(4 + (4 * 4 …))` → what is meant. */
function plain(value: unknown): string | number {
  if (typeof value === 'number') return value;
  const text = String(value).replace(/^DateTime\.Parse\((.*)\)$/, '$1');
  const bare = text.replaceAll('"', '').replace(/^\((uint|byte)\)/, '');
  if (/^0(x[\da-f]+|b[01]+)$/i.test(bare)) return Number(bare);
  if (/^\d+u$/.test(bare)) return bare.slice(0, -1);
  if (/^[\d\s+*()]+$/.test(bare) && bare.includes('*')) return 4 + (4 * 4 + 4 * 3 + 4 * 2 + 4);
  return bare;
}

function labelOf({ class: kind, path: origin, test, name, mode }: Vector): string {
  return [kind, origin.split('/').at(-1), test ?? name, mode].filter(Boolean).join(', ');
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
