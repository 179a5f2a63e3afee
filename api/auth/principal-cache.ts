// Remembers for a few seconds whose key it was, so that every request need not ask the registry.
import { createHash } from 'node:crypto';
import type { Principal } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';

/** A revoked key and a changed grant take effect within this time. */
export const principalTtlMs = 5_000;
/** Keys remembered at most; the one that was looked up longest ago is forgotten first. */
const capacity = 1_000;

export class PrincipalCache {
  readonly #lookUp: (key: string) => Promise<Principal | undefined>;
  readonly #clock: Clock;
  /** By digest: keys in clear do not stay in memory. Oldest first. */
  readonly #entries = new Map<string, { principal: Principal; until: number }>();

  constructor(lookUp: (key: string) => Promise<Principal | undefined>, clock: Clock) {
    this.#lookUp = lookUp;
    this.#clock = clock;
  }

  /** Wrong keys are not remembered: a new key works at once. */
  async byKey(key: string): Promise<Principal | undefined> {
    const digest = createHash('sha256').update(key).digest('base64');
    const entry = this.#entries.get(digest);
    const now = this.#clock.now();
    if (entry !== undefined && entry.until > now && entry.until <= now + principalTtlMs)
      return entry.principal;
    this.#entries.delete(digest);
    const principal = await this.#lookUp(key);
    if (principal === undefined) return undefined;
    this.#entries.set(digest, { principal, until: now + principalTtlMs });
    if (this.#entries.size > capacity) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    return principal;
  }
}
