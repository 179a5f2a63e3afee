// The city deployment runs: a simulated meter is read by an agent, Mosquitto carries, ingest stores in InfluxDB, the API answers.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installInfluxDb } from '../core/testing/influx-server.ts';
import { runJieyue, until } from '../core/testing/jieyue.ts';
import { requireServer } from '../core/testing/real-server.ts';
import { City } from './city-world.ts';

const mosquitto = requireServer('mosquitto', 'apt-get install mosquitto');
const mosquittoSub = requireServer('mosquitto_sub', 'apt-get install mosquitto-clients');
const influxd = requireServer('influxd', installInfluxDb);
const missing = [mosquitto, mosquittoSub, influxd].includes(undefined);

/** The demo city's agent, and one of its meters. */
const agent = 'yunjiang';
const point = `${agent}/jgdl.main`;

describe.skipIf(missing)('the city of docker-compose.yml, as processes', { timeout: 60_000 }, () => {
  let city: City;
  let key = '';

  beforeAll(async () => {
    city = new City(influxd ?? '');
    await city.choosePorts();
    await city.prepareInflux();
  }, 60_000);
  afterAll(() => city.remove(), 60_000);

  async function get(path: string, query: Record<string, string> = {}, as = key): Promise<Response> {
    const url = `http://127.0.0.1:${city.port('api', 8080)}${path}?${new URLSearchParams(query)}`;
    return fetch(url, { headers: as === '' ? {} : { authorization: `Bearer ${as}` } });
  }

  it('starts in the order that the compose file states', async () => {
    expect(await city.runOnce('broker-access')).toMatchObject({ code: 0, stderr: '' });
    await city.startMosquitto(mosquitto ?? '');
    await city.process('ingest', { JIEYUE_INGEST_ROLLUP_EVERY_MS: '200' }).start(/ingest is running/);
    // Its list of series is empty when it starts: what ingest begins later it has to find out.
    await city.process('api', { JIEYUE_STORE_INFLUX_SERIES_EVERY_MS: '500' }).start(/api is running/);
    key = readFileSync(join(city.home, 'var/lib/jieyue/admin-token'), 'utf8').trim();
    expect(city.process('api').lines.join()).not.toContain(key);
  });

  it('lets a new agent into the running Mosquitto, by one command', async () => {
    expect(await city.runOnce('demo-city')).toMatchObject({ code: 0, stderr: '' });
    await city.process('simulators').start(/75 simulated meters/);
    await city.process('demo-agent').start(/agent yunjiang is running/);
    const states = async () =>
      (await (await get('/api/v1/agents')).json()) as { agents: { id: string; state: string }[] };
    await until(async () =>
      (await states()).agents.some(({ id, state }) => id === agent && state === 'online'),
    );
  });

  it('shows readings of a meter at the API, which did not know its series when it started', async () => {
    const value = async () => {
      const answer = await get(`/api/v1/points/${point}/latest`);
      const { latest } = (await answer.json()) as { latest: { quantity: string; value: number | null }[] };
      return latest.find(({ quantity }) => quantity === 'electricity')?.value ?? null;
    };
    await until(async () => (await value()) !== null);
    expect(await value()).toBeGreaterThan(0);
    const stored = await city.query(
      `SELECT count("value") FROM "readings" WHERE "point" = '${point}'`,
      city.credential('grafana/boards'),
      'jieyue_readings',
    );
    expect(stored).toMatch(/"values":\[\["[^"]*",[1-9]/);
  });

  it('answers what was consumed from rollups that ingest wrote', async () => {
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const tomorrow = new Date(Date.now() + 32 * 3_600_000).toISOString().slice(0, 10);
    const ask = async () => {
      const answer = await get('/api/v1/consumption', { point, bucket: 'day', from: today, to: tomorrow });
      expect(answer.status).toBe(200);
      return (await answer.json()) as { total: { value: number | null }; unit: string };
    };
    await until(async () => (await ask()).total.value !== null);
    expect((await ask()).unit).toBe('kWh');
    const institutions = (await (await get('/api/v1/institutions')).json()) as { institutions: unknown[] };
    expect(institutions.institutions.length).toBe(9);
  });

  it('is well, by its own word and by the health checks of the containers', async () => {
    await until(async () => {
      const health = (await (await get('/health', {}, '')).json()) as { status: string };
      return health.status === 'ok';
    });
    for (const service of ['mosquitto', 'ingest', 'api', 'simulators', 'demo-agent'])
      expect([service, await city.health(service)]).toEqual([service, 0]);
  });

  it('refuses who has no credential, a wrong one, or one for something else', async () => {
    expect((await get('/api/v1/institutions', {}, '')).status).toBe(401);
    expect((await get('/api/v1/institutions', {}, 'not-a-key')).status).toBe(401);
    expect(await entersBroker(undefined, undefined)).toBe(false);
    expect(await entersBroker(agent, 'wrong')).toBe(false);
    const positions = 'SELECT * FROM "positions"';
    const boards = city.credential('grafana/boards');
    await expect(city.query(positions, boards, 'jieyue_positions')).rejects.toThrow(/not authorized/);
    await expect(city.query('DROP SERIES FROM "readings"', boards, 'jieyue_readings')).rejects.toThrow(
      /requires admin|not authorized/,
    );
    await expect(city.query('SHOW DATABASES')).rejects.toThrow(/401/);
    // An API whose password of InfluxDB is another does not start, and says which.
    const environment = { ...city.environment('api'), JIEYUE_STORE_INFLUX_FIGURES_PASSWORD: 'wrong' };
    const wrong = await runJieyue(['api', '--port', '0'], environment);
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/jieyue_figures.*\[store\.unavailable\]/s),
    });
    expect(wrong.stderr).not.toContain('wrong');
  });

  it('makes, renews and refuses agents while it runs: passwords reach Mosquitto by the same command', async () => {
    const create = await city.runOnce('jieyue', 'agents', 'create', 'late-1');
    const password = create.stdout.match(/(\S+)\s*$/)?.[1];
    expect(await entersBroker('late-1', password)).toBe(false);
    expect((await city.runOnce('broker-access')).code).toBe(0);
    await until(() => entersBroker('late-1', password));
    const client = await enter('late-1', password);
    const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
    expect((await city.runOnce('jieyue', 'agents', 'disable', 'late-1')).code).toBe(0);
    expect((await city.runOnce('broker-access')).code).toBe(0);
    // The connection that stands is ended too.
    await ended;
    client.end(true);
    expect(await entersBroker('late-1', password)).toBe(false);
    // The others stay.
    expect(await city.health('ingest')).toBe(0);
  });

  it('takes a file of history by its own command, once the broker was told of the agent that sends it', async () => {
    const file = join(city.home, 'school.csv');
    writeFileSync(file, 'hour_start,energy_kwh\n2018-01-01T00:00,1.5\n2018-01-01T01:00,2.5\n');
    const column = ['--column', 'energy_kwh=electricity_interval'];
    const send = () => city.runOnce('jieyue', 'import', file, '--point', 'school', ...column);
    expect(await send()).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/run --rm broker-access.*\[agent\.credentials\]/),
    });
    expect((await city.runOnce('broker-access')).code).toBe(0);
    await until(async () => (await send()).code === 0);
    const range = { bucket: 'day', from: '2018-01-01', to: '2018-01-02' };
    const value = async () => {
      const answer = await get('/api/v1/consumption', { point: 'import/school', ...range });
      return ((await answer.json()) as { total?: { value: number | null } }).total?.value;
    };
    await until(async () => (await value()) === 4);
  });

  it('ends cleanly, each process, when it is told to', async () => {
    for (const service of ['demo-agent', 'simulators', 'api', 'ingest']) {
      const child = city.process(service);
      expect([service, child.running, await child.end('SIGTERM')]).toEqual([service, true, 0]);
    }
    expect(await city.endMosquitto()).toBe(0);
  });

  function enter(username: string | undefined, password: string | undefined): Promise<MqttClient> {
    const client = connect(`mqtt://127.0.0.1:${city.port('mosquitto', 1883)}`, {
      ...(username === undefined ? {} : { username, password: password ?? '' }),
      protocolVersion: 4,
      reconnectPeriod: 0,
    });
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(client));
      client.once('error', (error) => {
        client.end(true);
        reject(error);
      });
    });
  }

  async function entersBroker(username: string | undefined, password: string | undefined): Promise<boolean> {
    try {
      const client = await enter(username, password);
      client.end(true);
      return true;
    } catch (error) {
      expect(String(error)).toContain('Not authorized');
      return false;
    }
  }
});
