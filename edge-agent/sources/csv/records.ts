// The rows of a CSV file as cells, each with its line number; what cannot be a row comes as a refusal in its place.
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { JieyueError } from '../../../core/domain/errors.ts';
import { openBytes, unreadable } from './bytes.ts';
import { type Encoding, inUtf8 } from './encoding.ts';
import { maxRowBytes, numberedRows } from './lines.ts';

/**
 * Yields `[line number, cell, cell, …]`, the header first; for a row that was refused `[-line number, reason, its beginning]`.
 * Gzip is unpacked. Memory does not grow with the file.
 * @throws JieyueError `import.file`, its message beginning with the path.
 */
export async function* recordsOf(
  path: string,
  delimiter: string,
  encoding: Encoding = 'utf-8',
): AsyncGenerator<string[]> {
  const bytes = await openBytes(path);
  const parser = parse({
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    max_record_size: 2 * maxRowBytes,
  });
  pipeline(
    bytes,
    (chunks: AsyncIterable<Buffer>) => numberedRows(inUtf8(chunks, encoding), delimiter),
    parser,
    () => {},
  );
  try {
    yield* parser as AsyncIterable<string[]>;
  } catch (error) {
    throw faultOf(path, error);
  } finally {
    parser.destroy();
    bytes.destroy();
  }
}

function faultOf(path: string, error: unknown): JieyueError {
  if (!(error instanceof JieyueError)) return unreadable(path, error);
  return error.message.startsWith(path) ? error : new JieyueError(error.code, `${path}, ${error.message}`);
}
