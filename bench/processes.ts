// Processes of a benchmark, and what the system says of their memory.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export class BenchProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<() => void>();
  #peakMb = 0;

  /** @param file compiled file below dist */
  constructor(
    file: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    heapMb = 256,
  ) {
    const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
    this.#child = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, path, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.#lines.push(line);
        for (const listener of this.#listeners) listener();
      });
    }
    this.#child.once('exit', () => {
      for (const listener of this.#listeners) listener();
    });
  }

  send(text: string): void {
    this.#child.stdin?.end(text);
  }

  /** The first line that matches; fails when the process ends without it. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.#lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null)
        throw new Error(`process ended before ${pattern}: ${this.#lines.slice(-3)}`);
      await new Promise<void>((resolve) => {
        this.#listeners.add(resolve);
      });
      this.#listeners.clear();
    }
  }

  /** Peak resident memory so far, MB (VmHWM). */
  peakMb(): number {
    // Gone, or no /proc on this system: the last figure stands.
    this.#peakMb = peakMbOf(this.#child.pid) ?? this.#peakMb;
    return this.#peakMb;
  }

  /** Processor time used so far, seconds. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async end(): Promise<void> {
    this.peakMb();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(timer);
  }
}

/** Peak resident memory of a running process, MB; `undefined` where the system does not tell. */
export function peakMbOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(status.match(/VmHWM:\s+(\d+) kB/)?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
