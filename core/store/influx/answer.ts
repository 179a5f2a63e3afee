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

/**
 * @param what names the server in messages
 * @param chunked the text is many documents, a line each, of which one goes on where the one before says `partial`
 * @throws JieyueError `store.unavailable`
 */
export function parseAnswer(
  text: string,
  statements: readonly string[],
  what: string,
  chunked = false,
): readonly Answer[] {
  const answers: Gathered[] = statements.map(() => ({ series: [], goesOn: false, more: false }));
  const documents = chunked ? text.split('\n').filter((line) => line !== '') : [text];
  if (documents.length === 0) throw malformed(what, text);
  for (const document of documents) gather(document, { statements, what, chunked }, answers);
  if (answers.some(({ more }) => more)) throw malformed(what, 'an answer that breaks off');
  return answers.map(({ series }) => series);
}

interface Gathered {
  series: AnswerSeries[];
  /** The last series has more rows in the next document. */
  goesOn: boolean;
  /** Another document has more of the statement. */
  more: boolean;
}

function gather(
  text: string,
  asked: { readonly statements: readonly string[]; readonly what: string; readonly chunked: boolean },
  answers: readonly Gathered[],
): void {
  const { statements, what, chunked } = asked;
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
  for (const [index, result] of (results as unknown[]).entries()) {
    if (!isRecord(result)) throw malformed(what, text);
    const id = result['statement_id'];
    const at = typeof id === 'number' ? id : index;
    if (typeof result['error'] === 'string') {
      const statement = (statements[at] ?? '').slice(0, 200);
      throw errorOfAnswer('store.unavailable', `${what}: ${result['error']} (${statement})`);
    }
    if (result['partial'] === true && !chunked) {
      throw errorOfAnswer(
        'store.unavailable',
        `${what}: it cuts long answers off; set max-row-limit = 0 in its configuration`,
      );
    }
    const series = result['series'];
    const answer = answers[at];
    if (answer !== undefined) answer.more = result['partial'] === true;
    if (series === undefined) continue;
    if (!Array.isArray(series) || answer === undefined) throw malformed(what, text);
    for (const entry of series as unknown[]) take(seriesOf(entry, what, text, chunked), entry, answer);
  }
}

function take(series: AnswerSeries, entry: unknown, answer: Gathered): void {
  const last = answer.series.at(-1);
  if (answer.goesOn && last !== undefined)
    answer.series.splice(-1, 1, { ...last, rows: [...last.rows, ...series.rows] });
  else answer.series.push(series);
  answer.goesOn = isRecord(entry) && entry['partial'] === true;
}

function seriesOf(entry: unknown, what: string, text: string, chunked: boolean): AnswerSeries {
  if (!isRecord(entry)) throw malformed(what, text);
  if (entry['partial'] === true && !chunked) throw malformed(what, 'a series that is cut off');
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
