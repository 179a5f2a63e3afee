// Register layouts of the city's devices, as different makers choose them. Adding one is adding an entry to `layouts`.

import type { Quantity } from '../../core/domain/units.ts';
import type { ModbusSourceConfig } from '../../core/runtime/config.ts';
import { registerWords } from '../../core/runtime/source-checks.ts';
import type { CityPoint } from '../city/types.ts';

export type MapEntry = ModbusSourceConfig['maps'][string][number];
type Encoding = Pick<MapEntry, 'type' | 'byteOrder' | 'wordOrder'>;

interface Layout {
  readonly table: 'holding' | 'input';
  /** Where the register of consumption stands, and how; its scale follows from the meter's decimals. */
  readonly energy: Encoding & { readonly address: number };
  /** Where the first gauge stands; each next one follows behind. */
  readonly gaugesFrom: number;
  readonly gauges: Encoding;
}

const big = { byteOrder: 'big', wordOrder: 'big' } as const;
const swapped = { byteOrder: 'big', wordOrder: 'little' } as const;

export const layouts = {
  uint32: {
    table: 'holding',
    energy: { address: 0x0000, type: 'uint32', ...big },
    gaugesFrom: 0x0010,
    gauges: { type: 'int32', ...big },
  },
  uint64: {
    table: 'holding',
    energy: { address: 0x0100, type: 'uint64', ...big },
    gaugesFrom: 0x0108,
    gauges: { type: 'float32', ...big },
  },
  bcd32: {
    table: 'holding',
    energy: { address: 0x0020, type: 'bcd32', ...big },
    gaugesFrom: 0x0050,
    gauges: { type: 'int32', ...swapped },
  },
  float32: {
    table: 'input',
    energy: { address: 0x0000, type: 'float32', ...swapped },
    gaugesFrom: 0x0004,
    gauges: { type: 'float32', ...swapped },
  },
  sensor: {
    table: 'input',
    energy: { address: 0x0000, type: 'uint32', ...big },
    gaugesFrom: 0x0000,
    gauges: { type: 'int16', ...big },
  },
} as const satisfies Record<string, Layout>;
export type LayoutName = keyof typeof layouts;

/** The device's register map: what the agent must be told to read it. @throws RangeError for an unknown layout. */
export function mapOf(point: CityPoint): MapEntry[] {
  if (!Object.hasOwn(layouts, point.layout)) throw new RangeError(`no Modbus layout "${point.layout}"`);
  const layout: Layout = layouts[point.layout as LayoutName];
  let gaugeAddress = layout.gaugesFrom;
  return point.quantities.map((quantity): MapEntry => {
    if (quantity === point.register) {
      const { address, ...encoding } = layout.energy;
      return {
        quantity,
        table: layout.table,
        address,
        ...encoding,
        scale: scaleOf(encoding.type, point.device?.perUnit ?? 1),
        offset: 0,
      };
    }
    const address = gaugeAddress;
    gaugeAddress += registerWords[layout.gauges.type];
    return {
      quantity,
      table: layout.table,
      address,
      ...layout.gauges,
      scale: scaleOf(layout.gauges.type, stepsOf(quantity)),
      offset: 0,
    };
  });
}

/** Devices whose maps are alike share one. */
export function mapNameOf(point: CityPoint): string {
  return `${point.layout}: ${point.quantities.join(', ')}`;
}

/** Writes `value` at its entry's place into a block of registers that begins at `firstAddress`. */
export function encode(entry: MapEntry, value: number, block: Buffer, firstAddress: number): void {
  const width = registerWords[entry.type];
  const bytes = Buffer.alloc(width * 2);
  const scaled = entry.type.startsWith('float')
    ? value / entry.scale
    : Math.round((value - entry.offset) / entry.scale);
  write(entry.type, bytes, scaled);
  for (let word = 0; word < width; word++) {
    const from = 2 * (entry.wordOrder === 'big' ? word : width - 1 - word);
    const at = 2 * (entry.address - firstAddress + word);
    const [high, low] = entry.byteOrder === 'big' ? [0, 1] : [1, 0];
    block[at] = bytes[from + high] ?? 0;
    block[at + 1] = bytes[from + low] ?? 0;
  }
}

function write(type: MapEntry['type'], bytes: Buffer, value: number): void {
  switch (type) {
    case 'uint16':
      return void bytes.writeUInt16BE(value);
    case 'int16':
      return void bytes.writeInt16BE(value);
    case 'uint32':
      return void bytes.writeUInt32BE(value);
    case 'int32':
      return void bytes.writeInt32BE(value);
    case 'uint64':
      return void bytes.writeBigUInt64BE(BigInt(value));
    case 'int64':
      return void bytes.writeBigInt64BE(BigInt(value));
    case 'float32':
      return void bytes.writeFloatBE(value);
    case 'float64':
      return void bytes.writeDoubleBE(value);
    case 'bcd32':
      return void bytes.write(String(value).padStart(8, '0').slice(-8), 'hex');
  }
}

function scaleOf(type: MapEntry['type'], stepsPerUnit: number): number {
  return type.startsWith('float') ? 1 : 1 / stepsPerUnit;
}

/** Steps per unit in which devices give a gauge. */
function stepsOf(quantity: Quantity): number {
  if (quantity === 'power_factor') return 1000;
  if (quantity === 'power' || quantity === 'flow') return 100;
  return quantity === 'switch_state' ? 1 : 10;
}
