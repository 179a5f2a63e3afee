// The source `jt808`: listens for vehicle terminals and hands their positions to the sink before it says that it has them.
import { createServer, type Server, type Socket } from 'node:net';
import { JieyueError } from '../../../core/domain/errors.ts';
import type { SourceHealth } from '../../../core/domain/telemetry.ts';
import type { Clock } from '../../../core/runtime/clock.ts';
import type { Jt808SourceConfig } from '../../../core/runtime/jt808-config.ts';
import type { Logger } from '../../../core/runtime/logger.ts';
import type { Sink, Source } from '../source.ts';
import { Connection, type ConnectionHost } from './connection.ts';
import { countsOf, type Jt808Counters, newCounters } from './counters.ts';
import { Intake } from './intake.ts';
import { type Terminal, Terminals } from './terminals.ts';

/** Rows that one call of the sink takes, about, and rows waiting from which on no connection is read. */
const [rowsPerCall, maxRows] = [2_000, 20_000];
/** A fault stays in the health for so long after it was last seen. */
const faultShownMs = 15 * 60_000;
/** Faults are logged once in so long at most. */
const logEveryMs = 10_000;
/** For answers to leave at the stop. */
const stopWithinMs = 500;

export class Jt808Source implements Source {
  readonly name: string;
  readonly protocol = 'jt808';
  readonly counters: Jt808Counters = newCounters();
  readonly #config: Jt808SourceConfig;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #terminals: Terminals;
  readonly #connections = new Set<Connection>();
  readonly #perAddress = new Map<string, number>();
  /** The newest connection of each terminal. */
  readonly #entered = new Map<Terminal, Connection>();
  #server: Server | undefined;
  #intake: Intake | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #fault: { readonly message: string; readonly at: number } | undefined;
  #sinkFault: string | undefined;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #unlogged = 0;
  #stopped = false;

  constructor(config: Jt808SourceConfig, deps: { clock: Clock; log: Logger }) {
    this.name = config.name;
    this.#config = config;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#terminals = new Terminals(config);
  }

