// One connection to host:port, opened when needed; reads registers, one request at a time.
import modbus from 'modbus-serial';
import { JieyueError } from '../../../core/domain/errors.ts';
import type { PlannedRequest } from './plan.ts';
import { GarbledError, TcpPort } from './tcp-port.ts';

/**
 * - `connect`: nothing listens there, so all devices behind it are out of reach.
 * - `silent`: no answer in time, the connection broke, or a gateway says that the device does not answer.
 * - `garbled`: an answer that is none to this request.
 * - `exception`: the device answers that it will not.
 */
export type ReadFaultKind = 'connect' | 'silent' | 'garbled' | 'exception';

export class ReadFault extends JieyueError {
  readonly kind: ReadFaultKind;
  /** Whether an answer came that belongs to the request: the connection is then in order. */
  readonly answered: boolean;

  constructor(kind: ReadFaultKind, message: string, answered = false) {
    super('source.read', message);
    this.name = 'ReadFault';
    this.kind = kind;
    this.answered = answered;
  }
}

/** Gateway path unavailable; gateway target device failed to respond. */
const gatewayCodes: readonly unknown[] = [10, 11];

/**
 * After any fault but a Modbus exception the connection is closed: a late answer never meets the next request, and a
 * peer that vanished is noticed.
 */
export class Connection {
  readonly #target: { readonly host: string; readonly port: number };
  #link: Link | undefined;
  #closed = false;

  constructor(host: string, port: number) {
    this.#target = { host, port };
  }

  /**
   * The bytes of the registers asked for, `2 × count`. Takes at most `timeoutMs` to connect and as much again for the
   * answer; a connection that the device had closed while it was idle is opened anew once.
   * @throws ReadFault
   */
  async read(request: PlannedRequest, unit: number, timeoutMs: number): Promise<Buffer> {
    const idle = this.#link;
    if (idle?.isOpen) {
      const stale = await this.#try(idle, request, unit, timeoutMs);
      if (stale !== undefined) return stale;
    }
    const fresh = await this.#open(timeoutMs);
    const data = await this.#try(fresh, request, unit, timeoutMs);
    if (data === undefined) throw new ReadFault('silent', 'the device closes the connection unasked');
    return data;
  }

  /** Ends the connection for good; a read that waits ends with a `ReadFault`. */
  close(): void {
    this.#closed = true;
    this.#link?.close();
  }

  async #open(timeoutMs: number): Promise<Link> {
    if (this.#closed) throw new ReadFault('connect', 'the source is stopping');
    const link = new Link(this.#target, timeoutMs);
    this.#link = link;
    await link.open();
    return link;
  }

  /** `undefined` when the connection ended before its answer. */
  async #try(
    link: Link,
    request: PlannedRequest,
    unit: number,
    timeoutMs: number,
  ): Promise<Buffer | undefined> {
    try {
      return await link.read(request, unit, timeoutMs);
    } catch (error) {
      if (!(error instanceof ReadFault && error.answered)) link.close();
      if (error instanceof Closed && !this.#closed) return undefined;
      throw error;
    }
  }
}

/** The connection ended before the answer was complete. */
class Closed extends ReadFault {}

/** A socket with the library's client on it; lives from one connect to one close. */
class Link {
  readonly #client: InstanceType<typeof modbus.default>;
  readonly #port: TcpPort;
  #ended: Error | undefined;
  /** Tells the operation that waits, if any, that the connection has ended. */
  #tell: (reason: Error) => void = () => {};

  constructor(target: { readonly host: string; readonly port: number }, connectTimeoutMs: number) {
    this.#port = new TcpPort(target, connectTimeoutMs, (reason) => {
      this.#ended = reason;
      this.#tell(reason);
    });
    this.#client = new modbus.default(this.#port);
  }

  get isOpen(): boolean {
    return this.#port.isOpen;
  }

  async open(): Promise<void> {
    const opened = new Promise<undefined>((resolve) => this.#client.open(() => resolve(undefined)));
    const failure = await this.#unlessEnded(opened);
    if (failure !== undefined) throw new ReadFault('connect', `no connection: ${failure.message}`);
  }

  async read({ table, address, count }: PlannedRequest, unit: number, timeoutMs: number): Promise<Buffer> {
    this.#client.setID(unit);
    this.#client.setTimeout(timeoutMs);
    const request =
      table === 'holding'
        ? this.#client.readHoldingRegisters(address, count)
        : this.#client.readInputRegisters(address, count);
    const answer = await this.#unlessEnded(request).catch((error: unknown) => {
      throw this.#faultOf(error, timeoutMs);
    });
    if (answer instanceof GarbledError) throw new ReadFault('garbled', answer.message);
    if (answer instanceof Error) throw new Closed('silent', answer.message);
    if (answer.buffer.length !== count * 2) {
      throw new ReadFault('garbled', `${answer.buffer.length} bytes came in place of ${count * 2}`);
    }
    return answer.buffer;
  }

  close(): void {
    this.#client.destroy(() => {});
  }

  /** What `work` gives, or why the connection ended before. (A race with one long-lived promise would hold every answer.) */
  #unlessEnded<T>(work: Promise<T>): Promise<T | Error> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) resolve(this.#ended);
      this.#tell = resolve;
      work.then(resolve, reject);
    });
  }

  #faultOf(error: unknown, timeoutMs: number): ReadFault {
    const { errno, modbusCode, message } = error as {
      errno?: unknown;
      modbusCode?: unknown;
      message?: unknown;
    };
    if (errno === 'ETIMEDOUT') return new ReadFault('silent', `no answer within ${timeoutMs} ms`);
    if (modbusCode === undefined) return new ReadFault('garbled', `the answer is none: ${String(message)}`);
    return new ReadFault(gatewayCodes.includes(modbusCode) ? 'silent' : 'exception', String(message), true);
  }
}
