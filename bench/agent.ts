// What one edge agent needs: 500 Modbus meters polled every 15 s, sent through the broker and acknowledged by ingest.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Calendar } from '../core/domain/time.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { sleep, systemClock } from '../core/runtime/clock.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { createCity } from '../simulators/city/city.ts';
import { Meters } from '../simulators/meters.ts';
import { CityServers, sourceConfig } from '../simulators/modbus/servers.ts';
import { BenchProcess, freePort } from './processes.ts';
import { type BenchRow, progress, row } from './report.ts';

const meters = 500;
const everyMs = 15_000;
const buildings = 60;

export async function run(quick: boolean): Promise<BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'jieyue-bench-'));
  const city = new Meters(createCity({ seed: 7, to: systemClock.now(), size: buildings, agents: 'gateway' }));
  const servers = new CityServers({ meters: city, clock: systemClock });
  await servers.start();
  const mqttPort = await freePort();
  const settings = {
    JIEYUE_HOME: home,
    JIEYUE_MQTT_PORT: String(mqttPort),
    JIEYUE_LOG_LEVEL: 'error',
    JIEYUE_LANGUAGE: 'en',
  };
  const started: BenchProcess[] = [];
  try {
    await makeAgent(home, sourceConfig(city.city, servers.ports, { everyMs }));
    const start = async (args: string[], heapMb?: number) => {
      const process = new BenchProcess('standalone/cli.js', args, settings, heapMb);
      started.push(process);
      await process.line(/is running/);
      return process;
    };
    await start(['broker']);
    await start(['ingest']);
    const agent = await start(['agent', '--config', join(home, 'agent.yaml')]);
    const minutes = quick ? 1 : 3;
    progress(`${meters} meters every ${everyMs / 1000} s for ${minutes} min`);
    const before = agent.cpuSeconds();
    await sleep(minutes * 60_000);
    const share = (agent.cpuSeconds() - before) / (minutes * 60);
    return [
      row(
        'agent.memory',
        agent.peakMb(),
        'MB',
        100,
        `peak of one agent, ${meters} meters every 15 s, ${minutes} min`,
      ),
      row('agent.cpu', share * 100, '% of a core'),
      row('agent.polls', servers.requests / (minutes * 60), 'requests/s'),
    ];
  } finally {
    for (const process of started.reverse()) await process.end();
    await servers.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function makeAgent(home: string, source: ReturnType<typeof sourceConfig>): Promise<void> {
  const calendar = new Calendar('Asia/Shanghai');
  const registry = createRegistry({
    path: join(home, 'registry.sqlite'),
    calendar,
    clock: systemClock,
    log: silentLogger,
  });
  await registry.start();
  const password = 'a-password-of-the-benchmark';
  await registry.agents.create('gateway', password);
  await registry.stop();
  const sources = [{ ...source, devices: source.devices.slice(0, meters) }];
  if (sources[0]?.devices.length !== meters)
    throw new Error(`the city has only ${sources[0]?.devices.length} meters`);
  const used = new Set(sources[0].devices.map((device) => device.map));
  const maps = Object.fromEntries(Object.entries(source.maps).filter(([name]) => used.has(name)));
  const agent = { id: 'gateway', password, sources: [{ ...sources[0], maps }] };
  writeFileSync(join(home, 'agent.yaml'), stringify({ home, agent }), { mode: 0o600 });
}
