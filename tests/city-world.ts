// The city of docker-compose.yml without containers: each service as a process with the environment that the compose file gives
// it, on Debian's Mosquitto with the very same configuration file, and on InfluxDB 1.x in the place of 2.7. What differs is
// said here: where files lie, which ports are free, that meters are read every second, and that 1.x has users where 2.x has
// tokens.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { databaseSuffixes } from '../core/domain/series.ts';
import { sleep } from '../core/runtime/clock.ts';
import { InfluxServer } from '../core/testing/influx-server.ts';
import { type Outcome, runJieyue, until } from '../core/testing/jieyue.ts';
import { TestProcess } from '../core/testing/processes.ts';
import { freePort, listens } from '../core/testing/real-server.ts';
import { tokens } from '../standalone/init/influx-2.ts';
import { freshSecret, secretNames } from '../standalone/init/secrets-file.ts';
import { type Compose, type ComposeService, readCompose, root } from './compose-file.ts';

type Holder = keyof typeof tokens;
const buildings = 6;

export class City {
  readonly home = mkdtempSync(join(tmpdir(), 'jieyue-city-'));
  readonly influx: InfluxServer;
  readonly #compose: Compose;
  readonly #processes = new Map<string, TestProcess>();
  readonly #ports = new Map<string, number>();
  #mosquitto: ChildProcess | undefined;
  #said = '';

  constructor(influxd: string) {
    const secrets = Object.fromEntries(Object.keys(secretNames).map((name) => [name, freshSecret()]));
    this.#compose = readCompose(secrets);
    this.influx = new InfluxServer(influxd, 'auth-enabled = true');
  }

  /** A port of a service, by its number in the compose file. */
  port(service: string, number: number): number {
    return this.#ports.get(`${service} ${number}`) ?? number;
  }

  async choosePorts(): Promise<void> {
    for (const [service, number] of [
      ['mosquitto', 1883],
      ['api', 8080],
      ['ingest', 9464],
      ['demo-agent', 9464],
    ] as const) {
      this.#ports.set(`${service} ${number}`, await freePort());
    }
    this.#ports.set('simulators 15020', await freePorts(buildings));
  }

  /** Databases and users with the rights that `jieyue init influxdb` gives to tokens; passwords where tokens would be. */
  async prepareInflux(): Promise<void> {
    await this.influx.start();
    const administrator = { user: 'admin', password: freshSecret() };
    await this.query(`CREATE USER admin WITH PASSWORD '${administrator.password}' WITH ALL PRIVILEGES`);
    for (const suffix of Object.values(databaseSuffixes))
      await this.query(`CREATE DATABASE "jieyue_${suffix}"`, administrator);
    for (const [holder, rights] of Object.entries(tokens)) {
      const password = freshSecret();
      const file = this.#local(`/tokens/${holder}`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${password}\n`, { mode: 0o600 });
      const user = userOf(holder);
      await this.query(`CREATE USER "${user}" WITH PASSWORD '${password}'`, administrator);
      for (const [part, right] of Object.entries(rights)) {
        const database = `jieyue_${databaseSuffixes[part as keyof typeof databaseSuffixes]}`;
        await this.query(
          `GRANT ${right === 'read' ? 'READ' : 'ALL'} ON "${database}" TO "${user}"`,
          administrator,
        );
      }
    }
  }

