// Message ids and the bodies besides the location: registration, authentication, batches, and the platform's replies. [JT/T 808 §8]
import type { HeaderVersion } from './frame.ts';
import { readText, textBytes } from './gbk.ts';

export const messageIds = {
  terminalReply: 0x0001,
  heartbeat: 0x0002,
  logout: 0x0003,
  register: 0x0100,
  authenticate: 0x0102,
  location: 0x0200,
  batch: 0x0704,
  generalReply: 0x8001,
  resendRequest: 0x8003,
  registerReply: 0x8100,
} as const;

/** Results of 8001. */
export const replyResults = { ok: 0, failed: 1, bad: 2, unsupported: 3 } as const;
/** Results of 8100. */
export const registerResults = {
  ok: 0,
  carTaken: 1,
  unknownCar: 2,
  terminalTaken: 3,
  unknownTerminal: 4,
} as const;

export interface Registration {
  readonly province: number;
  readonly city: number;
  readonly maker: string;
  readonly model: string;
  readonly terminalId: string;
  /** 0: no plate yet, and `plate` is the vehicle's identification number. */
  readonly plateColour: number;
  readonly plate: string;
}

/** Bytes of maker, model and terminal id in each edition. */
const registrationWidths = { '2011': [5, 8, 7], '2013': [5, 20, 7], '2019': [11, 30, 30] } as const;

/** Body of 0100; the editions of 2011 and 2013 share a header. */
export function registerBody(
  edition: keyof typeof registrationWidths,
  registration: Partial<Registration> = {},
): Uint8Array {
  const {
    province = 0,
    city = 0,
    maker = '',
    model = '',
    terminalId = '',
    plateColour = 1,
    plate = '',
  } = registration;
  const widths = registrationWidths[edition];
  const plateBytes = textBytes(plate);
  const body = new Uint8Array(4 + widths[0] + widths[1] + widths[2] + 1 + plateBytes.length);
  body.set([province >> 8, province, city >> 8, city]);
  let at = 4;
  [maker, model, terminalId].forEach((text, index) => {
    const width = widths[index] ?? 0;
    body.set(textBytes(text).subarray(0, width), at);
    at += width;
  });
  body[at] = plateColour;
  body.set(plateBytes, at + 1);
  return body;
}

/** Reads 0100; the edition of 2011 is known by its length, shorter than that of 2013 without a plate. */
export function readRegistration(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: HeaderVersion,
): Registration | undefined {
  const length = end - start;
  const old = length < 37 ? '2011' : '2013';
  const widths = registrationWidths[version === '2019' ? '2019' : old];
  const [maker, model, id] = [start + 4, start + 4 + widths[0], start + 4 + widths[0] + widths[1]];
  const colour = id + widths[2];
  if (colour >= end) return undefined;
  return {
    province: readWord(bytes, start),
    city: readWord(bytes, start + 2),
    maker: readText(bytes, maker, model),
    model: readText(bytes, model, id),
    terminalId: readText(bytes, id, colour),
    plateColour: bytes[colour] as number,
    plate: readText(bytes, colour + 1, end),
  };
}

/** Body of 0102; IMEI (15 characters) and software version (20) are of 2019. */
export function authBody(
  version: HeaderVersion,
  code: string,
  device: { readonly imei?: string; readonly software?: string } = {},
): Uint8Array {
  const codeBytes = textBytes(code);
  if (version === '2013') return codeBytes;
  const body = new Uint8Array(1 + codeBytes.length + 35);
  body[0] = codeBytes.length;
  body.set(codeBytes, 1);
  body.set(textBytes(device.imei ?? '').subarray(0, 15), 1 + codeBytes.length);
  body.set(textBytes(device.software ?? '').subarray(0, 20), 16 + codeBytes.length);
  return body;
}

/** Reads 0102; `imei` is empty before 2019. `undefined`: the code runs past the end. */
export function readAuthentication(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: HeaderVersion,
): { code: string; imei: string } | undefined {
  if (version === '2013') return { code: readText(bytes, start, end), imei: '' };
  if (end <= start) return undefined;
  const after = start + 1 + (bytes[start] as number);
  if (after > end) return undefined;
  return { code: readText(bytes, start + 1, after), imei: readText(bytes, after, Math.min(end, after + 15)) };
}

