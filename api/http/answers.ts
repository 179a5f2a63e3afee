// How a route declares its answers: a sentence and a schema, in the form that keeps both in the OpenAPI document.
import type { z } from 'zod';

/** A JSON answer. */
export function json<S extends z.ZodType>(description: string, schema: S) {
  return { description, content: { 'application/json': { schema } } };
}

/** A JSON answer that comes as a table where the caller prefers `text/csv`. */
export function jsonOrCsv<S extends z.ZodType, T extends z.ZodType>(
  description: string,
  schema: S,
  table: T,
) {
  return { description, content: { 'application/json': { schema }, 'text/csv': { schema: table } } };
}
