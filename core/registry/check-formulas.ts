// Formulas of virtual points: none is made of itself, and none mixes carriers.
import type { Message } from '../domain/message.ts';
import { type Carrier, carriers, quantityEntry } from '../domain/units.ts';
import type { FormulaValue } from './attributes/point.ts';
import type { ValidFact } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import { type Contradiction, changedOf } from './contradiction.ts';
import { type DatedTargets, findCircle } from './dated-circles.ts';
import { type FactSpan, loadSpans, type SpansOf, together } from './fact-spans.ts';
import type { Db } from './schema.ts';
import { sayOfFacts } from './words/facts.ts';

export async function formulaContradictions(
  trx: Db,
  context: RegistryContext,
  changed: readonly ValidFact[],
): Promise<Contradiction[]> {
  const rewritten = changedOf(changed, 'point', ['formula']);
  const remeasured = changedOf(changed, 'point', ['quantities']);
  if (rewritten.size + remeasured.size === 0) return [];
  const formulas = await allFormulas(trx);
  if (formulas.size === 0) return [];
  return [
    ...circles(formulas, rewritten, context),
    ...(await mixtures(trx, context, formulas, rewritten, remeasured)),
  ];
}

interface FormulaSpan {
  readonly from: number;
  readonly to: number;
  readonly value: FormulaValue;
}
type Formulas = ReadonlyMap<string, readonly FormulaSpan[]>;

/** There are few: they are written by hand. */
async function allFormulas(trx: Db): Promise<Formulas> {
  const { spans, entities } = await loadSpans(trx, ['formula']);
  return new Map(
    entities.map((entity) => {
      const said = spans(entity, 'formula').filter(({ value }) => value !== null);
      return [entity, said.map((span) => ({ ...span, value: span.value as FormulaValue }))];
    }),
  );
}

function circles(
  formulas: Formulas,
  rewritten: ReadonlySet<string>,
  { calendar }: RegistryContext,
): Contradiction[] {
  const targets: DatedTargets = (point) =>
    (formulas.get(point) ?? []).map(({ from, to, value }) => ({
      from,
      to,
      targets: value.terms.map((term) => term.point),
    }));
  const circle = findCircle(targets, rewritten);
  if (!circle) return [];
  const [entity = ''] = circle.path;
  const path = circle.path.join(' → ');
  const said = sayOfFacts('formula.circle', { entity, path, from: calendar.format(circle.at) });
  return [
    { entity: circle.path.find((point) => rewritten.has(point)) ?? entity, code: 'registry.cycle', said },
  ];
}

/** Every term must measure each carrier of the virtual point, in the times in which it is known what it measures. */
async function mixtures(
  trx: Db,
  { calendar }: RegistryContext,
  formulas: Formulas,
  rewritten: ReadonlySet<string>,
  remeasured: ReadonlySet<string>,
): Promise<Contradiction[]> {
  const touched = [...formulas].filter(
    ([point, spans]) =>
      rewritten.has(point) ||
      remeasured.has(point) ||
      spans.some(({ value }) => value.terms.some((term) => remeasured.has(term.point))),
  );
  const points = touched.flatMap(([point, spans]) => [
    point,
    ...spans.flatMap(({ value }) => value.terms.map((term) => term.point)),
  ]);
  const { spans: measured } = await loadSpans(trx, ['quantities'], points);
  return touched.flatMap(([point, spans]) => {
    const fault = mixture(point, spans, measured, (at) => calendar.format(at));
    if (!fault) return [];
    const entity = rewritten.has(point) || remeasured.has(point) ? point : fault.term;
    return [{ entity, code: 'registry.invalid' as const, said: fault.said }];
  });
}

function mixture(
  point: string,
  formula: readonly FormulaSpan[],
  measured: SpansOf,
  dateOf: (at: number) => string,
): { readonly term: string; readonly said: Message } | undefined {
  for (const { from, to, one, other } of together(formula, measured(point, 'quantities'))) {
    const wanted = carriersOf(other);
    if (wanted.length === 0 || wanted.length < (other as readonly string[]).length) {
      const values = { point, from: dateOf(from), measured: listOf(other) };
      return { term: point, said: sayOfFacts('formula.no-carrier', values) };
    }
    const within: FactSpan[] = [{ from, to, value: null }];
    for (const term of (one as FormulaValue).terms) {
      for (const said of together(within, measured(term.point, 'quantities'))) {
        const missing = wanted.find((carrier) => !carriersOf(said.other).includes(carrier));
        if (missing === undefined) continue;
        const values = {
          point,
          from: dateOf(said.from),
          carrier: carrierName(missing),
          term: term.point,
          measured: listOf(said.other),
        };
        return { term: term.point, said: sayOfFacts('formula.mixture', values) };
      }
    }
  }
  return undefined;
}

function carriersOf(quantities: unknown): Carrier[] {
  return (quantities as readonly string[]).flatMap((name) => quantityEntry(name)?.carrier ?? []);
}

function listOf(quantities: unknown) {
  const names = quantities as readonly string[];
  const zh = names.map((name) => quantityEntry(name)?.zh ?? name).join('、');
  return { zh, en: names.join(', ') };
}

function carrierName(carrier: Carrier) {
  return { zh: carriers[carrier].zh, en: carrier };
}