/** What a batch holds: positions as they came, or such as could not be sent when they were taken. */
export const batchKinds = { current: 0, blindZone: 1 } as const;

/** Body of 0704 around bodies of 0200. */
export function batchBody(
  locations: readonly Uint8Array[],
  kind: (typeof batchKinds)[keyof typeof batchKinds] = batchKinds.current,
): Uint8Array {
  const body = new Uint8Array(locations.reduce((sum, { length }) => sum + 2 + length, 3));
  body.set([locations.length >> 8, locations.length, kind]);
  let at = 3;
  for (const location of locations) {
    body.set([location.length >> 8, location.length], at);
    body.set(location, at + 2);
    at += 2 + location.length;
  }
  return body;
}

export interface BatchOutline {
  readonly kind: number;
  /** How many locations it says it holds. */
  readonly stated: number;
  /** How many were found whole. */
  readonly found: number;
  /** The last one runs past the end, or there are more or fewer than stated. */
  readonly malformed: boolean;
}

/** Walks 0704, calling `take` with the place of each body of 0200; `undefined` for what is too short for a batch. */
export function eachOfBatch(
  bytes: Uint8Array,
  start: number,
  end: number,
  take: (start: number, end: number) => void,
): BatchOutline | undefined {
  if (end - start < 3) return undefined;
  let at = start + 3;
  let found = 0;
  while (at + 2 <= end) {
    const next = at + 2 + readWord(bytes, at);
    if (next > end) break;
    take(at + 2, next);
    found++;
    at = next;
  }
  const stated = readWord(bytes, start);
  return { kind: bytes[start + 2] as number, stated, found, malformed: at !== end || found !== stated };
}

/** Body of 8001: the answer to message `id` of serial `serial`. */
export function generalReplyBody(serial: number, id: number, result: number): Uint8Array {
  return Uint8Array.of(serial >> 8, serial, id >> 8, id, result);
}

export function readGeneralReply(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): { serial: number; id: number; result: number } | undefined {
  if (end - start < 5) return undefined;
  return {
    serial: readWord(bytes, start),
    id: readWord(bytes, start + 2),
    result: bytes[start + 4] as number,
  };
}

/** Body of 8100; a code goes with result 0 alone. */
export function registerReplyBody(serial: number, result: number, code = ''): Uint8Array {
  const codeBytes = textBytes(result === registerResults.ok ? code : '');
  return Uint8Array.of(serial >> 8, serial, result, ...codeBytes);
}

export function readRegisterReply(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): { serial: number; result: number; code: string } | undefined {
  if (end - start < 3) return undefined;
  return {
    serial: readWord(bytes, start),
    result: bytes[start + 2] as number,
    code: readText(bytes, start + 3, end),
  };
}

/** Body of 8003: asks for packages of the message whose first package had `serial`. The count takes two bytes in 2019. */
export function resendRequestBody(
  version: HeaderVersion,
  serial: number,
  numbers: readonly number[],
): Uint8Array {
  const count = version === '2019' ? [numbers.length >> 8, numbers.length] : [numbers.length];
  return Uint8Array.of(serial >> 8, serial, ...count, ...numbers.flatMap((number) => [number >> 8, number]));
}

export function readResendRequest(
  bytes: Uint8Array,
  version: HeaderVersion,
  start = 0,
  end = bytes.length,
): { serial: number; numbers: number[] } | undefined {
  const list = start + (version === '2019' ? 4 : 3);
  if (end < list) return undefined;
  const count = version === '2019' ? readWord(bytes, start + 2) : (bytes[start + 2] as number);
  if (end - list < 2 * count) return undefined;
  return {
    serial: readWord(bytes, start),
    numbers: Array.from({ length: count }, (_, index) => readWord(bytes, list + 2 * index)),
  };
}

function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
