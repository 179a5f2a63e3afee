// The fleet of the registry, put together.
import { createAudit } from './audit.ts';
import type { RegistryContext } from './context.ts';
import type { Fleet } from './fleet-contracts.ts';
import { createFleetRecords } from './fleet-records.ts';
import { currentFleetRevision } from './fleet-revision.ts';
import { createVehicles } from './fleet-vehicles.ts';
import { ordersKept } from './order-habit.ts';

export function createFleet(context: RegistryContext): Fleet {
  return {
    vehicles: createVehicles(context),
    orders: createFleetRecords(context, 'order'),
    fences: createFleetRecords(context, 'fence'),
    seals: createFleetRecords(context, 'seal'),
    cards: createFleetRecords(context, 'card'),
    upkeep: createFleetRecords(context, 'upkeep'),
    ordersKept: (institution) => ordersKept(context.db, institution),
    audit: createAudit(context),
    revision: () => currentFleetRevision(context.db),
  };
}
