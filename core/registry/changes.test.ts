import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { electricPoint, midnight, type TestRegistry, testRegistry } from '../testing/test-registry.ts';
import type { Authorship } from './authorship.ts';
import type { ChangeEntry, ChangePlace, ChangeQuestion } from './change-contracts.ts';
import type { Registry } from './registry.ts';

const year = (y: number) => midnight(`${y}-01-01`);
const everything = {
  institutions: 'everything',
  from: 0,
  to: Number.MAX_SAFE_INTEGER,
  limit: 1_000,
} as const;
const wang: Authorship = { author: 'wang', reason: 'first' };
const li: Authorship = { author: 'li', reason: 'survey' };

let test: TestRegistry;
afterEach(() => test.end());

async function open(): Promise<Registry> {
  test = await testRegistry();
  return test.registry;
}
const list = async (registry: Registry, question: Partial<ChangeQuestion> = {}) =>
  (await registry.changes.list({ ...everything, ...question })).entries;
const later = () => {
  test.clock.at += 1_000;
};

async function two(registry: Registry) {
  const root = await registry.institutions.create(
    { name: 'Root', parent: null, validFrom: year(2020) },
    wang,
  );
  const make = (name: string) =>
    registry.institutions.create({ name, parent: root.id, validFrom: year(2020) }, wang);
  const [a, b] = [(await make('A')).id, (await make('B')).id];
  return { root: root.id, a, b, onlyA: new Set([a]), onlyB: new Set([b]) };
}
const told = (entries: readonly ChangeEntry[]) =>
  entries.map(({ attribute, kind, after, before }) => [
    attribute ?? kind,
    before.map(({ value }) => value),
    after?.value,
  ]);

