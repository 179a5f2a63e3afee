// Whether two answers are the same: figures within 1e-9 of each other, everything else to the last digit.

const tolerance = 1e-9;
/** What counts or stands for something, and is no sum of figures: equal, not nearly equal. */
const exact = new Set([
  'ts',
  'until',
  'measuredMs',
  'estimatedMs',
  'known',
  'expected',
  'coverage',
  'measuredShare',
  'estimatedShare',
  'missingShare',
]);
const mostFound = 10;

export interface Comparison {
  /** What differs, with the way there; ten things at most. */
  readonly found: readonly string[];
  /** How many numbers, texts, nulls were compared. */
  readonly compared: number;
}

export function compare(first: unknown, second: unknown): Comparison {
  const found: string[] = [];
  let compared = 0;
  const way: string[] = [];
  const differ = (a: unknown, b: unknown) => found.push(`${way.join('.')}: ${a} and ${b}`);

  const visit = (a: unknown, b: unknown, name: string): void => {
    if (found.length >= mostFound) return;
    if (!isObject(a) || !isObject(b)) {
      compared++;
      const allowed = exact.has(name) ? 0 : tolerance;
      if (!areNear(a, b, allowed)) differ(JSON.stringify(a), JSON.stringify(b));
      return;
    }
    const keys = Object.keys(a);
    const others = Object.keys(b);
    if (keys.length !== others.length) {
      differ(`${keys.length} entries`, others.length);
      return;
    }
    // A place in a list says nothing about what stands there.
    const isList = Array.isArray(a) || ArrayBuffer.isView(a);
    for (const key of keys) {
      way.push(key);
      visit(Reflect.get(a, key), Reflect.get(b, key), isList ? name : key);
      way.pop();
    }
  };
  visit(first, second, '');
  return { found, compared };
}

function areNear(a: unknown, b: unknown, allowed: number): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= allowed * Math.max(Math.abs(a), Math.abs(b));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
