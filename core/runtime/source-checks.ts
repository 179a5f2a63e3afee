// What a schema of one field cannot say about a source's configuration: names that must exist, ranges that must fit.
// Each fault is reported at its own path.
import { IANAZone } from 'luxon';
import type { z } from 'zod';

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
type Report = (path: (string | number)[], message: string) => void;

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
      const known = Object.keys(source.maps).join(', ') || 'none';
      report(['devices', index, 'map'], `there is no map "${device.map}"; maps: ${known}`);
      return;
    }
    for (const quantity of new Set(registers.map((register) => register.quantity))) {
      const key = `${device.point}/${quantity}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, index);
      else {
        report(
          ['devices', index, 'point'],
          `"${device.point}" gets ${quantity} from devices.${owner} already; a point has one device per quantity`,
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
    else report([...path, 'quantity'], `"${register.quantity}" stands at ${name}.${earlier} already`);
    if (register.scale === 0) report([...path, 'scale'], 'a scale of 0 makes every value 0');
    const words = registerWords[register.type];
    if (register.address + words > addressSpace) {
      report(
        [...path, 'address'],
        `${register.type} takes ${words} registers and ends beyond address ${addressSpace - 1}`,
      );
    }
    const cut = registers.findIndex((other, at) => at < index && cutsInto(register, other));
    if (cut >= 0) report([...path, 'address'], `${register.type} cuts into the registers of ${name}.${cut}`);
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
    report(['zone'], `time zone "${source.zone}" does not exist; use an IANA name such as Asia/Shanghai`);
  }
  if (!/^[^\w"\r\n.+:/-]$/.test(source.delimiter)) {
    report(['delimiter'], 'not a letter, digit, quote, line break or one of . + - : /');
  }
  const columns = Object.entries(source.columns);
  if (columns.length === 0) report(['columns'], 'name at least one column: { column name: quantity }');
  const seen = new Map<string, string>();
  for (const [column, quantity] of columns) {
    if (column === source.timeColumn) report(['columns', column], 'this is the column of times');
    const other = seen.get(quantity);
    if (other !== undefined) report(['columns', column], `${quantity} comes from column "${other}" already`);
    seen.set(quantity, column);
  }
}

function reporter(context: z.RefinementCtx): Report {
  return (path, message) => context.addIssue({ code: 'custom', path, message });
}