  /** Where it listens, once started: of use with port 0. */
  get port(): number | undefined {
    const address = this.#server?.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  /** Rows that wait for the sink, or are with it. */
  get waitingRows(): number {
    return this.#intake?.rows ?? 0;
  }

  /** @throws JieyueError `config.missing`, `config.invalid` for secrets; `source.read` where it cannot listen. */
  async start(sink: Sink): Promise<void> {
    if (this.#stopped || this.#server !== undefined) return;
    this.#terminals.load();
    const intake = new Intake({
      sink,
      gatherMs: this.#config.gatherMs,
      rowsPerCall,
      maxRows,
      onFull: (full) => this.#hold(full),
      onOutcome: (fault) => this.#outcome(fault),
    });
    this.#intake = intake;
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
    const server = createServer(options, (socket) => this.#accept(socket, intake));
    this.#server = server;
    await this.#listen(server);
    if (this.#stopped) return;
    const { idleMs, authWithinMs } = this.#config;
    const sweepMs = Math.max(20, Math.min(1_000, idleMs / 4, authWithinMs / 4));
    this.#sweep = setInterval(() => {
      for (const connection of this.#connections) connection.tick();
    }, sweepMs);
  }

  /** What was read is handed over and answered, then the connections are closed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweep);
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of this.#connections) connection.hold(true);
    await this.#intake?.drain();
    for (const connection of this.#connections) connection.end();
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, stopWithinMs);
    await closed;
    clearTimeout(timer);
  }

  health(): SourceHealth {
    const { size: devices } = this.#terminals;
    const now = this.#clock.now();
    const devicesSilent = this.#terminals.silentSince(now - this.#config.silentMs);
    const recent = this.#fault !== undefined && now - this.#fault.at <= faultShownMs;
    const fault = this.#sinkFault ?? (recent ? (this.#fault?.message ?? null) : null);
    const impaired =
      devicesSilent === devices ? 'silent' : devicesSilent > 0 || fault !== null ? 'degraded' : 'ok';
    return {
      name: this.name,
      protocol: this.protocol,
      state: this.#stopped || this.#sweep === undefined ? 'stopped' : impaired,
      devices,
      devicesSilent,
      lastReadAt: this.#terminals.lastHeardAt(),
      fault,
    };
  }

  counts(): Record<string, number> {
    return countsOf(this.counters);
  }

  #listen(server: Server): Promise<void> {
    const { host, port } = this.#config;
    return new Promise((resolve, reject) => {
      const refused = (error: Error) =>
        reject(
          new JieyueError(
            'source.read',
            `source "${this.name}" cannot listen at ${host}:${port} (${error.message}): free the port or set another`,
            { cause: error },
          ),
        );
      server.once('error', refused);
      // Stopped before it listened.
      server.once('close', () => resolve());
      server.listen(port, host, () => {
        server.off('error', refused);
        server.on('error', (error) => this.#blame(`a connection could not be accepted: ${error.message}`));
        resolve();
      });
    });
  }

  #accept(socket: Socket, intake: Intake): void {
    const { maxConnections, maxPerAddress } = this.#config;
    const address = socket.remoteAddress;
    const here = this.#perAddress.get(address ?? '') ?? 0;
    const room = this.#connections.size < maxConnections && here < maxPerAddress;
    if (address === undefined || !room || this.#stopped) {
      this.counters.refusedConnections++;
      if (!room)
        this.#blame(`connections are refused: ${this.#connections.size} open, ${here} from ${address}`);
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    this.counters.connections++;
    this.#perAddress.set(address, here + 1);
    this.#connections.add(new Connection(socket, address, this.#hostOf(intake), intake.full));
  }

  #hostOf(intake: Intake): ConnectionHost {
    return {
      config: this.#config,
      datum: this.#config.datum,
      terminals: this.#terminals,
      counters: this.counters,
      intake,
      now: () => this.#clock.now(),
      blame: (message) => this.#blame(message),
      entered: (terminal, connection, before) => {
        if (before !== undefined && before !== terminal) this.#left(before, connection);
        const other = this.#entered.get(terminal);
        this.#entered.set(terminal, connection);
        if (other === undefined || other === connection) return;
        this.counters.replaced++;
        other.destroy();
      },
      closed: (connection, terminal) => this.#closed(connection, terminal),
    };
  }

  #left(terminal: Terminal, connection: Connection): void {
    if (this.#entered.get(terminal) === connection) this.#entered.delete(terminal);
  }

  #closed(connection: Connection, terminal: Terminal | undefined): void {
    this.#connections.delete(connection);
    if (terminal !== undefined) this.#left(terminal, connection);
    const left = (this.#perAddress.get(connection.address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(connection.address, left);
    else this.#perAddress.delete(connection.address);
  }

  #hold(full: boolean): void {
    if (full) this.counters.paused++;
    if (this.#stopped) return;
    for (const connection of this.#connections) connection.hold(full);
  }

  #outcome(fault: unknown): void {
    const before = this.#sinkFault;
    if (fault === undefined) {
      this.#sinkFault = undefined;
      if (before !== undefined) this.#log.info({ source: this.name }, 'positions are kept again');
      return;
    }
    this.#sinkFault = `positions were refused, terminals send them again: ${fault instanceof Error ? fault.message : String(fault)}`;
    if (before === undefined) this.#log.error({ source: this.name, err: fault }, 'positions were refused');
  }

  #blame(message: string): void {
    const now = this.#clock.now();
    this.#fault = { message, at: now };
    if (now - this.#loggedAt < logEveryMs && now >= this.#loggedAt) {
      this.#unlogged++;
      return;
    }
    this.#log.warn(
      { source: this.name, fault: message, suppressed: this.#unlogged },
      'a terminal has a fault',
    );
    this.#loggedAt = now;
    this.#unlogged = 0;
  }
}
