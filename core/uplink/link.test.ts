// The connection itself: TLS, and the real Mosquitto.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Batch, batchSchema } from '../domain/telemetry.ts';
import { parseTopic, topic, topicFilter } from '../domain/topics.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { FakeIngest } from '../testing/fake-ingest.ts';
import { freePort, listens, requireServer } from '../testing/real-server.ts';
import { quick, seeded, series, temporaryFolder } from '../testing/uplink-rows.ts';
import { Uplink, type UplinkOptions } from './uplink.ts';

function makeUplink(url: string, options: Partial<UplinkOptions> = {}): Uplink {
  const uplink = new Uplink({
    agent: 'a1',
    url,
    password: 'secret',
    outbox: { path: join(temporaryFolder(), 'outbox.sqlite'), limitBytes: 10_000_000 },
    window: 8,
    flushEveryMs: 20,
    batchRows: 100,
    version: 'test',
    clock: systemClock,
    random: seeded(5),
    log: silentLogger,
    ...quick,
    ...options,
  });
  onTestFinished(() => uplink.stop());
  return uplink;
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

const openssl = requireServer('openssl', 'apt-get install openssl');

test.skipIf(openssl === undefined)(
  'rows travel over TLS to a broker of a named authority, and to no other',
  async () => {
    const folder = temporaryFolder();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ];
    const subject = ['-subj', '/CN=broker', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(String(openssl), [...request, ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    const ingest = new FakeIngest({
      tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') },
    });
    await ingest.start();
    onTestFinished(() => ingest.stop());

    const lines: { code?: string; msg: string }[] = [];
    const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
    const stranger = makeUplink(ingest.url, { log });
    await stranger.start();
    await until(() => expect(lines.some(({ code }) => code === 'broker.unreachable')).toBe(true));
    expect(lines[0]?.msg).toContain('self-signed certificate');
    expect(stranger.connected).toBe(false);
    await stranger.stop();

    const uplink = makeUplink(ingest.url, { ca: readFileSync(cert) });
    await uplink.start();
    await uplink.push(series('m', 300));
    await uplink.drained();
    expect(ingest.state.size).toBe(300);
  },
);

const mosquitto = requireServer('mosquitto', 'apt-get install mosquitto');

describe.skipIf(mosquitto === undefined)('on the real Mosquitto', () => {
  async function startMosquitto(port: number, config: string): Promise<ChildProcess> {
    const child = spawn(String(mosquitto), ['-c', config], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    await until(async () => expect(await listens(port)).toBe(true));
    return child;
  }

  test('rows arrive once acknowledged, over a restart of the broker, and the will tells when the agent is gone', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const config = join(folder, 'mosquitto.conf');
    writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nuser root\n`);
    let broker = await startMosquitto(port, config);
    const url = `mqtt://127.0.0.1:${port}`;

    const rows = new Map<string, Batch['readings'][number]>();
    const states: string[] = [];
    const ingest = mqtt.connect(url, { protocolVersion: 4, reconnectPeriod: 50 });
    onTestFinished(() => void ingest.end(true));
    ingest.on('error', () => undefined);
    ingest.subscribe([topicFilter('batch'), topicFilter('status')], { qos: 1 });
    ingest.on('message', (name, payload) => {
      const parsed = parseTopic(name);
      if (parsed?.kind === 'status') states.push(JSON.parse(payload.toString()).state);
      if (parsed?.kind !== 'batch') return;
      const batch = batchSchema.parse(JSON.parse(payload.toString()));
      for (const row of batch.readings) rows.set(`${row[0]} ${row[2]}`, row);
      ingest.publish(topic(parsed.agent, 'ack'), JSON.stringify({ ids: [batch.id] }), { qos: 1 });
    });
    await until(() => expect(ingest.connected).toBe(true));

    const uplink = makeUplink(url);
    await uplink.start();
    await uplink.push(series('before', 2_000));
    await uplink.drained();
    expect(rows.size).toBe(2_000);

    const gone = new Promise((resolve) => broker.once('exit', resolve));
    broker.kill('SIGKILL');
    await gone;
    for (let i = 0; i < 10; i++) await uplink.push(series(`while-away-${i}`, 100));
    broker = await startMosquitto(port, config);
    await uplink.drained();
    expect(rows.size).toBe(3_000);
    await uplink.stop();
    await until(() => expect(states.at(-1)).toBe('offline'));
    expect(states).toContain('online');
  });

  test('a wrong password is told as such', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const config = join(folder, 'mosquitto.conf');
    const passwords = join(folder, 'passwords');
    writeFileSync(passwords, '', { mode: 0o600 });
    writeFileSync(config, `listener ${port} 127.0.0.1\npassword_file ${passwords}\nuser root\n`);
    await startMosquitto(port, config);
    const lines: { code?: string }[] = [];
    const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
    const uplink = makeUplink(`mqtt://127.0.0.1:${port}`, { log });
    await uplink.start();
    await until(() => expect(lines.map(({ code }) => code)).toContain('agent.credentials'));
    expect(uplink.connected).toBe(false);
  });
});
