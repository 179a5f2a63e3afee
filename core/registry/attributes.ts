// What facts there are: one table of attributes by kind of entity, each kind's in a file of its own. Validation, marks,
// ledgers and texts derive from it.
import { accountAttributes } from './attributes/account.ts';
import type { Attributes, EntityKind } from './attributes/attribute.ts';
import { institutionAttributes } from './attributes/institution.ts';
import { buildingAttributes, zoneAttributes } from './attributes/places.ts';
import { pointAttributes } from './attributes/point.ts';
import { vehicleAttributes } from './attributes/vehicle.ts';

export type { InstallationValue } from './attributes/installation.ts';

export const attributes: Readonly<Record<EntityKind, Attributes>> = {
  institution: institutionAttributes,
  building: buildingAttributes,
  zone: zoneAttributes,
  point: pointAttributes,
  account: accountAttributes,
  vehicle: vehicleAttributes,
};
