// A registry on a real file in a temporary folder, with a clock that stands until told.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Calendar } from '../domain/time.ts';
import type { PointInput, Registry } from '../registry/registry.ts';
import { createRegistry, type RegistryOptions } from '../registry/sql-registry.ts';
import { silentLogger } from '../runtime/logger.ts';

export const testCalendar = new Calendar('Asia/Shanghai');

/** Midnight in Shanghai of a date such as `2024-03-01`. */
export function midnight(date: string): number {
  const at = testCalendar.parse(date);
  if (at === undefined) throw new Error(`${date} is no date`);
  return at;
}

export const by = { author: 'wang', reason: 'test' } as const;

export interface TestRegistry {
  readonly registry: Registry;
  readonly path: string;
  readonly clock: { at: number; now(): number };
  /** One more registry on the same file, as another process would have it; ended with the rest. */
  another(options?: Partial<RegistryOptions>): Promise<Registry>;
  /** Ends all and removes the folder. */
  end(): Promise<void>;
}

/** Password hashes are made cheap. */
export async function testRegistry(options: Partial<RegistryOptions> = {}): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-registry-'));
  const path = join(folder, 'registry.sqlite');
  const clock = {
    at: midnight('2025-01-01'),
    now() {
      return this.at;
    },
  };
  const opened: Registry[] = [];
  async function another(more: Partial<RegistryOptions> = {}): Promise<Registry> {
    const base = { path, calendar: testCalendar, clock, log: silentLogger, passwordIterations: 101 };
    const registry = createRegistry({ ...base, ...options, ...more });
    opened.push(registry);
    await registry.start();
    return registry;
  }
  async function end(): Promise<void> {
    for (const registry of opened) await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return { registry: await another(), path, clock, another, end };
}

/** A billing point for electricity, with whatever the test is about. */
export function electricPoint(key: PointInput['key'], more: Partial<PointInput> = {}): PointInput {
  return { key, name: key, quantities: ['electricity'], validFrom: midnight('2024-01-01'), ...more };
}
