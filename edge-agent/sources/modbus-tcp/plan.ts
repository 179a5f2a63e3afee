// Which requests read the registers of a map: few, none too long, no value cut in two. Pure.
import type { ModbusRegister } from '../../../core/runtime/config.ts';
import { registerWords } from '../../../core/runtime/source-checks.ts';

/** The most registers that one request may ask for [Modbus Application Protocol V1.1b3 §6.3, §6.4]. */
export const maxRegistersPerRequest = 125;

export type Table = ModbusRegister['table'];

export interface PlannedRequest {
  readonly table: Table;
  /** First register, zero-based. */
  readonly address: number;
  /** Number of registers, 1 to 125. */
  readonly count: number;
  /** What the answer holds; `at` is the value's first register, counted from `address`. */
  readonly items: readonly { readonly register: ModbusRegister; readonly at: number }[];
}

/**
 * Greedy, by address: a value joins the open request while no more than `maxGap` unwanted registers lie between and the
 * request stays within the limit. For values sorted by address no other grouping needs fewer requests.
 */
export function planRequests(registers: readonly ModbusRegister[], maxGap: number): PlannedRequest[] {
  const sorted = [...registers].sort((a, b) => a.table.localeCompare(b.table) || a.address - b.address);
  const groups: { table: Table; address: number; end: number; registers: ModbusRegister[] }[] = [];
  for (const register of sorted) {
    const end = register.address + registerWords[register.type];
    const open = groups.at(-1);
    const joins =
      open !== undefined &&
      open.table === register.table &&
      register.address - open.end <= maxGap &&
      end - open.address <= maxRegistersPerRequest;
    if (joins) {
      open.registers.push(register);
      open.end = Math.max(open.end, end);
    } else {
      groups.push({ table: register.table, address: register.address, end, registers: [register] });
    }
  }
  return groups.map((group) => ({
    table: group.table,
    address: group.address,
    count: group.end - group.address,
    items: group.registers.map((register) => ({ register, at: register.address - group.address })),
  }));
}
