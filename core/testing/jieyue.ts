// `jieyue` as a user has it: commands that run to their end, and `jieyue up` with its API.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../runtime/clock.ts';
import { distFile, TestProcess } from './processes.ts';
import { freePort } from './real-server.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, in a folder without settings of its own. */
export function runJieyue(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...nodeOptions, distFile('standalone/cli.js'), ...args],
      { env: { ...process.env, ...environment }, cwd: tmpdir(), timeout: 60_000, maxBuffer: 32 * 1024 ** 2 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}

/** `jieyue up` in a home of its own on free ports. */
export class Up {
  readonly home: string;
  readonly url: string;
  /** Settings with which other commands find the same system. */
  readonly environment: Readonly<Record<string, string>>;
  readonly process: TestProcess;

  private constructor(home: string, ports: { http: number; mqtt: number }, args: readonly string[]) {
    this.home = home;
    this.url = `http://127.0.0.1:${ports.http}`;
    this.environment = {
      JIEYUE_HOME: home,
      JIEYUE_LANGUAGE: 'en',
      JIEYUE_HTTP_PORT: String(ports.http),
      JIEYUE_MQTT_PORT: String(ports.mqtt),
    };
    // As the command's first line and `npm start` say it.
    const memory = { NODE_OPTIONS: '--max-old-space-size=256' };
    this.process = new TestProcess(['standalone/cli.js', 'up', ...args], { ...this.environment, ...memory });
  }

  static async make(args: readonly string[] = []): Promise<Up> {
    const home = mkdtempSync(join(tmpdir(), 'jieyue-up-'));
    return new Up(home, { http: await freePort(), mqtt: await freePort() }, args);
  }

  /** Resolves when the screen stands. */
  start(): Promise<void> {
    return this.process.start(/Ctrl\+C/);
  }

  /** Asks the API with the admin's key. @throws unless it answers 200 */
  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const key = readFileSync(join(this.home, 'admin-token'), 'utf8').trim();
    const url = `${this.url}${path}?${new URLSearchParams(query)}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
    if (response.status !== 200)
      throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
    return response.json();
  }

  /** Ends it and removes the home. */
  async end(): Promise<void> {
    await this.process.end('SIGTERM');
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Resolves when the condition holds; the test's own time-out is its end. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(100);
}