describe('the list of changes', () => {
  it('says what was recorded, by whom, when, why, and what stood there before', async () => {
    const registry = await open();
    const { a, onlyA } = await two(registry);
    later();
    const say = (value: unknown, from: number, by = wang, validTo?: number | null) =>
      registry.facts.record([{ entity: a, attribute: 'sector', validFrom: from, validTo, value }], by);
    await say('education', year(2020));
    later();
    await say('health', year(2022), li);
    const [entry] = await list(registry, { institutions: onlyA });
    expect(entry).toMatchObject({
      at: test.clock.at,
      kind: 'fact',
      action: 'replaced',
      attribute: 'sector',
      ...li,
      institutions: [a],
      after: { from: year(2022), to: null, value: 'health', entity: { kind: 'institution', id: a } },
      before: [{ from: year(2020), to: null, value: 'education' }],
    });
    expect(entry?.mentions.get(a)).toEqual({ kind: 'institution', name: 'A', institutions: [a] });
    later();
    // Over the end of one and the beginning of another; what is left of both is no entry.
    await say('culture', year(2021), wang, year(2023));
    expect(told(await list(registry, { institutions: onlyA, entity: a })).slice(0, 3)).toEqual([
      ['sector', ['education', 'health'], 'culture'],
      ['sector', ['education'], 'health'],
      ['sector', [], 'education'],
    ]);
    expect((await list(registry, { author: 'li' })).map(({ reason }) => reason)).toEqual(['survey']);
  });

  it('loses nothing that one call brought and cut again itself', async () => {
    const registry = await open();
    const { a } = await two(registry);
    const sector = (value: string, from: number, to?: number) => ({
      entity: a,
      attribute: 'sector',
      validFrom: year(from),
      validTo: to === undefined ? null : year(to),
      value,
    });
    await registry.facts.record([sector('other', 2020)], wang);
    later();
    await registry.facts.record([sector('education', 2021), sector('health', 2023, 2024)], li);
    const entries = await list(registry, { entity: a, author: 'li' });
    const spans = entries.map(({ after, before }) => [
      after?.value,
      after?.from,
      after?.to,
      before.map(({ value }) => value),
    ]);
    expect(spans.sort((x, y) => Number(x[1]) - Number(y[1]))).toEqual([
      ['education', year(2021), year(2023), ['other']],
      ['health', year(2023), year(2024), ['other']],
      ['education', year(2024), null, ['other']],
    ]);
    const history = await registry.facts.history(a, { attribute: 'sector', superseded: true });
    const ids = new Set(history.map(({ id }) => id));
    for (const { remainsOf } of history) if (remainsOf !== null) expect(ids.has(remainsOf)).toBe(true);
  });

  it('shows bills, reports, definitions, snapshots, corrections and records of cars, replaced and withdrawn', async () => {
    const registry = await open();
    const { a, b, onlyA, onlyB } = await two(registry);
    const account = (
      await registry.accounts.create(
        { number: '1', institution: a, commodity: 'water', validFrom: year(2020) },
        wang,
      )
    ).id;
    const car = registry.facts.newId();
    const otherCar = registry.facts.newId();
    for (const [id, plate, institution] of [
      [car, '浙C00001', a],
      [otherCar, '浙C00002', b],
    ] as const)
      await registry.facts.record(
        [
          { entity: id, attribute: 'plate', validFrom: year(2020), value: plate },
          { entity: id, attribute: 'institution', validFrom: year(2020), value: institution },
        ],
        wang,
        [{ id, kind: 'vehicle' }],
      );
    await registry.points.register(electricPoint('gw/p'), wang);
    const since = test.clock.at + 1;
    const bill = { account, document: 'N1', from: year(2024), to: midnight('2024-02-01'), amountCny: 9 };
    later();
    await registry.bills.record([{ ...bill, quantity: 1 }], wang);
    later();
    await registry.bills.record([{ ...bill, quantity: 2 }], li);
    later();
    const [current] = await registry.bills.list({ from: year(2024), to: year(2025) });
    await registry.bills.withdraw([current?.id ?? ''], { author: 'zhao', reason: 'not ours' });
    later();
    const report = { institution: a, commodity: 'water', use: 'building', amountCny: null } as const;
    const month = { from: year(2024), to: midnight('2024-02-01') };
    await registry.reports.record([{ ...report, ...month, quantity: 5 }], wang);
    later();
    const [builtIn] = await registry.definitions.list('user-rule');
    if (!builtIn) throw new Error('no rule comes with the program');
    const rule = { ...builtIn.value, name: { 'zh-CN': '自定', en: 'Our own' } };
    await registry.definitions.record('user-rule', builtIn.id, rule, li);
    later();
    await registry.snapshots.add(
      { name: 'Review', institution: a, plan: 'national-14', takenAt: test.clock.at, content: {} },
      wang,
    );
    later();
    const reading = { point: 'gw/p', quantity: 'electricity', ts: year(2024) } as const;
    await registry.corrections.record([{ ...reading, action: 'exclude' }], wang);
    later();
    const order = {
      number: 'P1',
      institution: a,
      driver: 'Chen',
      purpose: 'post',
      from: year(2024),
      to: year(2024) + 3_600_000,
    };
    await registry.fleet.orders.record([{ ...order, vehicle: car }], wang);
    later();
    await registry.fleet.orders.record([{ ...order, vehicle: otherCar }], li);
    later();
    const spent = { kind: 'repair', at: year(2024), amountCny: 3, document: 'R' };
    await registry.fleet.upkeep.record([{ ...spent, vehicle: car }], wang);

    const all = await list(registry, { from: since });
    expect(all.map(({ kind, action, author }) => [kind, action, author])).toEqual([
      ['upkeep', 'recorded', 'wang'],
      ['order', 'replaced', 'li'],
      ['order', 'recorded', 'wang'],
      ['correction', 'recorded', 'wang'],
      ['snapshot', 'recorded', 'wang'],
      ['definition', 'replaced', 'li'],
      ['report', 'recorded', 'wang'],
      ['bill', 'withdrawn', 'zhao'],
      ['bill', 'replaced', 'li'],
      ['bill', 'recorded', 'wang'],
    ]);
    expect(all[5]).toMatchObject({ id: '1', institutions: [], after: { value: rule } });
    expect(all[7]).toMatchObject({ reason: 'not ours', after: null, before: [{ value: { quantity: 2 } }] });
    expect(all[8]).toMatchObject({ after: { value: { quantity: 2 } }, before: [{ value: { quantity: 1 } }] });
    // Each side of an order that went to another car is of that car's institution; a definition is of none; the point is nobody's.
    const kinds = (entries: readonly ChangeEntry[]) => entries.map(({ kind }) => kind);
    expect(kinds(await list(registry, { from: since, institutions: onlyB }))).toEqual(['order']);
    expect(all[1]).toMatchObject({ after: { institutions: [b] }, before: [{ institutions: [a] }] });
    expect(kinds(await list(registry, { from: since, institutions: onlyA }))).toEqual(
      kinds(all).filter((kind) => kind !== 'definition' && kind !== 'correction'),
    );
    expect(kinds(await list(registry, { from: since, kinds: new Set(['bill', 'upkeep']) }))).toEqual([
      'upkeep',
      'bill',
      'bill',
      'bill',
    ]);
    expect(kinds(await list(registry, { entity: otherCar, from: since }))).toEqual(['order']);
    expect(kinds(await list(registry, { entity: car, from: since }))).toEqual(['upkeep', 'order', 'order']);
    expect(kinds(await list(registry, { entity: `user-rule/${builtIn.id}` }))).toEqual(['definition']);
  });

  it('gives an entry to those whose the entity was before and after it, and to no others', async () => {
    const registry = await open();
    const { a, b, root, onlyA, onlyB } = await two(registry);
    const hall = await registry.buildings.create(
      { name: 'Hall', institution: a, validFrom: year(2020) },
      wang,
    );
    await registry.points.register(electricPoint('gw/p', { building: hall.id, validFrom: year(2020) }), wang);
    const since = test.clock.at + 1;
    const say = async (entity: string, attribute: string, value: unknown, from: number) => {
      later();
      await registry.facts.record([{ entity, attribute, validFrom: year(from), value }], wang);
    };
    await say(hall.id, 'name', 'Old hall', 2021);
    await say('gw/p', 'name', 'Old meter', 2021);
    await say(hall.id, 'institution', b, 2024);
    await say(hall.id, 'name', 'New hall', 2024);
    await say('gw/p', 'name', 'New meter', 2024);
    // What is said of all its time is of both.
    await say(hall.id, 'floorArea', { builtM2: 9 }, 2020);
    // One that is below B is moved below A: both see it move, and what is its own is its own.
    const unit = await registry.institutions.create({ name: 'Unit', parent: b, validFrom: year(2020) }, wang);
    await say(unit.id, 'parent', a, 2024);
    await say(unit.id, 'sector', 'health', 2024);

    // In the order of their names where they were recorded at once.
    const seen = async (institutions: ReadonlySet<string>) =>
      [...(await list(registry, { from: since, institutions }))]
        .sort((x, y) => y.at - x.at || String(x.attribute).localeCompare(String(y.attribute)))
        .map(({ after }) => after?.value);
    const area = expect.objectContaining({ builtM2: 9 });
    expect(await seen(onlyA)).toEqual([a, area, b, 'Old meter', 'Old hall']);
    expect(await seen(onlyB)).toEqual([a, area, b, 'New meter', 'New hall', b]);
    expect(await seen(new Set([unit.id]))).toEqual(['health', a, 'Unit', b]);
    expect(await seen(new Set([root]))).toEqual([]);
    const [move] = await list(registry, { from: since, entity: hall.id, institutions: onlyA });
    expect(move?.institutions).toEqual([a, b].sort());
    // What it is called since is not told in what was recorded before.
    const [, moved] = await list(registry, { from: since, entity: hall.id, institutions: onlyA });
    expect(moved?.mentions.get(hall.id)?.name).toBe('Old hall');
  });
});

