// Randomness that depends on its arguments alone: the same seed gives the same city, whatever is asked for first.

/** Mixes up to three integers into one of 32 bits (the finaliser of MurmurHash3). */
export function hash(seed: number, a: number, b = 0): number {
  let h = seed ^ Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Evenly in [0, 1). */
export function uniform(seed: number, a: number, b = 0): number {
  return hash(seed, a, b) / 0x1_0000_0000;
}

/** In (-1, 1), mostly near 0 (triangular). */
export function noise(seed: number, a: number, b = 0): number {
  const h = hash(seed, a, b);
  return ((h >>> 16) - (h & 0xffff)) / 0x1_0000;
}

/** Noise in (-1, 1) that moves smoothly from one knot to the next, `length` units apart. */
export function smoothNoise(seed: number, x: number, length: number): number {
  const knot = Math.floor(x / length);
  const t = x / length - knot;
  const ease = t * t * (3 - 2 * t);
  return noise(seed, knot) * (1 - ease) + noise(seed, knot + 1) * ease;
}

/** A seed of its own for something that has a name (FNV-1a). */
export function seedOf(seed: number, name: string): number {
  let h = 0x811c9dc5 ^ seed;
  for (let index = 0; index < name.length; index++) {
    h = Math.imul(h ^ name.charCodeAt(index), 0x01000193);
  }
  return hash(h, seed);
}

/** A sequence (mulberry32), for choices that are made in a fixed order. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Evenly in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `low` to below `high`. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low));
  }

  /** One of the list. @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    const picked = list[this.int(0, list.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }
}
