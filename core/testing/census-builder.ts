// Small censuses for tests of accounts: institutions, meters, bills and reports in a line each.
import type { MeteredMonths } from '../domain/accounting/book.ts';
import type {
  AccountStretch,
  Census,
  CensusInstitution,
  MeteredSeries,
  MeteredStretch,
  Months,
  ReportStretch,
  Statement,
} from '../domain/accounting/census.ts';
import type { Commodity } from '../domain/accounting/commodities.ts';
import { monthEnd, monthStart } from '../domain/accounting/months.ts';
import type { BuiltInDefinition } from '../domain/accounting/presets/built-in.ts';
import { builtInDefinitions } from '../domain/accounting/presets/built-in.ts';
import type { Terms } from '../domain/accounting/terms.ts';
import type { Use } from '../domain/accounting/uses.ts';

const utcPlus8 = 8 * 3_600_000;

/** Epoch ms of a local midnight in Shanghai. */
export function midnight(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) - utcPlus8;
}

/** Months of Shanghai from a January on. */
export function monthsFrom(year: number, count: number): Months {
  const at = (month: number) => Date.UTC(year, month, 1) - utcPlus8;
  return { starts: Float64Array.from({ length: count }, (_, month) => at(month)), to: at(count) };
}

export interface InstitutionInput {
  readonly parent?: number | readonly number[];
  readonly users?: number | readonly number[];
  readonly areaM2?: number | readonly number[];
  readonly exists?: readonly number[];
  /** When it exists, where that is not by whole months. */
  readonly lives?: CensusInstitution['lives'];
  readonly userRules?: CensusInstitution['userRules'];
  readonly registered?: number | readonly number[];
}

export class CensusBuilder {
  readonly months: Months;
  readonly #institutions: CensusInstitution[] = [];
  readonly #series: MeteredSeries[] = [];
  readonly #metered: (MeteredMonths | undefined)[] = [];
  readonly #statements: Statement[] = [];
  readonly #accounts: AccountStretch[] = [];
  #reporting: readonly ReportStretch[] | undefined;

  constructor(months: Months) {
    this.months = months;
  }

  /** @returns its number; what is left out is not known, and 1 for `exists` and `registered` */
  institution(input: InstitutionInput = {}): number {
    const number = this.#institutions.length;
    const column = (value: number | readonly number[] | undefined, otherwise: number) =>
      Float64Array.from(this.months.starts, (_, month) =>
        typeof value === 'object' ? (value[month] ?? otherwise) : (value ?? otherwise),
      );
    this.#institutions.push({
      id: `institution-${number}`,
      name: `Institution ${number}`,
      parent: Int32Array.from(column(input.parent, -1)),
      exists: Uint8Array.from(column(input.exists, 1)),
      lives: input.lives ?? this.#livesOf(input.exists),
      users: column(input.users, Number.NaN),
      userRules: input.userRules ?? [],
      areaM2: column(input.areaM2, Number.NaN),
      registered: Uint8Array.from(column(input.registered, 1)),
      sector: '',
      kind: '',
      adminLevel: '',
      climateZone: '',
      heating: '',
    });
    return number;
  }

  #livesOf(exists: readonly number[] = []): CensusInstitution['lives'] {
    const { months } = this;
    const lives: { from: number; to: number }[] = [];
    for (let month = 0; month < months.starts.length; month++) {
      const [from, to] = [monthStart(months, month), monthEnd(months, month)];
      const before = lives.at(-1);
      if (exists[month] === 0) continue;
      if (before?.to === from) before.to = to;
      else lives.push({ from, to });
    }
    return lives;
  }

  /**
   * A series with the same or given values by month; NaN: unknown, and its time is not covered. A move that does not say what it
   * is a part of hangs below the institution's first meter, and below a sub-meter that moves energy to the use which it leaves.
   */
  meter(
    commodity: Commodity,
    stretches: readonly (Partial<MeteredStretch> & { readonly institution: number })[],
    values: number | readonly number[] | undefined,
  ): number {
    const { months } = this;
    this.#series.push({
      point: `agent/point-${this.#series.length}`,
      quantity: 'electricity',
      commodity,
      stretches: stretches.map((stretch) => ({
        use: 'building',
        share: 1,
        from: monthStart(months, 0),
        to: Number.POSITIVE_INFINITY,
        ...stretch,
      })),
    });
    const value = Float64Array.from(months.starts, (_, month) =>
      typeof values === 'object' ? (values[month] ?? Number.NaN) : (values ?? Number.NaN),
    );
    const measuredMs = value.map((one, month) =>
      Number.isNaN(one) ? 0 : monthEnd(months, month) - monthStart(months, month),
    );
    const estimatedMs = new Float64Array(value.length);
    this.#metered.push(values === undefined ? undefined : { value, measuredMs, estimatedMs });
    return this.#series.length - 1;
  }

  /** Number of series so far; the next one is of the point `agent/point-` and this. */
  get length(): number {
    return this.#series.length;
  }

  /** An account that is open for good. */
  account(
    account: string,
    institution: number,
    commodity: Commodity,
    use: Use = 'building',
    more: Partial<AccountStretch> = {},
  ): void {
    const days = { from: monthStart(this.months, 0), to: Number.POSITIVE_INFINITY };
    this.#accounts.push({ account, institution, commodity, use, ...days, ...more });
  }

  statement(
    input: Partial<Statement> & Pick<Statement, 'institution' | 'commodity' | 'from' | 'to' | 'quantity'>,
  ): void {
    const id = `statement-${this.#statements.length}`;
    this.#statements.push({
      basis: 'billed',
      use: 'building',
      amountCny: Number.NaN,
      id,
      account: '',
      ...input,
    });
  }

  get metered(): readonly (MeteredMonths | undefined)[] {
    return this.#metered;
  }

  census(): Census {
    return {
      months: this.months,
      institutions: this.#institutions,
      series: hung(this.#series),
      statements: this.#statements,
      accounts: this.#accounts,
      reporting: this.#reporting ?? this.#firstReports(),
    };
  }

  /** What is reported, and since when, where that is not since the first report given. */
  reporting(stretches: readonly ReportStretch[]): void {
    this.#reporting = stretches;
  }

  #firstReports(): ReportStretch[] {
    const first = new Map<string, ReportStretch>();
    for (const { basis, institution, commodity, use, from } of this.#statements) {
      const key = `${institution} ${commodity} ${use}`;
      if (basis !== 'reported' || (first.get(key)?.from ?? Number.POSITIVE_INFINITY) <= from) continue;
      first.set(key, { institution, commodity, use, from, to: this.months.to });
    }
    return [...first.values()];
  }
}

