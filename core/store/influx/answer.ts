// Answers to InfluxQL: JSON of the server as rows. Errors come under HTTP 200 as well, and are thrown here.
import { errorOfAnswer } from './errors.ts';

/** A cell: times and numbers are numbers. */
export type Cell = number | string | boolean | null;
export type Row = readonly Cell[];

export interface AnswerSeries {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  /** Each with a cell for each column. */
  readonly rows: readonly Row[];
}

/** The series of one statement. */
export type Answer = readonly AnswerSeries[];

/** @param what names the server in messages. @throws JieyueError `store.unavailable` */
export function parseAnswer(text: string, statements: readonly string[], what: string): readonly Answer[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw errorOfAnswer('store.unavailable', `${what}: no JSON: ${text.slice(0, 200)}`, error);
  }
  if (!isRecord(body)) throw malformed(what, text);
  if (typeof body['error'] === 'string')
    throw errorOfAnswer('store.unavailable', `${what}: ${body['error']}`);
  const results = body['results'];
  if (!Array.isArray(results)) throw malformed(what, text);
  const answers: Answer[] = statements.map(() => []);
  for (const [index, result] of (results as unknown[]).entries()) {
    if (!isRecord(result)) throw malformed(what, text);
    const id = result['statement_id'];
    const at = typeof id === 'number' ? id : index;
    if (typeof result['error'] === 'string') {
      const statement = (statements[at] ?? '').slice(0, 200);
      throw errorOfAnswer('store.unavailable', `${what}: ${result['error']} (${statement})`);
    }
    if (result['partial'] === true) {
      throw errorOfAnswer(
        'store.unavailable',
        `${what}: it cuts long answers off; set max-row-limit = 0 in its configuration`,
      );
    }
    const series = result['series'];
    if (series === undefined) continue;
    if (!Array.isArray(series) || answers[at] === undefined) throw malformed(what, text);
    answers[at] = (series as unknown[]).map((entry) => seriesOf(entry, what, text));
  }
  return answers;
}

function seriesOf(entry: unknown, what: string, text: string): AnswerSeries {
  if (!isRecord(entry)) throw malformed(what, text);
  if (entry['partial'] === true) throw malformed(what, 'a series that is cut off');
  const { name = '', tags = {}, columns, values = [] } = entry;
  if (
    typeof name !== 'string' ||
    !isRecord(tags) ||
    !Object.values(tags).every(isText) ||
    !Array.isArray(columns) ||
    !columns.every(isText) ||
    !Array.isArray(values)
  )
    throw malformed(what, text);
  for (const row of values as unknown[]) {
    if (!Array.isArray(row) || row.length !== columns.length || !row.every(isCell))
      throw malformed(what, text);
  }
  return { name, tags: tags as Record<string, string>, columns: columns as string[], rows: values as Row[] };
}

function malformed(what: string, text: string) {
  return errorOfAnswer('store.unavailable', `${what}: no answer of the expected form: ${text.slice(0, 200)}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCell(value: unknown): value is Cell {
  return typeof value !== 'object' || value === null;
}
