// Real brokers for tests: the embedded one and a Mosquitto of our configuration, with the same agents; and clients.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { EmbeddedBroker, type EmbeddedBrokerOptions } from '../../../ingest/broker/embedded-broker.ts';
import { mosquittoAcl, mosquittoConfig } from '../../../ingest/broker/mosquitto.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { freePort, listens } from '../real-server.ts';
import { passwords } from './passwords.ts';

export interface TestBroker {
  readonly url: string;
  readonly port: number;
  /** Counters of the embedded broker. */
  readonly metrics: Metrics;
  end(): Promise<void>;
}

export async function embedded(options: Partial<EmbeddedBrokerOptions> = {}): Promise<TestBroker> {
  const metrics = new Metrics();
  const broker = new EmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    agents: { verify: async (id, password) => passwords[id] === password },
    internal: { user: 'ingest', password: passwords['ingest'] ?? '' },
    clock: systemClock,
    log: silentLogger,
    metrics,
    ...options,
  });
  await broker.start();
  const { port } = broker.address();
  return { url: `mqtt://127.0.0.1:${port}`, port, metrics, end: () => broker.stop() };
}

/** `program`: path of the server; `mosquitto_passwd` comes with it. `acl`: other rights than ours. */
export async function mosquitto(
  program: string,
  acl: string = mosquittoAcl(['ingest']),
): Promise<TestBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'jieyue-mosquitto-'));
  const port = await freePort();
  const [config, aclFile, passwordFile] = ['mosquitto.conf', 'acl', 'passwords'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const clear = Object.entries(passwords).map(([user, password]) => `${user}:${password}\n`);
  writeFileSync(passwordFile, clear.join(''), { mode: 0o600 });
  spawnSync('mosquitto_passwd', ['-U', passwordFile], { stdio: 'pipe' });
  writeFileSync(aclFile, acl, { mode: 0o600 });
  const text = mosquittoConfig({ host: '127.0.0.1', port, passwordFile, aclFile });
  // Started as root it would become a user who may not read these files.
  writeFileSync(config, `${text}user ${userInfo().username}\n`);
  const server = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  for (let attempt = 0; !(await listens(port)); attempt++) {
    if (server.exitCode !== null || attempt > 200) throw new Error(`mosquitto does not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const end = async () => {
    server.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `mqtt://127.0.0.1:${port}`, port, metrics: new Metrics(), end };
}

export interface Received {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

export class TestClient {
  readonly mqtt: MqttClient;
  readonly received: Received[] = [];
  closed = 0;

  constructor(mqtt: MqttClient) {
    this.mqtt = mqtt;
    mqtt.on('message', (topic, payload, { retain }) => {
      this.received.push({ topic, payload: payload.toString(), retain });
    });
    mqtt.on('close', () => {
      this.closed++;
    });
    mqtt.on('error', () => {});
  }

  /** Resolves with the first message that fits. */
  async message(fits: (message: Received) => boolean): Promise<Received> {
    for (;;) {
      const found = this.received.find(fits);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async publish(topic: string, payload: string | Buffer, retain = false): Promise<void> {
    await this.mqtt.publishAsync(topic, payload, { qos: 1, retain });
  }

  /** The granted qos, 128 for a refusal. */
  async subscribe(filter: string): Promise<number> {
    return new Promise((resolve) => {
      this.mqtt.subscribe(filter, { qos: 1 }, (_error, _granted, packet) => {
        const code: unknown = packet?.granted[0];
        resolve(typeof code === 'number' ? code : 128);
      });
    });
  }

  async end(): Promise<void> {
    await this.mqtt.endAsync(true);
  }
}

/** Connects as a user of `passwords`; does not reconnect. @throws when the broker refuses. */
export async function client(
  broker: Pick<TestBroker, 'url'>,
  user: string,
  options: IClientOptions = {},
): Promise<TestClient> {
  const settings: IClientOptions = {
    username: user,
    password: passwords[user] ?? 'none',
    protocolVersion: 4,
    reconnectPeriod: 0,
    connectTimeout: 5_000,
    ...options,
  };
  return new TestClient(await connectAsync(broker.url, settings, false));
}
