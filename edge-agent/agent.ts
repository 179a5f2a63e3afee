// The edge agent: sources read meters and files, the uplink makes their rows durable and sends them until they are acknowledged.
import { join, resolve } from 'node:path';
import { isJieyueError, JieyueError } from '../core/domain/errors.ts';
import type { SourceHealth, WirePosition, WireReading } from '../core/domain/telemetry.ts';
import type { Clock } from '../core/runtime/clock.ts';
import { type Config, readSecret } from '../core/runtime/config.ts';
import type { Service } from '../core/runtime/lifecycle.ts';
import type { Logger } from '../core/runtime/logger.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import { LogGate } from '../core/uplink/log-gate.ts';
import { positionFault, type RowFault, readingFault } from '../core/uplink/rows.ts';
import { Uplink, type UplinkDepth, type UplinkOptions } from '../core/uplink/uplink.ts';
import { showSources } from './source-metrics.ts';
import { createSource } from './sources/list.ts';
import type { Source } from './sources/source.ts';

export type AgentConfig = NonNullable<Config['agent']>;
export interface EdgeAgentOptions {
  readonly config: AgentConfig;
  /** The broker; `ca` is the certificate's text (PEM). */
  readonly mqtt: { readonly url: string; readonly ca?: Buffer | string | undefined };
  /** Folder of the outbox, unless the configuration names a file, and of what sources remember. */
  readonly home: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
  readonly version: string;
  readonly resend?: UplinkOptions['resend'];
  readonly reconnect?: UplinkOptions['reconnect'];
  /** Who makes the sources; by default the list of protocols. */
  readonly createSource?: typeof createSource;
}

/** Rows of a batch: small enough for a slow line (about 50 KB), large enough for a backlog. */
const batchRows = 1_000;

export class EdgeAgent implements Service {
  readonly name: string;
  readonly uplink: Uplink;
  readonly #log: Logger;
  readonly #sources: readonly Source[];
  readonly #lossLog: LogGate;
  readonly #faultLog: LogGate;
  readonly #hide: (() => void) | undefined;
  #refusedRows = 0;
  #faultyRows = 0;

  /**
   * @throws JieyueError `config.missing` without a password, `config.invalid` for sources of the same name.
   */
  constructor(options: EdgeAgentOptions) {
    const { config, clock, random, log, metrics, mqtt } = options;
    const password = readSecret(config);
    if (password === undefined) {
      throw new JieyueError(
        'config.missing',
        `agent "${config.id}" has no password: set agent.password or agent.passwordFile to what its creation printed`,
      );
    }
    this.name = `agent ${config.id}`;
    this.#log = log;
    this.#lossLog = new LogGate(60_000, () => clock.now());
    this.#faultLog = new LogGate(60_000, () => clock.now());
    const make = options.createSource ?? createSource;
    this.#sources = config.sources.map((source) => make(source, { clock, random, log, home: options.home }));
    const names = this.#sources.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new JieyueError(
        'config.invalid',
        `agent "${config.id}" has two sources named "${twice}": rename one`,
      );
    }
    this.uplink = new Uplink({
      agent: config.id,
      url: mqtt.url,
      ca: mqtt.ca,
      password,
      outbox: {
        path: resolve(config.outbox ?? join(options.home, `outbox-${config.id}.sqlite`)),
        limitBytes: config.outboxLimitMb * 1024 * 1024,
      },
      window: config.window,
      flushEveryMs: config.flushEveryMs,
      batchRows,
      version: options.version,
      clock,
      random,
      log,
      metrics,
      resend: options.resend,
      reconnect: options.reconnect,
    });
    this.uplink.setSourceHealth(() => this.health());
    this.#hide = metrics && showSources(metrics, { agent: config.id, sources: this.#sources });
  }

  /** @throws JieyueError `outbox.disk`; a silent device or broker is no error. */
  async start(): Promise<void> {
    await this.uplink.start();
    for (const source of this.#sources) {
      await source.start((readings, positions = []) => this.#take(source.name, readings, positions));
    }
  }

  /** Sources first, so that their last rows are still taken. */
  async stop(): Promise<void> {
    this.#hide?.();
    for (const source of this.#sources) {
      try {
        await source.stop();
      } catch (error) {
        this.#log.error({ err: error, source: source.name }, 'source did not stop cleanly');
      }
    }
    await this.uplink.stop();
  }

  health(): SourceHealth[] {
    return this.#sources.map((source) => source.health());
  }

  depth(): UplinkDepth & {
    /** Rows that were read and then refused by a full outbox or a failed disk: they are lost, unless the source reads them again. */
    readonly lostRows: number;
    /** Rows that violate the wire schema, a fault of a source. */
    readonly faultyRows: number;
  } {
    return { ...this.uplink.depth(), lostRows: this.#refusedRows, faultyRows: this.#faultyRows };
  }

  /** The sink of every source. A faulty row costs itself, not the rest; a refusal is counted, logged and handed on. */
  async #take(
    source: string,
    readings: readonly WireReading[],
    positions: readonly WirePosition[],
  ): Promise<void> {
    try {
      await this.uplink.push(readings, positions);
    } catch (error) {
      if (isJieyueError(error) && error.code.startsWith('row.'))
        return this.#takeRest(source, readings, positions);
      const lost = readings.length + positions.length;
      this.#refusedRows += lost;
      this.#lossLog.pass((suppressed) =>
        this.#log.error(
          { err: error, source, lostRows: this.#refusedRows, suppressed },
          `${lost} rows of source "${source}" could not be kept`,
        ),
      );
      throw error;
    }
  }

  async #takeRest(
    source: string,
    readings: readonly WireReading[],
    positions: readonly WirePosition[],
  ): Promise<void> {
    let first: RowFault | undefined;
    const isGood = (fault: RowFault | undefined) => {
      first ??= fault;
      return fault === undefined;
    };
    const goodReadings = readings.filter((row) => isGood(readingFault(row)));
    const goodPositions = positions.filter((row) => isGood(positionFault(row)));
    const good = goodReadings.length + goodPositions.length;
    const faulty = readings.length + positions.length - good;
    this.#faultyRows += faulty;
    this.#faultLog.pass((suppressed) =>
      this.#log.error(
        { code: first?.code, source, faultyRows: this.#faultyRows, suppressed },
        `source "${source}" handed over ${faulty} rows that cannot be sent: ${first?.message}`,
      ),
    );
    if (good > 0) await this.#take(source, goodReadings, goodPositions);
  }
}
