// What rows may refer to: entities with their names, definitions. Read from the registry once for an import.

import type { Tariff } from '../../core/domain/tariff/tariff.ts';
import type { KnownEntity } from '../../core/registry/batch-contracts.ts';
import type { DefinitionKind } from '../../core/registry/ledgers.ts';
import type { Permit } from '../../core/registry/permit-contracts.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { CellFault } from './column.ts';
import type { NamedKind } from './ledger.ts';
import { Names, type Node } from './names.ts';

export interface Known {
  readonly entities: readonly KnownEntity[];
  /** Kind → ids of those that rows may name. */
  readonly definitions: ReadonlyMap<DefinitionKind, ReadonlySet<string>>;
  readonly tariffs: ReadonlyMap<string, Tariff>;
}

export type NamesByKind = Readonly<Record<NamedKind, Names>>;

export async function readKnown(
  registry: Pick<Registry, 'batches' | 'definitions'>,
  permit?: Permit,
): Promise<Known> {
  const { definitions } = registry;
  const tariffs = await definitions.list('tariff');
  const ids = async (kind: 'plan' | 'quota' | 'user-rule') =>
    [kind, new Set((await definitions.list(kind)).map(({ id }) => id))] as const;
  return {
    entities: await registry.batches.known(permit),
    definitions: new Map<DefinitionKind, ReadonlySet<string>>([
      await ids('plan'),
      await ids('quota'),
      await ids('user-rule'),
      ['tariff', new Set(tariffs.map(({ id }) => id))],
    ]),
    tariffs: new Map(tariffs.map(({ id, value }) => [id, value])),
  };
}

/** Fresh for each plan: rows add to them. */
export function namesOf(known: Known, newId: () => string): NamesByKind {
  const unknown = (kind: NamedKind) => new CellFault(`unknown-${kind}`);
  const institution = new Names(unknown('institution'), newId, 'itself');
  const building = new Names(unknown('building'), newId, (said) => institution.resolve(said));
  const zone = new Names(unknown('zone'), newId, (said) => building.resolve(said));
  const suppliers = new Map<string, Node>();
  const account = new Names(unknown('account'), newId, (said) => supplierOf(suppliers, said));
  // A plate is whole by itself: nothing stands above it.
  const vehicle = new Names(unknown('vehicle'), newId, () => unknown('vehicle'));
  const nodes = new Map<string, Writable<Node>>();
  for (const entity of known.entities) {
    const node = nodeOf(entity);
    if (node) nodes.set(entity.id, node);
  }
  for (const { id, kind, values } of known.entities) {
    const node = nodes.get(id);
    if (!node || kind === 'point') continue;
    if (kind === 'account') {
      if (typeof values['supplier'] === 'string') node.above = supplierOf(suppliers, values['supplier']);
    } else if (kind !== 'vehicle') node.above = nodes.get(String(values[aboveOf[kind]]));
    ({ institution, building, zone, account, vehicle })[kind].add(node);
  }
  return { institution, building, zone, account, vehicle };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const aboveOf = { institution: 'parent', building: 'institution', zone: 'building' } as const;

function nodeOf({ id, kind, values }: KnownEntity): Writable<Node> | undefined {
  const name = values[named[kind]];
  if (typeof name !== 'string') return undefined;
  const code = typeof values['creditCode'] === 'string' ? values['creditCode'] : undefined;
  const apart = kind === 'account' ? values['commodity'] : code;
  return {
    id,
    name,
    above: undefined,
    isNew: false,
    code,
    apart: typeof apart === 'string' ? apart : undefined,
  };
}

const named = {
  institution: 'name',
  building: 'name',
  zone: 'name',
  account: 'number',
  point: 'name',
  vehicle: 'plate',
} as const;

/** A supplier is no entity: its name stands above the numbers of its accounts. */
function supplierOf(suppliers: Map<string, Node>, name: string): Node {
  const before = suppliers.get(name);
  if (before) return before;
  const node: Node = {
    id: `supplier ${name}`,
    name,
    above: undefined,
    isNew: false,
    code: undefined,
    apart: undefined,
  };
  suppliers.set(name, node);
  return node;
}
