// Paths into a message: `gps.lat`, `loc.coordinates[1]`, `points[]`, `$.device`. Pure.

export interface JsonPath {
  readonly text: string;
  /** Begins at the message (`$.`), not at the item. */
  readonly fromRoot: boolean;
  readonly keys: readonly (string | number)[];
}

/** `[]` at the end says that an array is meant, and changes nothing. */
export function jsonPath(text: string): JsonPath {
  const fromRoot = text.startsWith('$.');
  const inner = (fromRoot ? text.slice(2) : text).replace(/\[\]$/, '');
  const keys = inner.split('.').flatMap((part) => {
    const indices = /^(.*?)((?:\[\d+\])+)$/.exec(part);
    if (!indices) return [part];
    const numbers = [...(indices[2] ?? '').matchAll(/\d+/g)].map(([digits]) => Number(digits));
    return indices[1] === '' ? numbers : [indices[1] ?? '', ...numbers];
  });
  return { text, fromRoot, keys };
}

/** `undefined` where the path leads nowhere; what an object merely inherits is not there. */
export function valueAt(path: JsonPath, item: unknown, root: unknown): unknown {
  let node = path.fromRoot ? root : item;
  for (const key of path.keys) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
    node = (node as Record<string | number, unknown>)[key];
  }
  return node;
}
