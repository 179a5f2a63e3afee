// Vectors of a result as typed arrays, without a look at each cell. NULL must be coalesced to a number in the query.
import type { DuckDBVector } from '@duckdb/node-api';

/** Of an INTEGER column; has `length` cells or more. */
export function whole(vector: DuckDBVector | undefined, length: number): Int32Array {
  const items = itemsOf(vector);
  return items instanceof Int32Array ? items : Int32Array.from({ length }, (_, row) => cell(vector, row));
}

/** Of a DOUBLE column; has `length` cells or more. */
export function decimal(vector: DuckDBVector | undefined, length: number): Float64Array {
  const items = itemsOf(vector);
  return items instanceof Float64Array ? items : Float64Array.from({ length }, (_, row) => cell(vector, row));
}

/** Where the driver keeps the numbers of a vector; a driver that keeps them elsewhere is asked for each cell. */
function itemsOf(vector: DuckDBVector | undefined): unknown {
  return vector === undefined ? undefined : (vector as unknown as { readonly items?: unknown }).items;
}

function cell(vector: DuckDBVector | undefined, index: number): number {
  return vector?.getItem(index) as number;
}
