// The ledgers there are, by kind; in the order in which a workbook shows them. A kind is one file in kinds/ and one line here.
import { accounts } from './kinds/accounts.ts';
import { areas } from './kinds/areas.ts';
import { bills } from './kinds/bills.ts';
import { buildings } from './kinds/buildings.ts';
import { cardEntries } from './kinds/card-entries.ts';
import { dispatchOrders } from './kinds/dispatch-orders.ts';
import { energyUsers } from './kinds/energy-users.ts';
import { institutions } from './kinds/institutions.ts';
import { keyUsers } from './kinds/key-users.ts';
import { planTargets } from './kinds/plan-targets.ts';
import { points } from './kinds/points.ts';
import { purchasePrices } from './kinds/purchase-prices.ts';
import { register } from './kinds/register.ts';
import { reports } from './kinds/reports.ts';
import { seals } from './kinds/seals.ts';
import { upkeep } from './kinds/upkeep.ts';
import { vehicles } from './kinds/vehicles.ts';
import { zones } from './kinds/zones.ts';
import type { Ledger } from './ledger.ts';

export const ledgers = {
  institutions,
  'energy-users': energyUsers,
  areas,
  buildings,
  zones,
  accounts,
  points,
  bills,
  reports,
  'plan-targets': planTargets,
  'key-users': keyUsers,
  register,
  'purchase-prices': purchasePrices,
  vehicles,
  'dispatch-orders': dispatchOrders,
  'card-entries': cardEntries,
  upkeep,
  seals,
} as const satisfies Record<string, Ledger>;

export type LedgerKind = keyof typeof ledgers;
export const ledgerKinds = Object.keys(ledgers) as LedgerKind[];

/** Of official vehicles: they need permissions of their own. */
export const vehicleLedgers: ReadonlySet<string> = new Set([
  'vehicles',
  'dispatch-orders',
  'card-entries',
  'upkeep',
  'seals',
] satisfies LedgerKind[]);

export function isLedgerKind(name: string): name is LedgerKind {
  return Object.hasOwn(ledgers, name);
}