/** Built-in terms, metered and statutory unless told otherwise. */
export function termsOf(
  changes: Partial<Omit<Terms, 'boundary' | 'coefficients'>> & {
    readonly boundary?: string;
    readonly coefficients?: string;
  } = {},
): Terms {
  const { boundary, coefficients, ...others } = changes;
  return {
    boundary: {
      id: boundary ?? 'statutory',
      version: 0,
      value: builtIn('boundary', boundary ?? 'statutory'),
    },
    coefficients: {
      id: coefficients ?? 'gbt2589-2020',
      version: 0,
      value: builtIn('coefficients', coefficients ?? 'gbt2589-2020'),
    },
    carbonFactors: { id: 'mee-2021-2023', version: 0, value: builtIn('carbon-factors', 'mee-2021-2023') },
    basis: 'metered',
    gridRegion: 'national',
    factorPolicy: { kind: 'year' },
    ...others,
  };
}

function builtIn<K extends BuiltInDefinition['kind']>(kind: K, id: string) {
  const found = builtInDefinitions.find((one) => one.kind === kind && one.id === id);
  if (found === undefined) throw new RangeError(`there is no built-in ${kind} "${id}"`);
  return found.value as Extract<BuiltInDefinition, { kind: K }>['value'];
}

function hung(all: readonly MeteredSeries[]): MeteredSeries[] {
  const isMove = ({ stretches: [first] }: MeteredSeries) => first !== undefined && first.share < 0;
  const below = (series: MeteredSeries, { institution, use }: MeteredStretch) => {
    const others = all.filter((other) => other !== series && other.commodity === series.commodity);
    const reaches = (other: MeteredSeries, target: Use) =>
      other.stretches.some(
        (stretch) => stretch.institution === institution && stretch.use === target && stretch.share > 0,
      );
    const plain = others.find(
      (other) => !isMove(other) && other.stretches.some((stretch) => stretch.institution === institution),
    );
    const counter = plain?.point;
    const isDirect = plain === undefined || reaches(plain, use);
    const mover = isDirect ? undefined : others.find((other) => isMove(other) && reaches(other, use));
    const above = mover?.point ?? counter;
    return { counter, above };
  };
  return all.map((series) => ({
    ...series,
    stretches: series.stretches.map((stretch, index) => {
      const source = stretch.share < 0 ? stretch : series.stretches[index - 1];
      const isOpen = isMove(series) && stretch.counter === undefined && source !== undefined;
      return isOpen ? { ...below(series, source), ...stretch } : stretch;
    }),
  }));
}
