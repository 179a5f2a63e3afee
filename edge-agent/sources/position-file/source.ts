// The source `position-file`: sends the positions of exports, a file or a folder of them, and what is added to them.
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isJieyueError } from '../../../core/domain/errors.ts';
import type { SourceHealth, WirePosition } from '../../../core/domain/telemetry.ts';
import { type Clock, sleep } from '../../../core/runtime/clock.ts';
import type { Logger } from '../../../core/runtime/logger.ts';
import type { PositionFileConfig } from '../../../core/runtime/position-config.ts';
import { unreadable } from '../csv/bytes.ts';
import type { Sink, Source } from '../source.ts';
import { type FileProgress, Progress } from './progress.ts';
import { type LineFault, readPositions } from './read-positions.ts';

const lookEveryMs = 30_000;
/** A full outbox is tried again after one second, then two, at most a minute. */
const firstRetryMs = 1_000;
const lastRetryMs = 60_000;
/** How often progress is written down while files are read. */
const saveEveryMs = 1_000;
/** Faulty lines of a file that are logged one by one; all are counted. */
const loggedFaults = 20;
/** Files of a folder; those beyond are not read, and health says so. */
const maxFiles = 10_000;
const workbookName = /\.xlsx$/i;
const exportName = /^[^.~].*\.(csv|txt|tsv|xlsx?|gz)$/i;

interface ExportFile {
  readonly key: string;
  readonly path: string;
  /** Changes when the file does. */
  readonly version: string;
}

interface Deps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly home: string;
}

/**
 * Files of a folder are read in the order of their names. One that has grown is read from where it ended, one that has changed
 * otherwise as a whole: a position that comes again is the same position. While the outbox is full the source waits.
 */
export class PositionFileSource implements Source {
  readonly name: string;
  readonly protocol = 'position-file';
  readonly #config: PositionFileConfig;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Logger;
  readonly #lookEveryMs: number;
  readonly #firstRetryMs: number;
  readonly #progress: Progress;
  readonly #abort = new AbortController();
  /** File → version that could not be read, and why. */
  readonly #refused = new Map<string, { readonly version: string; readonly reason: string }>();
  /** Workbook → version that could not be read when it was looked at first: it may still be being copied. */
  readonly #waitedFor = new Map<string, string>();
  #running: Promise<void> | undefined;
  #delivering = false;
  #lastReadAt: number | null = null;
  #missing = false;
  /** What holds everything up. */
  #trouble: string | null = null;
  #unsaved: string | null = null;
  #savedAt = Number.NEGATIVE_INFINITY;
  #surplus: string | null = null;

  constructor(
    config: PositionFileConfig,
    deps: Deps,
    times: { lookEveryMs?: number; firstRetryMs?: number } = {},
  ) {
    this.name = config.name;
    this.#config = config;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#log = deps.log;
    this.#lookEveryMs = times.lookEveryMs ?? lookEveryMs;
    this.#firstRetryMs = times.firstRetryMs ?? firstRetryMs;
    const file = `positions-${config.name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.json`;
    this.#progress = new Progress(config.progress ?? join(deps.home, file), config);
  }