describe('pages of the list', () => {
  it('hold everything once and in order, whatever their size, while others write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), question, async (steps, asked) => {
        const registry = await open();
        const writer = await test.another();
        try {
          const world = await worldOf(registry);
          const half = Math.ceil(steps.length / 2);
          for (const each of steps.slice(0, half)) await write(registry, world, each);
          const institutions = asked.some ? new Set(world.institutions.slice(0, 1)) : 'everything';
          const whole = await list(registry, { institutions });
          expect(whole.length).toBeGreaterThan(0);
          const all = await list(registry);
          expect(all.map(nameOf).sort()).toEqual(await everyEntry(registry, world));
          const [first] = world.institutions;
          const theirs = all.filter(({ institutions: of }) => of.some((id) => id === first));
          if (asked.some) expect(whole).toEqual(theirs);

          const begun = test.clock.at;
          const pages: ChangeEntry[] = [];
          const places: ChangePlace[] = [];
          const waiting = steps.slice(half);
          let after: ChangePlace | undefined;
          for (let turn = 0; ; turn++) {
            const limit = asked.sizes[turn % asked.sizes.length] ?? 1;
            const page = await registry.changes.list({ ...everything, institutions, limit, after });
            expect(page.entries.length).toBeLessThanOrEqual(limit);
            pages.push(...page.entries);
            if (page.next === null) break;
            expect(page.entries.length).toBe(limit);
            after = page.next;
            places.push(page.next);
            const next = waiting.shift();
            if (next) await write(writer, world, next);
          }
          const before = new Map(whole.map((entry) => [nameOf(entry), entry]));
          const old = pages.filter((entry) => before.has(nameOf(entry)));
          expect(old.map(nameOf)).toEqual(whole.map(nameOf));
          // What comes within the same millisecond may still be of something that one says.
          const isOver = ({ at }: ChangeEntry) => at < begun;
          expect(old.filter(isOver)).toEqual(whole.filter(isOver));
          expect(new Set(pages.map(nameOf)).size).toBe(pages.length);
          expect(pages.map(({ at }) => at)).toEqual(pages.map(({ at }) => at).sort((x, y) => y - x));
          expect(new Set(places.map(String)).size).toBe(places.length);
        } finally {
          await test.end();
        }
      }),
      { numRuns: 25, seed: 9 },
    );
  });
});

