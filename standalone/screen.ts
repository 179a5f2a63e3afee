// The short screen of `jieyue up`: progress first, then what runs, where to look, and the first figures.
import { SingleBar } from 'cli-progress';
import type { LineState } from '../core/domain/plan/line.ts';
import { type Language, type TextKey, text } from '../core/domain/texts.ts';
import type { AdminKey } from './admin-key.ts';
import type { FleetFigures } from './demo/fleet-figures.ts';

export interface Places {
  readonly api: string;
  readonly broker: string;
  readonly home: string;
  readonly log: string;
  readonly key: AdminKey;
}

export interface DemoSummary {
  readonly institutions: number;
  readonly buildings: number;
  readonly points: number;
  readonly rows: number;
  readonly seconds: number;
  readonly devices: number;
  readonly everyMs: number;
}

/** Electricity of an institution, this year up to now and the same days of last year, kWh. */
export interface YearFigures {
  readonly name: string;
  readonly depth: number;
  readonly id: string;
  readonly thisYear: number | null;
  readonly lastYear: number | null;
  readonly coverage: number | null;
}

export interface FirstFigures {
  readonly year: number;
  readonly rows: readonly YearFigures[];
}

/** Where the institutions stand in a plan, a column an indicator. */
export interface PlanTable {
  readonly name: string;
  readonly year: number;
  readonly baseYear: number;
  readonly columns: readonly { readonly title: string; readonly target: number }[];
  readonly rows: readonly {
    readonly name: string;
    readonly depth: number;
    /** Change since the base year, as a share; `null`: not known. */
    readonly cells: readonly { readonly change: number | null; readonly state: LineState }[];
  }[];
}

const stateSigns = {
  'on-line': '✓ ',
  behind: '! ',
  'far-behind': '!!',
  'not-known': '? ',
} as const satisfies Record<LineState, string>;

/** Without a terminal a bar is a line every so often. */
const plainEveryMs = 2_000;

export class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #language: Language;

  constructor(out: NodeJS.WriteStream, language: Language) {
    this.#out = out;
    this.#language = language;
  }

  line(words = ''): void {
    this.#out.write(`${words}\n`);
  }

  /** A bar on a terminal, lines elsewhere. */
  progress(key: TextKey, total: number): { update(value: number): void; stop(): void } {
    const label = this.#t(key);
    const bar = new SingleBar({
      format: `${label} {bar} {percentage}%  {value}/{total}`,
      stream: this.#out,
      hideCursor: true,
      noTTYOutput: this.#out.isTTY !== true,
      notTTYSchedule: plainEveryMs,
      barCompleteChar: '█',
      barIncompleteChar: '░',
    });
    bar.start(total, 0);
    return { update: (value) => bar.update(value), stop: () => bar.stop() };
  }

  running(version: string, places: Places): void {
    const rows: [TextKey, string][] = [
      ['up.api', `${places.api}/docs`],
      ['up.consumption', `${places.api}/api/v1/consumption`],
      ['up.metrics', `${places.api}/metrics`],
      ['up.broker', places.broker],
      ['up.home', places.home],
      ['up.log', places.log],
    ];
    this.line();
    this.line(this.#t('up.running', { version }));
    const width = Math.max(...rows.map(([key]) => columns(this.#t(key))));
    for (const [key, value] of rows) this.line(`  ${pad(this.#t(key), width)}  ${value}`);
    this.line(`  ${places.key.line(this.#out.isTTY === true)}`);
    this.line();
  }

  demo(summary: DemoSummary, figures: FirstFigures): void {
    const { institutions, buildings, points, rows, seconds, devices, everyMs } = summary;
    this.line(
      this.#t('up.demo-data', { institutions, buildings, points, rows: rows.toLocaleString('en'), seconds }),
    );
    this.line(this.#t('up.live', { devices, seconds: everyMs / 1000 }));
    this.line();
    this.line(this.#t('up.first-figures', { year: figures.year }));
    this.#table(
      (['up.institution', 'up.this-year', 'up.last-year', 'up.change', 'up.coverage'] as const).map((key) =>
        this.#t(key),
      ),
      figures.rows.map(({ name, depth, thisYear, lastYear, coverage }) => [
        `${'  '.repeat(depth)}${name}`,
        whole(thisYear),
        whole(lastYear),
        thisYear === null || lastYear === null || lastYear === 0
          ? '–'
          : percent(thisYear / lastYear - 1, true),
        coverage === null ? '–' : percent(coverage),
      ]),
    );
    this.line();
  }

  /** One line: what the cars' two weeks held, or that it is still being followed. */
  fleet(found: FleetFigures | { readonly failed: string } | { readonly cars: number }): void {
    if ('failed' in found) this.line(this.#t('up.fleet-failed', { reason: found.failed }));
    else if (!('trips' in found)) this.line(this.#t('up.fleet-follows', { ...found }));
    else this.line(this.#t('up.fleet', { ...found }));
  }

  plan({ name, year, baseYear, columns: indicators, rows }: PlanTable): void {
    this.line(this.#t('up.plan', { name, year, base: baseYear }));
    this.#table(
      [this.#t('up.institution'), ...indicators.map(({ title }) => title)],
      [
        [this.#t('up.plan-target'), ...indicators.map(({ target }) => `${percent(target, true)}   `)],
        ...rows.map(({ name: institution, depth, cells }) => [
          `${'  '.repeat(depth)}${institution}`,
          ...cells.map(
            ({ change, state }) => `${change === null ? '–' : percent(change, true)} ${stateSigns[state]}`,
          ),
        ]),
      ],
    );
    this.line();
  }

  /** First column left, figures right; Chinese characters take two columns. */
  #table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const all = [head, ...rows];
    const widths = head.map((_, column) => Math.max(...all.map((row) => columns(row[column] ?? ''))));
    for (const row of all) {
      const cells = row.map((cell, column) => pad(cell, widths[column] ?? 0, column > 0));
      this.line(`  ${cells.join('  ')}`);
    }
  }

  #t(key: TextKey, values?: Readonly<Record<string, string | number>>): string {
    return text(this.#language, key, values);
  }
}

function columns(words: string): number {
  return [...words].reduce(
    (sum, character) => sum + (/[ᄀ-ᇿ⺀-꓏가-힣豈-﫿︰-﹏＀-｠]/.test(character) ? 2 : 1),
    0,
  );
}

function pad(words: string, width: number, right = false): string {
  const space = ' '.repeat(Math.max(0, width - columns(words)));
  return right ? space + words : words + space;
}

function whole(value: number | null): string {
  return value === null ? '–' : Math.round(value).toLocaleString('en');
}

function percent(share: number, signed = false): string {
  const sign = signed && share > 0 ? '+' : '';
  return `${sign}${(share * 100).toFixed(1)} %`;
}
