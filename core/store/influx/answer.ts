// Answers to InfluxQL: JSON of the server as rows, handed on as they come. Errors come under HTTP 200 as well, and are
// thrown here.
import { JieyueError } from '../../domain/errors.ts';
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
 * Gets rows of one series of a statement; the rest of a long series follows in further calls, ascending like the rows.
 * @param goesOn they belong to the series of the call before
 */
export type TakeSeries = (series: AnswerSeries, statement: number, goesOn: boolean) => void;

export interface Asked {
  readonly statements: readonly string[];
  /** Names the server in messages. */
  readonly what: string;
  /** The answer is many documents, a line each, of which one goes on where the one before says `partial`. */
  readonly chunked: boolean;
  /** A statement without rows may have no answer at all, as in the chunks of 3. */
  readonly mayBeSilent?: boolean | undefined;
}

/** What is held of an answer at a time; 10 000 rows of ours are less than 2 MB. */
const longestDocumentBytes = 32 * 1024 * 1024;
const newline = 10;

/** Reads an answer as its bytes come: no more than one document of it is held. */
export class AnswerReader {
  readonly #asked: Asked;
  readonly #take: TakeSeries;
  readonly #statements: Progress[];
  /** The beginning of the document that is not complete yet. */
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(asked: Asked, take: TakeSeries) {
    this.#asked = asked;
    this.#take = take;
    this.#statements = asked.statements.map(() => ({ answered: false, goesOn: false, more: false }));
  }

  /** @throws JieyueError `store.unavailable`; `api.too-much` for a document that is too long */
  push(bytes: Uint8Array): void {
    let start = 0;
    if (this.#asked.chunked) {
      for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
        this.#hold(bytes.subarray(start, end));
        this.#document();
        start = end + 1;
      }
    }
    this.#hold(bytes.subarray(start));
  }

  /** @throws JieyueError `store.unavailable` where the answer is not complete */
  end(): void {
    this.#document();
    const { statements, what, mayBeSilent = false } = this.#asked;
    for (const [at, { answered, more }] of this.#statements.entries()) {
      if (more) throw malformed(what, 'an answer that breaks off');
      if (!answered && !mayBeSilent) throw malformed(what, `none to ${statements[at]}`);
    }
  }

  #hold(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#bytes += part.length;
    if (this.#bytes > longestDocumentBytes)
      throw new JieyueError('api.too-much', `${this.#asked.what}: a piece of an answer exceeds 32 MiB`);
    this.#parts.push(part);
  }

  #document(): void {
    if (this.#parts.length === 0) return;
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#bytes = 0;
    for (const [index, result] of resultsOf(text, this.#asked.what).entries())
      this.#result(result, index, text);
  }

  #result(result: unknown, index: number, text: string): void {
    const { statements, what, chunked } = this.#asked;
    if (!isRecord(result)) throw malformed(what, text);
    const id = result['statement_id'];
    const at = typeof id === 'number' ? id : index;
    if (typeof result['error'] === 'string') {
      const statement = (statements[at] ?? '').slice(0, 200);
      throw errorOfAnswer('store.unavailable', `${what}: ${result['error']} (${statement})`);
    }
    const partial = result['partial'] === true;
    if (partial && !chunked) {
      throw errorOfAnswer(
        'store.unavailable',
        `${what}: it cuts long answers off; set max-row-limit = 0 in its configuration`,
      );
    }
    const progress = this.#statements[at];
    if (progress === undefined) throw malformed(what, text);
    progress.answered = true;
    progress.more = partial;
    const { series = [] } = result;
    if (!Array.isArray(series)) throw malformed(what, text);
    for (const entry of series as unknown[]) {
      const found = seriesOf(entry, what, text);
      const goesOn = isRecord(entry) && entry['partial'] === true;
      if (goesOn && !chunked) throw malformed(what, 'a series that is cut off');
      this.#take(found, at, progress.goesOn);
      progress.goesOn = goesOn;
    }
  }
}

interface Progress {
  answered: boolean;
  /** The last series has more rows in the next document. */
  goesOn: boolean;
  /** Another document has more of the statement. */
  more: boolean;
}

/** Answers that are short enough to be held, series by series. */
export class GatheredAnswers {
  readonly #answers: { series: AnswerSeries; rows: Row[] }[][];

  constructor(statements: number) {
    this.#answers = Array.from({ length: statements }, () => []);
  }

  readonly take: TakeSeries = (series, statement, goesOn) => {
    const answer = this.#answers[statement];
    const last = answer?.at(-1);
    if (goesOn && last !== undefined) for (const row of series.rows) last.rows.push(row);
    else answer?.push({ series, rows: [...series.rows] });
  };

  /** In the order of the statements. */
  all(): readonly Answer[] {
    return this.#answers.map((answer) => answer.map(({ series, rows }) => ({ ...series, rows })));
  }
}

function resultsOf(text: string, what: string): readonly unknown[] {
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
  return results as unknown[];
}

function seriesOf(entry: unknown, what: string, text: string): AnswerSeries {
  if (!isRecord(entry)) throw malformed(what, text);
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