const step = fc.record({
  what: fc.constantFrom('fact', 'fact', 'move', 'bill', 'withdraw', 'order', 'report'),
  which: fc.nat(2),
  value: fc.nat(3),
  from: fc.integer({ min: 2020, max: 2024 }),
  to: fc.option(fc.integer({ min: 1, max: 3 })),
  wait: fc.constantFrom(0, 0, 1, 1_000),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
const question = fc.record({
  some: fc.boolean(),
  sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
});

type World = Record<'institutions' | 'buildings' | 'accounts' | 'cars', string[]>;

async function worldOf(registry: Registry): Promise<World> {
  const validFrom = year(2020);
  const made: World = { institutions: [], buildings: [], accounts: [], cars: [] };
  for (const name of ['A', 'B', 'C']) {
    const institution = (await registry.institutions.create({ name, parent: null, validFrom }, wang)).id;
    made.institutions.push(institution);
    made.buildings.push((await registry.buildings.create({ name, institution, validFrom }, wang)).id);
    const account = { number: name, institution, commodity: 'water', validFrom } as const;
    made.accounts.push((await registry.accounts.create(account, wang)).id);
    const car = registry.facts.newId();
    made.cars.push(car);
    const facts = { plate: `浙C0000${made.cars.length}`, institution };
    await registry.facts.record(
      Object.entries(facts).map(([attribute, value]) => ({ entity: car, attribute, validFrom, value })),
      wang,
      [{ id: car, kind: 'vehicle' }],
    );
  }
  return made;
}

async function write(registry: Registry, world: World, { what, which, value, from, to, wait }: Step) {
  test.clock.at += wait;
  const pick = (ids: readonly string[], index = which) => ids[index % ids.length] ?? '';
  const author = { author: `a${value}`, reason: what };
  const validTo = to === null ? undefined : year(from + to);
  const entity = pick(world.buildings);
  const fact = { entity, validFrom: year(from), validTo };
  if (what === 'fact')
    await registry.facts.record([{ ...fact, attribute: 'name', value: `n${value}` }], author);
  if (what === 'move') {
    const institution = pick(world.institutions, value);
    await registry.facts.record([{ ...fact, attribute: 'institution', value: institution }], author);
  }
  const month = { from: year(from), to: year(from) + 31 * 86_400_000 };
  const account = pick(world.accounts);
  if (what === 'bill')
    await registry.bills.record(
      [{ account, document: `d${from}`, ...month, quantity: value, amountCny: null }],
      author,
    );
  if (what === 'withdraw') {
    const [bill] = await registry.bills.list({ accounts: [account], from: 0, to: year(2030) });
    if (bill) await registry.bills.withdraw([bill.id], author);
  }
  const institution = pick(world.institutions);
  if (what === 'report')
    await registry.reports.record(
      [{ institution, commodity: 'water', use: 'building', ...month, quantity: value, amountCny: null }],
      author,
    );
  if (what === 'order') {
    const order = {
      number: `o${which}`,
      institution: pick(world.institutions, 0),
      driver: 'x',
      purpose: `p${from}`,
    };
    await registry.fleet.orders.record([{ ...order, vehicle: pick(world.cars, value), ...month }], author);
  }
}

const nameOf = ({ kind, id, action }: ChangeEntry) =>
  `${kind} ${id}${action === 'withdrawn' ? ' withdrawn' : ''}`;

/** What other lists say that there is, by another way. */
async function everyEntry(registry: Registry, world: World): Promise<string[]> {
  const names: string[] = [];
  for (const entity of Object.values(world).flat())
    for (const { id, remainsOf } of await registry.facts.history(entity, { superseded: true }))
      if (remainsOf === null) names.push(`fact ${id}`);
  const range = { from: 0, to: year(2040), superseded: true };
  const noted = (kind: string, rows: readonly { readonly id: string; readonly withdrawn?: unknown }[]) => {
    for (const { id, withdrawn } of rows)
      names.push(`${kind} ${id}`, ...(withdrawn ? [`${kind} ${id} withdrawn`] : []));
  };
  // Bills and reports are listed by when they begin, three years at a time.
  const spans = Array.from({ length: 12 }, (_, index) => ({
    ...range,
    from: year(2019 + index),
    to: year(2020 + index),
  }));
  const seen = new Set<string>();
  const once = <R extends { readonly id: string }>(rows: readonly R[]) =>
    rows.filter(({ id }) => !seen.has(id) && seen.add(id));
  for (const span of spans) {
    noted('bill', once(await registry.bills.list(span)));
    noted('report', once(await registry.reports.list(span)));
  }
  noted('order', await registry.fleet.orders.list(range));
  return names.sort();
}
