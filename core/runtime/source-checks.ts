// What a schema of one field cannot say about a source's configuration: names that must exist, ranges that must fit.
// Each fault is reported at its own path.
import { IANAZone } from 'luxon';
import type { z } from 'zod';
import { saying } from '../domain/issues.ts';
import type { Message } from '../domain/message.ts';
import { sayOfConfig } from './config-words.ts';

/** Register type → how many 16-bit registers a value takes. */
export const registerWords = {
  uint16: 1,
  int16: 1,
  uint32: 2,
  int32: 2,
  uint64: 4,
  int64: 4,
  float32: 2,
  float64: 4,
  bcd32: 2,
} as const satisfies Record<string, number>;
export type RegisterType = keyof typeof registerWords;

/** Modbus addresses are 16 bits wide. */
const addressSpace = 65_536;

interface Register {
  readonly quantity: string;
  readonly address: number;
  readonly table: string;
  readonly type: RegisterType;
  readonly scale: number;
}
interface ModbusSource {
  readonly maps: Readonly<Record<string, readonly Register[]>>;
  readonly devices: readonly { readonly point: string; readonly map: string }[];
}
interface FileSource {
  readonly zone: string;
  readonly timeColumn: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly delimiter: string;
}
type Report = (path: (string | number)[], message: Message) => void;

/**
 * A map gives each quantity once, its registers fit and do not cut into each other; each device names a map that
 * exists; no two devices report the same quantity of the same point.
 */
export function checkModbusSource(source: ModbusSource, context: z.RefinementCtx): void {
  const report = reporter(context);
  for (const [name, registers] of Object.entries(source.maps)) checkMap(name, registers, report);

  const owners = new Map<string, number>();
  source.devices.forEach((device, index) => {
    const registers = Object.hasOwn(source.maps, device.map) ? source.maps[device.map] : undefined;
    if (registers === undefined) {
      const known = Object.keys(source.maps).join(', ') || sayOfConfig('source.none');
      report(['devices', index, 'map'], sayOfConfig('source.no-map', { map: device.map, known }));
      return;
    }
    for (const quantity of new Set(registers.map((register) => register.quantity))) {
      const key = `${device.point}/${quantity}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, index);
      else {
        report(
          ['devices', index, 'point'],
          sayOfConfig('source.quantity-taken', { point: device.point, quantity, owner }),
        );
        break;
      }
    }
  });
}

function checkMap(name: string, registers: readonly Register[], report: Report): void {
  const seen = new Map<string, number>();
  registers.forEach((register, index) => {
    const path = ['maps', name, index];
    const earlier = seen.get(register.quantity);
    if (earlier === undefined) seen.set(register.quantity, index);
    else {
      const values = { quantity: register.quantity, place: `${name}.${earlier}` };
      report([...path, 'quantity'], sayOfConfig('source.register-twice', values));
    }
    if (register.scale === 0) report([...path, 'scale'], sayOfConfig('source.scale'));
    const words = registerWords[register.type];
    if (register.address + words > addressSpace) {
      report(
        [...path, 'address'],
        sayOfConfig('source.address', { type: register.type, words, last: addressSpace - 1 }),
      );
    }
    const cut = registers.findIndex((other, at) => at < index && cutsInto(register, other));
    if (cut >= 0) {
      const values = { type: register.type, place: `${name}.${cut}` };
      report([...path, 'address'], sayOfConfig('source.cuts', values));
    }
  });
}

/** Overlap in part; two readings of exactly the same registers may be meant. */
function cutsInto(a: Register, b: Register): boolean {
  if (a.table !== b.table) return false;
  const wordsA = registerWords[a.type];
  const wordsB = registerWords[b.type];
  if (a.address === b.address && wordsA === wordsB) return false;
  return a.address < b.address + wordsB && b.address < a.address + wordsA;
}

/** The zone exists, columns are named and give each quantity once, the delimiter can be told from the cells. */
export function checkFileSource(source: FileSource, context: z.RefinementCtx): void {
  const report = reporter(context);
  if (!IANAZone.isValidZone(source.zone)) {
    report(['zone'], sayOfConfig('source.zone', { zone: source.zone }));
  }
  if (!/^[^\w"\r\n.+:/-]$/.test(source.delimiter)) {
    report(['delimiter'], sayOfConfig('source.delimiter'));
  }
  const columns = Object.entries(source.columns);
  if (columns.length === 0) {
    const example = { zh: '{ 列名: 计量项 }', en: '{ column name: quantity }' };
    report(['columns'], sayOfConfig('source.columns', { example }));
  }
  const seen = new Map<string, string>();
  for (const [column, quantity] of columns) {
    if (column === source.timeColumn) report(['columns', column], sayOfConfig('source.time-column'));
    const other = seen.get(quantity);
    if (other !== undefined)
      report(['columns', column], sayOfConfig('source.column-taken', { quantity, other }));
    seen.set(quantity, column);
  }
}

function reporter(context: z.RefinementCtx): Report {
  return (path, message) => context.addIssue({ code: 'custom', path, ...saying(message) });
}
