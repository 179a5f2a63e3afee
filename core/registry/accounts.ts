// Supply accounts (户号): who pays for what, since when.
import type { Account, AccountInput, Accounts } from './account-contracts.ts';
import { holdingsOf } from './account-holdings.ts';
import { metersOf } from './account-meters.ts';
import { type Billing, billings } from './attributes/account.ts';
import type { Authorship } from './authorship.ts';
import { newId, type RegistryContext } from './context.ts';
import { type Values, valuesAt } from './current-facts.ts';
import { addEntities, entitiesOfKind, entityExists } from './entities.ts';
import { recordFacts } from './record-facts.ts';
import type { FactInput } from './registry.ts';

const shown = [
  'number',
  'name',
  'institution',
  'building',
  'commodity',
  'use',
  'supplier',
  'billing',
  'tariff',
  'open',
] as const;

export function createAccounts(context: RegistryContext): Accounts {
  const { db } = context;

  async function createAll(inputs: readonly AccountInput[], by: Authorship): Promise<readonly Account[]> {
    if (inputs.length === 0) return [];
    const made = inputs.map((input) => ({ id: newId(context), input }));
    return db.transaction().execute(async (trx) => {
      const entities = made.map(({ id }) => ({ id, kind: 'account' as const, agent: null }));
      await addEntities(trx, entities, context.clock.now());
      await recordFacts(
        trx,
        context,
        made.flatMap(({ id, input }) => factsOf(id, input)),
        by,
      );
      return made.map(({ id, input }) => accountOf(id, new Map(Object.entries(valuesOf(input)))));
    }) as Promise<readonly Account[]>;
  }

  return {
    createAll,

    async create(input, by) {
      const [account] = await createAll([input], by);
      if (!account) throw new Error('an account was not made');
      return account;
    },

    async list(at) {
      const ids = await entitiesOfKind(db, 'account');
      const values = await valuesAt(db, ids, shown, at);
      return ids.flatMap((id) => accountOf(id, values.get(id)) ?? []);
    },

    async get(id, at) {
      if (!(await entityExists(db, 'account', id))) return undefined;
      return accountOf(id, (await valuesAt(db, [id], shown, at)).get(id));
    },

    holdings: (institutions, from, to) => holdingsOf(db, [...institutions], { from, to }),

    meters: (accounts, from, to) => metersOf(db, new Set(accounts), { from, to }),
  };
}

function valuesOf(input: AccountInput): Record<(typeof shown)[number], unknown> {
  return {
    number: typeof input.number === 'string' ? input.number.trim() : input.number,
    name: input.name?.trim(),
    institution: input.institution,
    building: input.building,
    commodity: input.commodity,
    use: input.use,
    supplier: input.supplier?.trim(),
    billing: input.billing ?? 'quantity',
    tariff: input.tariff,
    open: input.open ?? true,
  };
}

function factsOf(entity: string, input: AccountInput): FactInput[] {
  const { validFrom } = input;
  return Object.entries(valuesOf(input))
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([attribute, value]) => ({ entity, attribute, validFrom, value }));
}

/** An account without a number at the time asked about is not there yet. */
function accountOf(id: string, values: Values | undefined): Account | undefined {
  const number = values?.get('number');
  const commodity = values?.get('commodity');
  if (typeof number !== 'string' || typeof commodity !== 'string') return undefined;
  const text = (name: string) => {
    const value = values?.get(name);
    return typeof value === 'string' ? value : null;
  };
  return {
    id,
    number,
    name: text('name'),
    institution: text('institution'),
    building: text('building'),
    commodity: commodity as Account['commodity'],
    use: (text('use') ?? 'building') as Account['use'],
    supplier: text('supplier'),
    billing: (text('billing') ?? billings[0]) as Billing,
    tariff: text('tariff'),
    open: values?.get('open') !== false,
  };
}
