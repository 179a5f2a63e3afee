// What the demo remembers in `demo.json`: the city is a function of this.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type Config, underHome } from '../../core/runtime/config.ts';
import { createDemo } from '../../simulators/demo-faults.ts';
import type { Meters } from '../../simulators/meters.ts';

const stateSchema = z.strictObject({
  seed: z.int(),
  tz: z.string(),
  /** The city's present when it was founded, epoch ms. */
  to: z.int(),
  /** Readings up to here are stored and acknowledged; `null`: nothing yet. */
  filledTo: z.int().nullable(),
  /** The cars' days; left out: there are none yet. */
  fleet: z.strictObject({ from: z.int(), sentTo: z.int().nullable() }).optional(),
});
export type DemoState = z.infer<typeof stateSchema>;

export const demoSeed = 20_260_101;

export function readDemoState(config: Config): DemoState | undefined {
  const file = stateFile(config);
  return existsSync(file) ? stateSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

export function writeDemoState(config: Config, state: DemoState): void {
  const file = stateFile(config);
  writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`);
  renameSync(`${file}.new`, file);
}

/** Of the file as it stands, so that meters and cars do not write over each other. */
export function changeDemoState(config: Config, change: Partial<DemoState>): void {
  const state = readDemoState(config);
  if (state !== undefined) writeDemoState(config, { ...state, ...change });
}

export function demoMeters(state: DemoState): Meters {
  return createDemo({ seed: state.seed, tz: state.tz, to: state.to, agents: 'per-building' });
}

function stateFile(config: Config): string {
  return underHome(config, 'demo.json');
}
