// Processes of ours for tests that kill them: they run `dist`, as users do.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Sources run in vitest, compiled code in `dist`: the folder of compiled code either way. */
const dist = fileURLToPath(
  import.meta.url.includes('/dist/')
    ? new URL('../../', import.meta.url)
    : new URL('../../dist/', import.meta.url),
);

export function distFile(path: string): string {
  return `${dist}${path}`;
}

export class TestProcess {
  readonly #command: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #folder: string | undefined;
  #child: ChildProcess | undefined;
  /** Lines of standard output of all lives, and of standard error, for what a failed test shows. */
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly #waiting = new Set<() => void>();

  /**
   * @param command path below dist and arguments
   * @param folder where it runs; left out: where this process does
   */
  constructor(
    command: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    folder?: string,
  ) {
    this.#command = command;
    this.#environment = environment;
    this.#folder = folder;
  }

  /** Starts it and resolves once it has printed a line that `ready` matches. */
  async start(ready: RegExp): Promise<void> {
    const [file = '', ...args] = this.#command;
    const seen = this.lines.length;
    const child = spawn(process.execPath, [distFile(file), ...args], {
      env: { ...process.env, ...this.#environment },
      cwd: this.#folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#heard(this.lines, line));
    createInterface({ input: child.stderr }).on('line', (line) => this.#heard(this.errors, line));
    child.once('exit', () => this.#ring());
    await this.#until(() => this.lines.slice(seen).some((line) => ready.test(line)), child, String(ready));
  }

  /** Resolves with the first line (of any life) that matches. */
  async line(pattern: RegExp): Promise<string> {
    await this.#until(() => this.lines.some((line) => pattern.test(line)), this.#child, String(pattern));
    return this.lines.find((line) => pattern.test(line)) ?? '';
  }

  write(line: string): void {
    this.#child?.stdin?.write(`${line}\n`);
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends it and resolves when it is gone. @returns its exit code, `null` after a signal. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || !this.running) return child?.exitCode ?? null;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return gone;
  }

  async exited(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || !this.running) return child?.exitCode ?? null;
    return new Promise((resolve) => child.once('exit', resolve));
  }

  async #until(condition: () => boolean, child: ChildProcess | undefined, wanted: string): Promise<void> {
    while (!condition()) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
        throw new Error(
          `${this.#command.join(' ')} ended before ${wanted}:\n${[...this.lines, ...this.errors].slice(-20).join('\n')}`,
        );
      }
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  #heard(lines: string[], line: string): void {
    lines.push(line);
    if (lines.length > 2_000) lines.splice(0, 1_000);
    this.#ring();
  }

  #ring(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** The most memory that a running process ever had, MB; `undefined` where the system does not tell. */
export function peakMemoryMb(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(status.match(/^VmHWM:\s+(\d+) kB$/m)?.[1]) / 1024;
  } catch {
    return undefined;
  }
}
