// The lease of a worker, over computations that may take longer than it runs: kept while they go on, and checked in their writes.
import type { Lease, Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';

export interface TenureOptions {
  readonly leases: Registry['leases'];
  readonly name: string;
  /** Names this process among the holders. */
  readonly holder: string;
  readonly leaseMs: number;
  readonly clock: Clock;
}

export class Tenure {
  readonly #options: TenureOptions;
  #lease: Lease | undefined;
  #isAsked = false;
  /** The fence rises by one with every tenure: since this one nobody else had one. */
  #since = 0;
  #fence = Number.NEGATIVE_INFINITY;

  constructor(options: TenureOptions) {
    this.#options = options;
  }

  /** As it was acquired last; `undefined`: nobody asked for it, or another one has it. */
  get lease(): Lease | undefined {
    return this.#lease;
  }

  /** @returns whether it is held; acquired or prolonged where that is due */
  async acquire(): Promise<boolean> {
    const { leases, name, holder, leaseMs, clock } = this.#options;
    this.#isAsked = true;
    if (this.#lease !== undefined && this.#lease.expiresAt - clock.now() > (leaseMs * 2) / 3) return true;
    this.#lease = await leases.acquire(name, holder, leaseMs);
    if (this.#lease === undefined) return false;
    const { fence } = this.#lease;
    if (fence > this.#fence + 1) this.#since = fence;
    this.#fence = fence;
    return true;
  }

  /** As `acquire`; where the work began without a lease (a command, a test), it goes on without. */
  async hold(): Promise<boolean> {
    return !this.#isAsked || (await this.acquire());
  }

  /**
   * Does what was begun under a lease.
   * @param write checks the lease in its own transaction; false: it is held no more
   * @returns whether it is written; not where somebody else held the lease meanwhile
   */
  async write(
    begun: Lease | undefined,
    write: (lease: Lease | undefined) => Promise<boolean>,
  ): Promise<boolean> {
    if (begun === undefined) return !this.#isAsked && (await write(undefined));
    for (const isAgain of [false, true]) {
      // It may have run out while nobody else asked for it.
      if (isAgain) this.#lease = undefined;
      if (!(await this.acquire()) || begun.fence < this.#since) return false;
      if (await write(this.#lease)) return true;
    }
    return false;
  }

  async release(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    this.#isAsked = false;
    if (lease !== undefined) await this.#options.leases.release(lease);
  }
}
