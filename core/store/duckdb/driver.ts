// DuckDB's driver. It is loaded as CommonJS, which it is: an `import` would first search all of its files for names to export.
import { createRequire } from 'node:module';

// DuckDB writes whole blocks, and what a column leaves of its last block is whatever the memory held before: also positions that were
// deleted since. Its allocator reads this when it is loaded; memory is given out empty then. See docs/decisions/0016-tracks.md.
process.env['DUCKDB_JE_MALLOC_CONF'] ??= 'zero:true';

const driver = createRequire(import.meta.url)('@duckdb/node-api') as typeof import('@duckdb/node-api');

export const { DuckDBDataChunk, DuckDBInstance, DOUBLE, INTEGER, VARCHAR } = driver;
