// DuckDB's driver. It is loaded as CommonJS, which it is: an `import` would first search all of its files for names to export.
import { createRequire } from 'node:module';

const driver = createRequire(import.meta.url)('@duckdb/node-api') as typeof import('@duckdb/node-api');

export const { DuckDBDataChunk, DuckDBInstance, DOUBLE, INTEGER, VARCHAR } = driver;