  /** The user that stands for a holder's token. */
  credential(holder: Holder): { user: string; password: string } {
    return {
      user: userOf(holder),
      password: readFileSync(this.#local(`/tokens/${holder}`), 'utf8').trim(),
    };
  }

  /** @returns the answer's text. @throws unless it is 200 without an error */
  async query(q: string, as?: { user: string; password: string }, db = ''): Promise<string> {
    const headers = as && { authorization: `Basic ${btoa(`${as.user}:${as.password}`)}` };
    const body = new URLSearchParams({ q, db });
    const response = await fetch(`${this.influx.url}/query`, {
      method: 'POST',
      body,
      ...(headers && { headers }),
    });
    const text = await response.text();
    if (response.status !== 200 || text.includes('"error"'))
      throw new Error(`${q}: ${response.status} ${text}`);
    return text;
  }

  /** Runs a one-shot service to its end, or another command with its settings. */
  async runOnce(service: string, ...command: string[]): Promise<Outcome> {
    const { entrypoint, command: own } = this.#service(service);
    // What is given to `sh -ec` is one command a line.
    const lines = entrypoint.length > 0 ? own.join('\n').trim().split('\n') : [own.join(' ')];
    let outcome: Outcome = { code: 0, stdout: '', stderr: '' };
    for (const line of command.length > 0 ? [command.join(' ')] : lines) {
      const words = line.replace(/^node dist\/standalone\/cli\.js /, '').split(' ');
      outcome = await runJieyue(
        words.map((word) => this.#local(word)),
        this.environment(service),
      );
      if (outcome.code !== 0) break;
    }
    return outcome;
  }

  /** Mosquitto by the script and with the configuration of the container; only paths and port are others. */
  async startMosquitto(program: string): Promise<void> {
    const [shell = '', script = '', configuration = '', access = ''] = this.#service('mosquitto').command;
    const port = this.port('mosquitto', 1883);
    const text = readFileSync(join(root, 'deploy/mosquitto/mosquitto.conf'), 'utf8')
      .replaceAll(/\/broker\/\S*/g, (path) =>
        path.endsWith('/') ? `${this.#local(path)}/` : this.#local(path),
      )
      .replace('listener 1883', `listener ${port} 127.0.0.1`);
    // Started as root it would become a user who may not read these files.
    const user = process.getuid?.() === 0 ? `user ${userInfo().username}\n` : '';
    const file = this.#local(configuration);
    mkdirSync(dirname(file), { recursive: true });
    mkdirSync(this.#local('/broker/data'), { recursive: true });
    writeFileSync(file, text + user);
    const path = `${process.env['PATH']}${delimiter}${dirname(program)}`;
    const repository = join(root, script.replace('/mosquitto/config', 'deploy/mosquitto'));
    const child = spawn(shell, [repository, file, this.#local(access), '1'], {
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (data: Buffer) => {
      this.#said = (this.#said + data.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#mosquitto = child;
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`mosquitto does not start: ${this.#said}`);
      return listens(port);
    });
  }

  /** What Mosquitto and its script said. */
  get mosquittoSaid(): string {
    return this.#said;
  }

  async endMosquitto(): Promise<number | null> {
    const child = this.#mosquitto;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const gone = once(child, 'exit') as Promise<[number | null]>;
    child.kill('SIGTERM');
    return (await gone)[0];
  }

  /** The process of a service, with the settings and arguments of the compose file. */
  process(service: string, more: Readonly<Record<string, string>> = {}): TestProcess {
    const kept = this.#processes.get(service);
    if (kept !== undefined) return kept;
    const words = this.#service(service).command.map((word, index, all) => {
      if (all[index - 1] === '--every') return '1';
      // In a container that nobody outside reaches it is every address.
      if (all[index - 1] === '--metrics-host') return '127.0.0.1';
      return this.#local(this.#ownPort(service, word));
    });
    const made = new TestProcess(['standalone/cli.js', ...words], { ...this.environment(service), ...more });
    this.#processes.set(service, made);
    return made;
  }

  /** The service's environment with paths, ports and hosts of this machine, and 1.x's credentials for 2.x's. */
  environment(service: string): Record<string, string> {
    const settings: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.#service(service).environment)) {
      const part = name.match(/^JIEYUE_STORE_INFLUX_(READINGS|POSITIONS|FIGURES)_TOKEN_FILE$/)?.[1];
      if (part !== undefined) {
        settings[`JIEYUE_STORE_INFLUX_${part}_USER`] = userOf(value.replace('/tokens/', ''));
        settings[`JIEYUE_STORE_INFLUX_${part}_PASSWORD_FILE`] = this.#local(value);
      } else if (name === 'JIEYUE_STORE_INFLUX_VERSION') settings[name] = '1';
      else if (name === 'JIEYUE_STORE_INFLUX_URL') settings[name] = this.influx.url;
      else if (name === 'JIEYUE_HTTP_HOST') settings[name] = '127.0.0.1';
      else if (name === 'JIEYUE_MQTT_URL')
        settings[name] = value.replace('mosquitto:1883', `127.0.0.1:${this.port('mosquitto', 1883)}`);
      else settings[name] = this.#local(this.#ownPort(service, value));
    }
    return { ...settings, JIEYUE_LANGUAGE: 'en', JIEYUE_LOG_LEVEL: 'warn' };
  }

  /** Runs the service's health check as Docker would. @returns its exit code */
  health(service: string): Promise<number> {
    const [kind, ...words] = this.#service(service).healthcheck?.test ?? [];
    const [program = '', ...args] =
      kind === 'CMD-SHELL'
        ? [
            '/bin/sh',
            '-c',
            words.join(' ').replace('mosquitto_sub', `mosquitto_sub -p ${this.port('mosquitto', 1883)}`),
          ]
        : words.map((word) => this.#ownPort(service, word));
    return new Promise((resolve) => {
      execFile(program, args, { timeout: 10_000 }, (error) => {
        resolve(error === null ? 0 : typeof error.code === 'number' ? error.code : -1);
      });
    });
  }

  async remove(): Promise<void> {
    for (const each of this.#processes.values()) await each.end('SIGKILL');
    await this.endMosquitto();
    await this.influx.remove();
    rmSync(this.home, { recursive: true, force: true });
  }

  #service(name: string): ComposeService {
    const service = this.#compose.services[name];
    if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
    return service;
  }

  /** A container's path as a path of this test's folder; everything else as it is. */
  #local(word: string): string {
    return /^\/(var\/lib|tokens|broker|mosquitto)\//.test(word) ? join(this.home, word) : word;
  }

  #ownPort(service: string, word: string): string {
    return word.replaceAll(/\b(8080|9464|15020)\b/g, (number) => String(this.port(service, Number(number))));
  }
}

function userOf(holder: string): string {
  return holder.replace('/', '-');
}

/** The first of so many free ports that follow each other. */
async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const first = await freePort();
    if (first + count > 65_535) continue;
    const taken = await Promise.all(Array.from({ length: count }, (_, index) => listens(first + index)));
    if (!taken.includes(true)) return first;
    await sleep(10);
  }
  throw new Error(`no ${count} free ports in a row`);
}
