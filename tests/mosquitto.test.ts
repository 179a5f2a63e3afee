// The same system on the real Mosquitto, by URL, with the files that `jieyue broker mosquitto` writes: killed once on the way.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sleep } from '../core/runtime/clock.ts';
import { runJieyue, until } from '../core/testing/jieyue.ts';
import { freePort, listens, requireServer } from '../core/testing/real-server.ts';
import { expectLedger, feedAgent, metric, settle, startAll, world } from './loss-world.ts';

const mosquitto = requireServer('mosquitto', 'apt-get install mosquitto');

describe.skipIf(mosquitto === undefined)('the system on Mosquitto', () => {
  it('loses nothing when the broker is killed and started again', { timeout: 120_000 }, async (context) => {
    const port = await freePort();
    const access = {
      JIEYUE_MQTT_URL: `mqtt://127.0.0.1:${port}`,
      JIEYUE_MQTT_USER: 'ingest-1',
      JIEYUE_MQTT_PASSWORD: 'a password of ingest',
    };
    const all = await world(context, {
      seed: 21,
      points: 12,
      steps: 600,
      mqttPort: port,
      environment: access,
    });
    const out = join(all.home, 'mosquitto');
    const written = await runJieyue(['broker', 'mosquitto', '--out', out], {
      ...access,
      JIEYUE_HOME: all.home,
      JIEYUE_MQTT_PORT: String(port),
      JIEYUE_LANGUAGE: 'en',
    });
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout).toContain(access.JIEYUE_MQTT_URL);
    const passwords = readFileSync(join(out, 'passwords'), 'utf8');
    expect(passwords).toMatch(new RegExp(`^${feedAgent}:\\$7\\$.*\\ningest-1:\\$7\\$.*\\n$`));
    expect(passwords).not.toContain(access.JIEYUE_MQTT_PASSWORD);
    for (const name of ['mosquitto.conf', 'acl', 'passwords']) {
      expect(statSync(join(out, name)).mode & 0o777).toBe(0o600);
    }
    // Started as root it would become a user who may not read these files.
    appendFileSync(join(out, 'mosquitto.conf'), `user ${userInfo().username}\n`);

    let broker = await start(mosquitto ?? '', out, port);
    context.onTestFinished(() => end(broker));
    await startAll(all, ['ingest', 'agent', 'feeder']);
    await until(async () => ((await metric(all, 'ingest_readings_total')) ?? 0) > 1_000);
    await end(broker);
    await until(async () => (await metric(all, 'ingest_broker_connected')) === 0);
    await sleep(2_000);
    broker = await start(mosquitto ?? '', out, port);

    await all.feeder.line(/^fed /);
    await settle(all);
    await expectLedger(all);
  });
});

async function start(program: string, folder: string, port: number): Promise<ChildProcess> {
  const child = spawn(program, ['-c', join(folder, 'mosquitto.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`mosquitto does not start: ${said}`);
    await sleep(25);
  }
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
