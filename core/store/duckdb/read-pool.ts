// Connections for reads, so that reads do not wait behind writes. Limit: `limit` reads wait for a connection; one more
// is refused with `store.unavailable` and counted.
import type { DuckDBConnection } from '@duckdb/node-api';
import { JieyueError } from '../../domain/errors.ts';

interface Waiter {
  readonly resolve: (connection: DuckDBConnection) => void;
  readonly reject: (error: unknown) => void;
}

export class ReadPool {
  readonly #limit: number;
  readonly #waiters: Waiter[] = [];
  #idle: DuckDBConnection[] = [];
  #size = 0;
  #refused = 0;
  #closed: JieyueError | undefined = new JieyueError('store.unavailable', 'the store is not open');
  /** Whoever wants all connections does so one after the other; two at a time would wait for each other. */
  #exclusive: Promise<unknown> = Promise.resolve();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Reads refused since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** Lends a connection to `work`. */
  async use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) throw this.#closed;
    const connection = await this.#wait(this.#limit);
    try {
      return await work(connection);
    } finally {
      this.#give(connection);
    }
  }

  /** Waits for running reads, runs `work` while none runs, and lets waiting ones go on. */
  exclusively<T>(work: (connections: readonly DuckDBConnection[]) => Promise<T>): Promise<T> {
    const result = this.#exclusive.then(async () => {
      const taken: DuckDBConnection[] = [];
      try {
        while (taken.length < this.#size) taken.push(await this.#wait(Number.POSITIVE_INFINITY));
        return await work(taken);
      } finally {
        for (const connection of taken) this.#give(connection);
      }
    });
    this.#exclusive = result.catch(() => undefined);
    return result;
  }

  /** Puts connections in and serves those that wait. */
  open(connections: readonly DuckDBConnection[]): void {
    this.#closed = undefined;
    this.#size = connections.length;
    this.#idle = [];
    for (const connection of connections) this.#give(connection);
  }

  /** Waits for running reads and takes the connections out; new reads wait for `open` or `fail`. */
  async empty(): Promise<readonly DuckDBConnection[]> {
    if (this.#size === 0) return [];
    const connections = await this.exclusively((taken) => {
      this.#size = 0;
      return Promise.resolve([...taken]);
    });
    this.#idle = [];
    return connections;
  }

  /** Refuses waiting and new reads with `error` until `open`. */
  fail(error: JieyueError): void {
    this.#closed = error;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #wait(limit: number): Promise<DuckDBConnection> {
    const idle = this.#waiters.length === 0 ? this.#idle.pop() : undefined;
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#waiters.length >= limit) {
      this.#refused++;
      return Promise.reject(
        new JieyueError('store.unavailable', `${limit} reads wait for the store already; try again`),
      );
    }
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  #give(connection: DuckDBConnection): void {
    if (this.#size === 0) return; // taken out of the pool meanwhile
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#idle.push(connection);
    else waiter.resolve(connection);
  }
}
