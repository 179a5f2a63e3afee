// The source `file`: sends a CSV file's readings once, and again whenever the file has changed.
import { stat } from 'node:fs/promises';
import { isJieyueError } from '../../../core/domain/errors.ts';
import type { SourceHealth, WireReading } from '../../../core/domain/telemetry.ts';
import { type Clock, sleep } from '../../../core/runtime/clock.ts';
import type { FileSourceConfig } from '../../../core/runtime/config.ts';
import type { Logger } from '../../../core/runtime/logger.ts';
import { unreadable } from '../csv/bytes.ts';
import type { Sink, Source } from '../source.ts';
import { type RowFault, readCsv } from './read-csv.ts';

/** How often the file is looked at. */
const lookEveryMs = 30_000;
/** A full outbox is tried again after one second, then two, at most a minute. */
const firstRetryMs = 1_000;
const lastRetryMs = 60_000;
/** Faulty lines that are logged one by one; all are counted. */
const loggedFaults = 20;

/**
 * The file as a whole is sent again when its size or time of change differs: sending a reading again is harmless, and no
 * progress has to be kept. While the outbox is full the source waits with the chunk it has.
 */
export class FileSource implements Source {
  readonly name: string;
  readonly protocol = 'file';
  readonly #config: FileSourceConfig;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Logger;
  readonly #lookEveryMs: number;
  readonly #firstRetryMs: number;
  readonly #abort = new AbortController();
  #running: Promise<void> | undefined;
  #delivering = false;
  #lastReadAt: number | null = null;
  #unreadable = false;
  #fault: string | null = null;

  constructor(
    config: FileSourceConfig,
    deps: { clock: Clock; random: () => number; log: Logger },
    times: { lookEveryMs?: number; firstRetryMs?: number } = {},
  ) {
    this.name = config.name;
    this.#config = config;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#log = deps.log;
    this.#lookEveryMs = times.lookEveryMs ?? lookEveryMs;
    this.#firstRetryMs = times.firstRetryMs ?? firstRetryMs;
  }

  async start(sink: Sink): Promise<void> {
    if (this.#stopped) return;
    this.#running ??= this.#run(sink);
  }

  /** Does not wait for a sink that has not answered: it is not called again, and nothing is lost when the file is re-sent. */
  async stop(): Promise<void> {
    this.#abort.abort();
    if (!this.#delivering) await this.#running;
  }

  health(): SourceHealth {
    const impaired = this.#unreadable ? 'silent' : this.#fault === null ? 'ok' : 'degraded';
    return {
      name: this.name,
      protocol: this.protocol,
      state: this.#stopped || this.#running === undefined ? 'stopped' : impaired,
      devices: 1,
      devicesSilent: this.#unreadable ? 1 : 0,
      lastReadAt: this.#lastReadAt,
      fault: this.#fault,
    };
  }

  get #stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Never rejects. */
  async #run(sink: Sink): Promise<void> {
    for (let read: string | undefined; !this.#stopped; ) {
      read = await this.#look(read, sink);
      await sleep(this.#lookEveryMs, this.#abort.signal);
    }
  }

  /**
   * Sends the file unless it is the version that was read last; gives the version that need not be read again. A file
   * that cannot be read is left alone until it changes; after any other trouble it is sent anew.
   */
  async #look(read: string | undefined, sink: Sink): Promise<string | undefined> {
    let version: string | undefined;
    try {
      version = await versionOf(this.#config.path);
      if (version !== read) await this.#send(sink);
      return version;
    } catch (error) {
      if (!this.#stopped) this.#blame(error);
      return isJieyueError(error, 'import.file') ? version : undefined;
    }
  }

  /** @throws JieyueError `import.file` */
  async #send(sink: Sink): Promise<void> {
    const started = this.#clock.now();
    let sent = 0;
    let faults = 0;
    let firstFault: RowFault | undefined;
    for await (const chunk of readCsv(this.#config)) {
      for (const fault of chunk.faults) {
        firstFault ??= fault;
        if (++faults <= loggedFaults) this.#log.warn({ source: this.name, ...fault }, 'a line was not read');
      }
      if (chunk.readings.length > 0) {
        await this.#deliver(sink, chunk.readings);
        sent += chunk.readings.length;
      }
      if (this.#stopped) return;
    }
    const first =
      firstFault && `line ${firstFault.line}: ${firstFault.reason} (${JSON.stringify(firstFault.value)})`;
    this.#unreadable = false;
    this.#fault = first ? `${this.#config.path}: ${faults} fault(s), the first in ${first}` : null;
    const ms = this.#clock.now() - started;
    this.#log.info({ source: this.name, path: this.#config.path, sent, faults, ms }, 'the file was read');
  }

  /** Resolves when the rows are durable, or the source is stopped. */
  async #deliver(sink: Sink, readings: readonly WireReading[]): Promise<void> {
    for (let wait = this.#firstRetryMs; !this.#stopped; wait = Math.min(wait * 2, lastRetryMs)) {
      try {
        this.#delivering = true;
        await sink(readings);
        this.#lastReadAt = this.#clock.now();
        return;
      } catch (error) {
        if (!isJieyueError(error, 'outbox.full') && !isJieyueError(error, 'outbox.disk')) throw error;
        this.#fault = `${this.#config.path}: waiting for room in the outbox (${error.message})`;
      } finally {
        this.#delivering = false;
      }
      await sleep(wait * (1 - this.#random() / 2), this.#abort.signal);
    }
  }

  #blame(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== this.#fault)
      this.#log.error({ source: this.name, err: error }, 'the file cannot be sent');
    this.#unreadable = isJieyueError(error, 'import.file');
    this.#fault = message;
  }
}

/** Changes when the file does. @throws JieyueError `import.file` */
async function versionOf(path: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    throw unreadable(path, error);
  }
}
