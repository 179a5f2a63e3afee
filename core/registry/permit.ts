// Whom a write may concern. Checked in the transaction of the write, before it and on its outcome: what it changes must belong to
// institutions that are permitted, at all times that it changes, and so must everything that its values name or named.
import { JieyueError } from '../domain/errors.ts';
import type { Message, MessageValue } from '../domain/message.ts';
import type { EntityKind } from './attributes/attribute.ts';
import { attributes } from './attributes.ts';
import type { Batch, BatchFact, BatchFault, BatchList } from './batch-contracts.ts';
import { currentOf } from './bills.ts';
import { factName } from './check-facts.ts';
import type { RegistryContext } from './context.ts';
import { kindsOf } from './entities.ts';
import { endless, loadSpans, type SpansOf } from './fact-spans.ts';
import { firstOf } from './faults.ts';
import { dateOf } from './periods.ts';
import { foreignAgents } from './permit-agents.ts';
import type { Permit } from './permit-contracts.ts';
import { faultOf } from './permit-faults.ts';
import { foreignTerminals } from './permit-terminals.ts';
import { always, ReachView, type Stretch } from './reach.ts';
import type { Db } from './schema.ts';
import { kindNames } from './words/names.ts';
import { sayOfPermits } from './words/permits.ts';

/** Attributes of an institution that say what it must reach, and whether it is counted. */
const judging: ReadonlySet<string> = new Set([
  'plan',
  'planTargets',
  'quota',
  'keyUser',
  'registered',
  'gridRegion',
  'mergedInto',
  'userRule',
  'vehiclePermits',
  'newEnergyTarget',
]);

/** The checks of one batch. All that are refused are named in `details.faults`, as by `Batches.record`. */
export class BatchCheck {
  readonly #trx: Db;
  readonly #context: RegistryContext;
  readonly #permit: Permit;
  readonly #batch: Batch;
  /** Entities that this batch makes, and their kinds. */
  readonly #fresh = new Map<string, EntityKind>();
  /** The time that each fact changes. */
  #stretches: readonly Stretch[] = [];

  constructor(trx: Db, context: RegistryContext, permit: Permit, batch: Batch) {
    this.#trx = trx;
    this.#context = context;
    this.#permit = permit;
    this.#batch = batch;
  }