  async start(sink: Sink): Promise<void> {
    if (this.#stopped) return;
    this.#running ??= this.#run(sink);
  }

  /** Does not wait for a sink that has not answered: it is not called again, and what it had comes again. */
  async stop(): Promise<void> {
    this.#abort.abort();
    if (!this.#delivering) await this.#running;
  }

  health(): SourceHealth {
    const fault =
      this.#trouble ?? this.#firstRefusal() ?? this.#surplus ?? this.#firstLineFault() ?? this.#unsaved;
    const impaired = this.#missing ? 'silent' : fault === null ? 'ok' : 'degraded';
    return {
      name: this.name,
      protocol: this.protocol,
      state: this.#stopped || this.#running === undefined ? 'stopped' : impaired,
      devices: 1,
      devicesSilent: this.#missing ? 1 : 0,
      lastReadAt: this.#lastReadAt,
      fault,
    };
  }

  get #stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Never rejects. */
  async #run(sink: Sink): Promise<void> {
    await this.#progress.load();
    while (!this.#stopped) {
      try {
        await this.#look(sink);
        this.#missing = false;
        this.#trouble = null;
      } catch (error) {
        if (!this.#stopped) this.#blame(error);
      }
      await sleep(this.#lookEveryMs, this.#abort.signal);
    }
  }

  async #look(sink: Sink): Promise<void> {
    const files = await this.#files();
    this.#progress.keepOnly(files.map(({ key }) => key));
    for (const kept of [this.#refused, this.#waitedFor]) {
      for (const key of kept.keys()) if (!files.some((file) => file.key === key)) kept.delete(key);
    }
    const changed = files.filter(({ key, version }) => {
      const known = this.#progress.files.get(key);
      return !(known?.complete && known.version === version) && this.#refused.get(key)?.version !== version;
    });
    try {
      for (const file of changed) if (!this.#stopped) await this.#sendUnlessRefused(sink, file);
    } finally {
      if (changed.length > 0) await this.#save(0);
    }
  }

  async #sendUnlessRefused(sink: Sink, { key, path, version }: ExportFile): Promise<void> {
    try {
      await this.#send(sink, key, path, version, this.#progress.files.get(key));
      this.#refused.delete(key);
      this.#waitedFor.delete(key);
    } catch (error) {
      if (!isJieyueError(error, 'import.file')) throw error;
      if (workbookName.test(path) && this.#waitedFor.get(key) !== version) {
        this.#waitedFor.set(key, version);
        this.#log.info({ source: this.name, path, reason: error.message }, 'the workbook is waited for');
        return;
      }
      this.#refused.set(key, { version, reason: error.message });
      this.#log.error({ source: this.name, err: error }, 'a file cannot be read');
    }
  }

  /** @throws JieyueError `import.file` */
  async #files(): Promise<ExportFile[]> {
    const { path } = this.#config;
    try {
      const root = await stat(path);
      if (!root.isDirectory())
        return [{ key: basename(path), path, version: `${root.size} ${root.mtimeMs}` }];
      const names = (await readdir(path)).filter((name) => exportName.test(name)).sort();
      this.#surplus =
        names.length > maxFiles ? `${path}: ${names.length} files; at most ${maxFiles} are read` : null;
      const files: ExportFile[] = [];
      for (const name of names.slice(0, maxFiles)) {
        const file = join(path, name);
        // A file may go between the listing and this.
        const found = await stat(file).catch(() => undefined);
        if (found?.isFile()) files.push({ key: name, path: file, version: `${found.size} ${found.mtimeMs}` });
      }
      return files;
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  async #send(
    sink: Sink,
    key: string,
    path: string,
    version: string,
    known: FileProgress | undefined,
  ): Promise<void> {
    const started = this.#clock.now();
    let { faults, firstFault } = known ?? { faults: 0, firstFault: null };
    let lastFault: string | null = null;
    let sent = 0;
    let logged = 0;
    let anew = false;
    for await (const chunk of readPositions(path, this.#config, known)) {
      if (chunk.anew && !anew) [anew, faults, firstFault] = [true, 0, null];
      for (const fault of chunk.faults) {
        if (chunk.last) lastFault ??= textOf(fault);
        else faults++;
        if (!chunk.last) firstFault ??= textOf(fault);
        if (++logged <= loggedFaults)
          this.#log.warn({ source: this.name, path, ...fault }, 'a line was not read');
      }
      if (chunk.positions.length > 0) await this.#deliver(sink, chunk.positions);
      if (this.#stopped) return;
      sent += chunk.positions.length;
      const { line, digest } = chunk.mark;
      const complete = chunk.last;
      this.#progress.set(key, { version, line, digest, complete, faults, firstFault, lastFault });
      await this.#save(saveEveryMs);
    }
    const ms = this.#clock.now() - started;
    this.#log.info({ source: this.name, path, sent, faults, ms }, 'the file was read');
  }

  /** Resolves when the rows are durable, or the source is stopped. */
  async #deliver(sink: Sink, positions: readonly WirePosition[]): Promise<void> {
    for (let wait = this.#firstRetryMs; !this.#stopped; wait = Math.min(wait * 2, lastRetryMs)) {
      try {
        this.#delivering = true;
        await sink([], positions);
        this.#lastReadAt = this.#clock.now();
        this.#trouble = null;
        return;
      } catch (error) {
        if (!isJieyueError(error, 'outbox.full') && !isJieyueError(error, 'outbox.disk')) throw error;
        this.#trouble = `${this.#config.path}: waiting for room in the outbox (${error.message})`;
      } finally {
        this.#delivering = false;
      }
      await sleep(wait * (1 - this.#random() / 2), this.#abort.signal);
    }
  }

  /** Without it all is sent again after a restart, no worse: health says so. Not when the last time was less than `everyMs` ago. */
  async #save(everyMs: number): Promise<void> {
    const now = this.#clock.now();
    if (now >= this.#savedAt && now - this.#savedAt < everyMs) return;
    this.#savedAt = now;
    try {
      await this.#progress.save();
      this.#unsaved = null;
    } catch (error) {
      this.#unsaved = `${this.#progress.path} cannot be written (${error instanceof Error ? error.message : String(error)}): a restart sends all files again`;
    }
  }

  #firstRefusal(): string | null {
    const [first] = this.#refused.values();
    return first?.reason ?? null;
  }

  #firstLineFault(): string | null {
    for (const [file, { faults, firstFault, lastFault }] of this.#progress.files) {
      const all = faults + (lastFault === null ? 0 : 1);
      if (all > 0) return `${file}: ${all} fault(s), the first in ${firstFault ?? lastFault}`;
    }
    return null;
  }

  #blame(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== this.#trouble)
      this.#log.error({ source: this.name, err: error }, 'positions cannot be sent');
    this.#missing = isJieyueError(error, 'import.file');
    this.#trouble = message;
  }
}

function textOf({ line, column, value, reason }: LineFault): string {
  return `line ${line}${column === null ? '' : `, ${column}`}: ${reason} (${JSON.stringify(value)})`;
}
