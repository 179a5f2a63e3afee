// InfluxDB 1.x for tests: a real server on a free port, its files in a temporary folder; stopped and started at will.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InfluxOptions } from '../store/influx/connection.ts';
import { freePort } from './find-server.ts';

export const installInfluxDb = 'apt-get install influxdb';

export class InfluxServer {
  readonly #program: string;
  readonly #settings: string;
  #folder = '';
  #port = 0;
  #backupPort = 0;
  #child: ChildProcess | undefined;
  #output = '';

  /** @param settings lines of the section [http] or further sections of influxdb.conf */
  constructor(program: string, settings = '') {
    this.#program = program;
    this.#settings = settings;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** For `influxd backup -host` and `influxd restore -host`. */
  get backupAddress(): string {
    return `127.0.0.1:${this.#backupPort}`;
  }

  get folder(): string {
    return this.#folder;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What a store needs to reach a database of this server. */
  options(database: string, more: Partial<InfluxOptions> = {}): InfluxOptions {
    return { url: this.url, database, retentionDays: 0, shardDays: 28, timeoutMs: 30_000, ...more };
  }

  /** Starts the server, on its own disk again after a stop. */
  async start(): Promise<void> {
    if (this.#folder === '') {
      this.#folder = await mkdtemp(join(tmpdir(), 'jieyue-influx-'));
      this.#port = await freePort();
      this.#backupPort = await freePort();
      await writeFile(join(this.#folder, 'influxdb.conf'), this.#configuration());
    }
    this.#output = '';
    const child = spawn(this.#program, ['-config', join(this.#folder, 'influxdb.conf')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const keep = (text: unknown) => {
      this.#output = (this.#output + String(text)).slice(-4_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    for (let tries = 0; tries < 300; tries++) {
      if (child.exitCode !== null) break;
      if (await this.#answers()) return;
      await sleep(50);
    }
    await this.kill('SIGKILL');
    throw new Error(`influxd did not start:\n${this.#output}`);
  }

  /** Ends the process; its files stay. */
  async kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill('SIGKILL');
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/ping`)).status === 204;
    } catch {
      return false;
    }
  }

  #configuration(): string {
    const at = (name: string) => JSON.stringify(join(this.#folder, name));
    return `reporting-disabled = true
bind-address = "${this.backupAddress}"
[meta]
dir = ${at('meta')}
[data]
dir = ${at('data')}
wal-dir = ${at('wal')}
index-version = "tsi1"
query-log-enabled = false
[monitor]
store-enabled = false
[subscriber]
enabled = false
[continuous_queries]
enabled = false
[http]
bind-address = "127.0.0.1:${this.#port}"
log-enabled = false
${this.#settings}
`;
  }
}
