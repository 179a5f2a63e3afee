// Who is asked when: the devices behind one host:port take turns, and so do the hosts.
import type { Device, Line } from './device.ts';

/** Serves lines in turn, one device each time, at most `parallel` at once. Its queue holds each line once. */
export class Turns {
  readonly #parallel: number;
  readonly #serve: (device: Device) => Promise<void>;
  readonly #lines: Line[] = [];
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  /** `serve` never rejects. */
  constructor(parallel: number, serve: (device: Device) => Promise<void>) {
    this.#parallel = parallel;
    this.#serve = serve;
  }

  add(device: Device): void {
    device.line.waiting.push(device);
    this.#schedule(device.line);
  }

  /** Starts nothing more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  #schedule(line: Line): void {
    if (line.scheduled) return;
    line.scheduled = true;
    this.#lines.push(line);
    this.#pump();
  }

  #pump(): void {
    while (!this.#stopped && this.#running.size < this.#parallel) {
      const line = this.#lines.shift();
      if (line === undefined) return;
      const run: Promise<void> = this.#runOne(line).finally(() => {
        this.#running.delete(run);
        line.scheduled = false;
        if (line.waiting.length > 0) this.#schedule(line);
        this.#pump();
      });
      this.#running.add(run);
    }
  }

  async #runOne(line: Line): Promise<void> {
    const device = line.waiting.shift();
    if (device !== undefined) await this.#serve(device);
  }
}
