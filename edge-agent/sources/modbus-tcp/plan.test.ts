import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ModbusRegister, registerTypes } from '../../../core/runtime/config.ts';
import { registerWords } from '../../../core/runtime/source-checks.ts';
import { maxRegistersPerRequest, planRequests } from './plan.ts';

const register = fc.record({
  address: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 65_400, max: 65_532 })),
  table: fc.constantFrom('holding' as const, 'input' as const),
  type: fc.constantFrom(...registerTypes),
});
const maps = fc
  .array(register, { minLength: 1, maxLength: 60 })
  .map((list): ModbusRegister[] => list.map((entry) => ({ ...base, ...entry })));
const gaps = fc.integer({ min: 0, max: 120 });

describe('planRequests', () => {
  it('reads every register exactly once, whole, from the table and address it has', () => {
    fc.assert(
      fc.property(maps, gaps, (registers, maxGap) => {
        const planned = planRequests(registers, maxGap).flatMap((request) =>
          request.items.map(({ register, at }) => {
            expect(request.table).toBe(register.table);
            expect(request.address + at).toBe(register.address);
            expect(at + registerWords[register.type]).toBeLessThanOrEqual(request.count);
            return register;
          }),
        );
        expect(planned.length).toBe(registers.length);
        expect(new Set(planned)).toEqual(new Set(registers));
      }),
    );
  });

  it('asks for 1 to 125 registers at a time, within the address space, and for no longer stretch of unwanted ones', () => {
    fc.assert(
      fc.property(maps, gaps, (registers, maxGap) => {
        for (const request of planRequests(registers, maxGap)) {
          expect(request.count).toBeGreaterThanOrEqual(1);
          expect(request.count).toBeLessThanOrEqual(maxRegistersPerRequest);
          expect(request.address + request.count).toBeLessThanOrEqual(65_536);
          let covered = request.address;
          for (const { register } of request.items) {
            expect(register.address - covered).toBeLessThanOrEqual(maxGap);
            covered = Math.max(covered, register.address + registerWords[register.type]);
          }
          expect(covered).toBe(request.address + request.count);
        }
      }),
    );
  });

  it('needs as few requests as any grouping of neighbours that keeps to the limits', () => {
    fc.assert(
      fc.property(maps, gaps, (registers, maxGap) => {
        const least = (table: string) =>
          fewest(
            registers.filter((entry) => entry.table === table),
            maxGap,
          );
        expect(planRequests(registers, maxGap).length).toBe(least('holding') + least('input'));
      }),
    );
  });

  it('does not cut a value that would end beyond the 125th register', () => {
    const registers = [at(0, 'uint16'), at(100, 'uint64'), at(122, 'uint64')];
    expect(planRequests(registers, 120).map(({ address, count }) => [address, count])).toEqual([
      [0, 104],
      [122, 4],
    ]);
  });
});

/** By dynamic programming over all cuts of the sorted list, not by greed. */
function fewest(registers: readonly ModbusRegister[], maxGap: number): number {
  const sorted = [...registers].sort((a, b) => a.address - b.address);
  const best = [0];
  for (let end = 1; end <= sorted.length; end++) {
    let least = Number.POSITIVE_INFINITY;
    for (let start = 0; start < end; start++) {
      if (fits(sorted.slice(start, end), maxGap)) least = Math.min(least, (best[start] ?? 0) + 1);
    }
    best.push(least);
  }
  return best.at(-1) ?? 0;
}

function fits(group: readonly ModbusRegister[], maxGap: number): boolean {
  const first = group[0]?.address ?? 0;
  let covered = first;
  for (const register of group) {
    if (register.address - covered > maxGap) return false;
    covered = Math.max(covered, register.address + registerWords[register.type]);
  }
  return covered - first <= maxRegistersPerRequest;
}

const base = {
  quantity: 'electricity',
  byteOrder: 'big',
  wordOrder: 'big',
  scale: 1,
  offset: 0,
} as const;

function at(address: number, type: ModbusRegister['type']): ModbusRegister {
  return { ...base, table: 'holding', address, type };
}
