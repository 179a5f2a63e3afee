// What one row after the other says, gathered with its origin; then put in an order that does not depend on theirs, and checked
// against each other.
import type { Calendar } from '../../core/domain/time.ts';
import type { BatchFact, FleetInput } from '../../core/registry/batch-contracts.ts';
import type { FleetKind } from '../../core/registry/fleet-contracts.ts';
import type { BillInput, DefinitionKind, ReportInput } from '../../core/registry/ledgers.ts';
import { CellFault } from './column.ts';
import type { Known, NamesByKind } from './known.ts';
import type { Entry, NamedKind, PriceInput, SaidFact } from './ledger.ts';
import { readLimits, tooLarge } from './read/limits.ts';
import { sayOfLimits, wholeImport } from './read/words.ts';
import type { RowFault, Said } from './said.ts';

interface Surroundings {
  readonly names: NamesByKind;
  readonly known: Known;
  readonly calendar: Calendar;
  readonly points: ReadonlySet<string>;
}

type Where = (row: number) => string;

export class RowEntry implements Entry {
  own: { readonly id: string; readonly isNew: boolean } | undefined;
  measured: readonly string[] = [];
  readonly calendar: Calendar;
  readonly faults: RowFault[] = [];
  readonly prices: Said<PriceInput>[] = [];
  readonly #around: Surroundings;
  readonly #facts: Said<BatchFact>[] = [];
  readonly #bills: Said<BillInput>[] = [];
  readonly #reports: Said<ReportInput>[] = [];
  readonly #records: Said<FleetInput & { readonly key: string }>[] = [];
  #row = 0;

  constructor(around: Surroundings) {
    this.#around = around;
    this.calendar = around.calendar;
  }

  /** @throws JieyueError `import.too-large` where the rows before said too much already. */
  begin(row: number): void {
    this.#row = row;
    this.own = undefined;
    const inputs = this.#facts.length + this.#bills.length + this.#reports.length + this.#records.length;
    if (inputs > readLimits.inputs)
      throw tooLarge(wholeImport, sayOfLimits('limit.inputs', { most: readLimits.inputs }));
  }

  refer(kind: NamedKind | 'point', column: string, said: string): string | undefined {
    const { names, points } = this.#around;
    if (kind === 'point') {
      if (points.has(said)) return said;
      this.fault(column, new CellFault('unknown-point'));
      return undefined;
    }
    const found = names[kind].resolve(said);
    if (!(found instanceof CellFault)) return found.id;
    this.fault(column, found);
    return undefined;
  }

  defined(kind: DefinitionKind, column: string, id: string): boolean {
    const ids = this.#around.known.definitions.get(kind);
    if (ids?.has(id)) return true;
    this.fault(
      column,
      new CellFault('unknown-definition', { known: [...(ids ?? [])].slice(0, 20).join(', ') }),
    );
    return false;
  }

  fact(column: string, { entity, attribute, from, to, value }: SaidFact): void {
    const input = { entity, attribute, validFrom: from, value, ...(to === undefined ? {} : { validTo: to }) };
    this.#facts.push({ input, row: this.#row, column });
  }

  bill(input: BillInput): void {
    this.#bills.push({ input, row: this.#row, column: null });
  }

  report(input: ReportInput): void {
    this.#reports.push({ input, row: this.#row, column: null });
  }

  record(kind: FleetKind, value: unknown, key: string): void {
    this.#records.push({ input: { kind, value, key }, row: this.#row, column: null });
  }

  price(input: PriceInput): void {
    this.prices.push({ input, row: this.#row, column: 'price' });
  }

  fault(column: string | null, fault: CellFault): void {
    this.faults.push({ row: this.#row, column, fault });
  }

  /** By date, since an entry ends where the next one begins; each once. */
  factsInOrder(where: Where): Said<BatchFact>[] {
    const single = this.#single(
      this.#facts,
      ({ entity, attribute, validFrom }) => `${entity} ${attribute} ${validFrom}`,
      ({ value, validTo }) => JSON.stringify([value, validTo]),
      where,
    );
    return single.sort((a, b) => a.input.validFrom - b.input.validFrom);
  }

  billsInOrder(where: Where): Said<BillInput>[] {
    const single = this.#single(
      this.#bills,
      ({ account, document }) => `${account} ${document}`,
      ({ from, to, quantity, amountCny, supplement }) =>
        `${from} ${to} ${quantity} ${amountCny} ${supplement === true}`,
      where,
    );
    const plain = single.filter(({ input }) => input.supplement !== true);
    const bad = this.#overlapping(
      plain,
      ({ account }) => account,
      ({ document }) => document,
      where,
    );
    return single.filter((said) => !bad.has(said));
  }

  reportsInOrder(where: Where): Said<ReportInput>[] {
    const lineOf = ({ institution, commodity, use }: ReportInput) => `${institution} ${commodity} ${use}`;
    const single = this.#single(
      this.#reports,
      (input) => `${lineOf(input)} ${input.from} ${input.to}`,
      ({ quantity, amountCny }) => `${quantity} ${amountCny}`,
      where,
    );
    const bad = this.#overlapping(single, lineOf, () => '', where);
    return single.filter((said) => !bad.has(said));
  }

  recordsInOrder(where: Where): Said<FleetInput>[] {
    const single = this.#single(
      this.#records,
      ({ kind, key }) => `${kind} ${key}`,
      ({ value }) => JSON.stringify(value),
      where,
    );
    return single.map(({ input: { kind, value }, row, column }) => ({ input: { kind, value }, row, column }));
  }

  /** Each key once; rows that say different things under one key are faulty, all of them. */
  #single<T>(
    list: readonly Said<T>[],
    keyOf: (input: T) => string,
    textOf: (input: T) => string,
    where: Where,
  ) {
    const first = new Map<string, Said<T>>();
    const against = new Map<Said<T>, Said<T>>();
    for (const said of list) {
      const key = keyOf(said.input);
      const before = first.get(key);
      if (!before) first.set(key, said);
      else if (textOf(before.input) !== textOf(said.input)) {
        against.set(said, before);
        if (!against.has(before)) against.set(before, said);
      }
    }
    for (const [{ row, column }, other] of against) {
      const fault = new CellFault('contradicts', { rows: where(other.row) });
      this.faults.push({ row, column, fault });
    }
    return [...first.values()].filter((said) => !against.has(said));
  }

  /** Those that begin before an earlier one ends; by date, so that it does not matter in which order they stand. */
  #overlapping<T extends { readonly from: number; readonly to: number }>(
    list: readonly Said<T>[],
    lineOf: (input: T) => string,
    nameOf: (input: T) => string,
    where: Where,
  ): Set<Said<T>> {
    const lines = new Map<string, Said<T>[]>();
    for (const said of list) {
      const line = lines.get(lineOf(said.input));
      if (line) line.push(said);
      else lines.set(lineOf(said.input), [said]);
    }
    const bad = new Set<Said<T>>();
    for (const line of lines.values()) {
      line.sort(
        ({ input: a }, { input: b }) => a.from - b.from || a.to - b.to || (nameOf(a) < nameOf(b) ? -1 : 1),
      );
      let last: Said<T> | undefined;
      for (const said of line) {
        if (last && said.input.from < last.input.to) {
          bad.add(said);
          const fault = new CellFault('overlaps', { rows: where(last.row) });
          this.faults.push({ row: said.row, column: 'from', fault });
        } else last = said;
      }
    }
    return bad;
  }
}