  /**
   * Before anything is made or changed.
   * @throws JieyueError `registry.not-found` for what is not covered, in the same words as for what is not there;
   * `registry.out-of-reach`
   */
  async before(): Promise<void> {
    const { facts, creating, definitions } = this.#batch;
    const { institutions: tops } = this.#permit;
    await this.#refuseKinds();
    if (!this.#permit.definitions) {
      const message = sayOfPermits('permit.definitions');
      refuse(definitions.map((_, index) => faultOf('definitions', index, 'registry.out-of-reach', message)));
    }
    if (tops === 'everything') return;
    const view = new ReachView(this.#trx, tops);
    await view.load([...creating, ...facts.map(({ entity }) => ({ id: entity }))].map(({ id }) => id));
    for (const { id, kind } of creating) if (view.kind(id) === undefined) this.#fresh.set(id, kind);

    const names = [...new Set(facts.map(({ attribute }) => attribute))];
    const { spans } = await loadSpans(
      this.#trx,
      names,
      facts.map(({ entity }) => entity),
    );
    this.#stretches = facts.map((fact) => this.#changedBy(fact, spans, view));
    const named = facts.map((fact, index) => [
      ...this.#named(fact, fact.value, view),
      ...this.#namedBefore(fact, index, spans, view),
    ]);
    await view.load(named.flat());
    const found = this.#uncovered(view, named, 'before');
    refuse(found);
    refuse(await this.#ownJudges(tops));
    const now = this.#context.clock.now();
    refuse(await foreignAgents(this.#trx, view, this.#batch, this.#fresh, now));
    refuse(await foreignTerminals(this.#trx, view, this.#batch, now));
  }

  /** Who may write vehicles need not be who may write all else. */
  async #refuseKinds(): Promise<void> {
    const { only } = this.#permit;
    if (only === undefined) return;
    const { facts, creating, bills, reports } = this.#batch;
    const kinds = new Map<string, EntityKind>(creating.map(({ id, kind }) => [id, kind]));
    const ids = facts.map(({ entity }) => entity);
    for (const [id, kind] of await kindsOf(this.#trx, ids)) kinds.set(id, kind);
    const permitted = (id: string) => (kinds.get(id) === 'vehicle') === (only === 'vehicles');
    refuse(
      facts.flatMap((fact, index) => {
        const { entity } = fact;
        if (permitted(entity)) return [];
        const kind = kinds.get(entity);
        return [this.#notFound('facts', index, nameOf(fact, kind), entity, saidBy(fact))];
      }),
    );
    const beside = only === 'vehicles' ? bills.length + reports.length : 0;
    const made = creating.find(({ id }) => !permitted(id));
    if (made === undefined && beside === 0) return;
    const what =
      made === undefined
        ? sayOfPermits('permit.bills')
        : sayOfPermits('permit.a-kind', { kind: kindNames[made.kind] });
    throw new JieyueError('registry.out-of-reach', sayOfPermits('permit.kind', { what }));
  }

  /** By what an institution is judged is not for itself to say: it takes a grant that covers it from above. */
  async #ownJudges(tops: ReadonlySet<string>): Promise<BatchFault[]> {
    const { facts } = this.#batch;
    const own = facts.filter(({ entity, attribute }) => tops.has(entity) && judging.has(attribute));
    const refused = new Set<string>();
    for (const entity of new Set(own.map((fact) => fact.entity))) {
      const others = new ReachView(
        this.#trx,
        [...tops].filter((top) => top !== entity),
      );
      await others.load([entity]);
      const stretches = this.#stretches.filter((_, index) => facts[index]?.entity === entity);
      if (!stretches.every((stretch) => others.covers(entity, stretch))) refused.add(entity);
    }
    return facts.flatMap((fact, index) => {
      if (!judging.has(fact.attribute) || !refused.has(fact.entity)) return [];
      const message = sayOfPermits('permit.judged', { fact: factName('institution', fact) });
      return [faultOf('facts', index, 'registry.out-of-reach', message)];
    });
  }

  /** When facts are recorded, and bills and reports are not yet: by then new entities must belong to somebody permitted. */
  async after(): Promise<void> {
    const { facts, bills, reports } = this.#batch;
    const { institutions: tops } = this.#permit;
    if (tops === 'everything') return;
    const view = new ReachView(this.#trx, tops);
    await view.load(facts.map(({ entity }) => entity));
    const named = facts.map((fact) => this.#named(fact, fact.value, view));
    await view.load(named.flat());
    refuse(this.#uncovered(view, named, 'after'));

    const replaced = bills.length === 0 ? undefined : await currentOf(this.#trx, bills);
    await view.load(bills.map(({ account }) => account));
    refuse(
      bills.flatMap((bill, index) => {
        const before = replaced?.get(`${bill.account} ${bill.document.trim()}`);
        const also = before ? [{ from: before.from_ts, to: before.to_ts }] : [];
        const bad = [bill, ...also].find((stretch) => !coversAs('account', view, bill.account, stretch));
        return bad ? [this.#notFound('bills', index, billNamed(bill.document), bill.account, bill)] : [];
      }),
    );
    await view.load(reports.map(({ institution }) => institution));
    refuse(
      reports.flatMap((report, index) => {
        if (coversAs('institution', view, report.institution, report)) return [];
        return [this.#notFound('reports', index, aReport, report.institution, report)];
      }),
    );
  }

  #uncovered(view: ReachView, named: readonly (readonly string[])[], when: 'before' | 'after'): BatchFault[] {
    return this.#batch.facts.flatMap((fact, index) => {
      const stretch = this.#stretches[index];
      if (!stretch) return [];
      const bad = [fact.entity, ...(named[index] ?? [])].find(
        (id) => !(when === 'before' && this.#fresh.has(id)) && !view.covers(id, stretch),
      );
      if (bad === undefined) return [];
      const what = nameOf(fact, view.kind(fact.entity) ?? this.#fresh.get(fact.entity));
      if (when === 'before') return [this.#notFound('facts', index, what, bad, saidBy(fact))];
      const message = sayOfPermits('permit.nobody', { what, id: bad, dates: this.#on(stretch) });
      return [faultOf('facts', index, 'registry.out-of-reach', message)];
    });
  }

  /** As long as the value holds; and all that lies before, where the first one holds there too. */
  #changedBy(fact: BatchFact, spans: SpansOf, view: ReachView): Stretch {
    const { entity, attribute, validFrom, validTo } = fact;
    const said = spans(entity, attribute);
    const next = said.find(({ from }) => from > validFrom)?.from ?? endless;
    const isFirst = !said.some(({ from }) => from < validFrom);
    const reachesBack = isFirst && this.#rules(fact, view)?.firstReachesBack === true;
    return {
      from: reachesBack ? always : validFrom,
      to: validTo === undefined ? next : (validTo ?? endless),
    };
  }

  /** Entities that a value names; none of one that is of a wrong form, which the registry refuses. */
  #named(fact: BatchFact, value: unknown, view: ReachView): readonly string[] {
    const rules = this.#rules(fact, view);
    const parsed = rules?.schema.safeParse(value);
    if (!rules || !parsed?.success) return [];
    if (rules.refersTo !== undefined) return typeof parsed.data === 'string' ? [parsed.data] : [];
    return (rules.names?.(parsed.data) ?? []).map(({ id }) => id);
  }

  /** Those that the values named that this one takes the place of. */
  #namedBefore(fact: BatchFact, index: number, spans: SpansOf, view: ReachView): string[] {
    const stretch = this.#stretches[index];
    if (!stretch) return [];
    return spans(fact.entity, fact.attribute)
      .filter(({ from, to }) => from < stretch.to && to > stretch.from)
      .flatMap(({ value }) => this.#named(fact, value, view));
  }

  #rules({ entity, attribute }: BatchFact, view: ReachView) {
    const kind = view.kind(entity) ?? this.#fresh.get(entity);
    if (kind === undefined || !Object.hasOwn(attributes[kind], attribute)) return undefined;
    return attributes[kind][attribute];
  }

  #notFound(list: BatchList, index: number, what: MessageValue, id: string, stretch: Stretch): BatchFault {
    // Of the stretch only what the input itself says: where foreign facts begin and end is nobody else's business.
    const message = sayOfPermits('permit.none', { what, id, dates: this.#on(stretch) });
    return faultOf(list, index, 'registry.not-found', message);
  }

  /** From when to when, as people write it. */
  #on({ from, to }: Stretch): Message {
    const { calendar } = this.#context;
    const dated = (at: number) => Math.abs(at) < 8e15 && Number.isFinite(at);
    const begins = dated(from) ? dateOf({ calendar }, from) : undefined;
    const ends = dated(to) ? dateOf({ calendar }, to) : undefined;
    if (begins === undefined)
      return ends === undefined ? sayOfPermits('permit.always') : sayOfPermits('permit.until', { to: ends });
    if (ends === undefined) return sayOfPermits('permit.from', { from: begins });
    return sayOfPermits('permit.between', { from: begins, to: ends });
  }
}

/** As the input has it; what it changes beyond depends on other facts. */
function saidBy({ validFrom, validTo }: BatchFact): Stretch {
  return { from: validFrom, to: validTo ?? endless };
}

function coversAs(kind: EntityKind, view: ReachView, id: string, { from, to }: Stretch): boolean {
  return view.kind(id) === kind && view.covers(id, { from, to });
}

/** An entity of which nobody knows the kind has no attributes either. */
function nameOf(fact: BatchFact, kind: EntityKind | undefined): MessageValue {
  return kind === undefined ? `${fact.entity} ${fact.attribute}` : factName(kind, fact);
}

function billNamed(document: string): Message {
  return sayOfPermits('permit.bill', { document });
}
const aReport = { zh: '上报数据', en: 'report' } as const;

const mostListed = 1_000;

/** @throws JieyueError the first one's, where there are any. */
function refuse(faults: readonly BatchFault[]): void {
  const [first] = faults;
  if (!first) return;
  const others = faults.length - 1;
  throw new JieyueError(first.code, firstOf(first.said, others), {
    details: { faults: faults.slice(0, mostListed), count: faults.length, list: first.list },
  });
}
