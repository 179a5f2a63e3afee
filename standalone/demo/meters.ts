// The demo city's meters on fixed ports, and the configuration with which any agent can poll them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import { systemClock } from '../../core/runtime/clock.ts';
import type { Meters } from '../../simulators/meters.ts';
import { CityServers, sourceConfig } from '../../simulators/modbus/servers.ts';

export async function serveMeters(options: {
  meters: Meters;
  firstPort: number;
  everyMs: number;
  /** Where the agent finds its password. */
  passwordFile: (agent: string) => string;
  /** Where the agent's configuration is written. */
  file: string;
}): Promise<{ values: Record<string, string | number>; stop: () => Promise<void> }> {
  const { meters } = options;
  const ports = new Map(meters.city.buildings.map(({ id }, index) => [id, options.firstPort + index]));
  const servers = new CityServers({ meters, clock: systemClock, ports });
  await servers.start();
  const source = sourceConfig(meters.city, ports, { everyMs: options.everyMs });
  const [id] = meters.city.agents;
  mkdirSync(dirname(options.file), { recursive: true });
  writeFileSync(
    options.file,
    stringify({ agent: { id, passwordFile: options.passwordFile(id ?? ''), sources: [source] } }),
  );
  const last = options.firstPort + meters.city.buildings.length - 1;
  return {
    values: { devices: source.devices.length, ports: `${options.firstPort}-${last}`, file: options.file },
    stop: () => servers.stop(),
  };
}
