// The demo city whose meters stand alone (`simulate register`, `simulate meters`): one agent reads them all. Its present is
// remembered in `demo-meters.json`, so that a register goes on counting where it was when the meters are started again.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Calendar } from '../../core/domain/time.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { type Config, underHome } from '../../core/runtime/config.ts';
import { createDemo } from '../../simulators/demo-faults.ts';
import type { Meters } from '../../simulators/meters.ts';
import { ensureAgent } from '../agent-credential.ts';
import { recordBillsSince } from './bills.ts';
import { registerCity } from './register.ts';

const stateSchema = z.strictObject({ seed: z.int(), tz: z.string(), to: z.int() });

/** The city as it was founded in this home, or one founded now, with this seed. */
export function meterCity(config: Config, seed: number, now: number): Meters {
  const file = underHome(config, 'demo-meters.json');
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ seed, tz: config.tz, to: now })}\n`);
  }
  return createDemo(stateSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
}

/** Registers the city and its agent; again, it changes nothing. The password is kept in `agents/{id}.password`. */
export async function registerMeterCity(
  config: Config,
  calendar: Calendar,
  registry: Registry,
  meters: Meters,
): Promise<{ agent: string; points: number; file: string }> {
  const { city } = meters;
  const [agent = ''] = city.agents;
  await ensureAgent(config, registry, agent);
  const known = await registry.points.keysOfAgent(agent);
  if (known.size === 0) await registerCity(registry, meters, calendar, config.language);
  await recordBillsSince(registry, city, systemClock.now());
  return { agent, points: city.points.length, file: passwordFile(config, agent) };
}

/** The file of the agent's password, where it was registered from this home. */
export function registeredPassword(config: Config, agent: string): string | undefined {
  const file = passwordFile(config, agent);
  return existsSync(file) ? file : undefined;
}

function passwordFile(config: Config, agent: string): string {
  return underHome(config, `agents/${agent}.password`);
}
