// Answers to text: what the schema does not name is left out, what contradicts it is a fault of ours.
import type { FastifySerializerCompiler } from 'fastify';
import { ResponseSerializationError } from 'fastify-type-provider-zod';
import type { z } from 'zod';

/**
 * Answers have no transformations, so reading them by their schema equals the library's `encode`, which takes ten times
 * as long (30 ms for a year of hours).
 */
export const serializerCompiler: FastifySerializerCompiler<z.ZodType> =
  ({ schema, method, url }) =>
  (answer: unknown) => {
    const read = schema.safeParse(answer);
    if (read.success) return JSON.stringify(read.data);
    throw new ResponseSerializationError(method, url, { cause: read.error });
  };
