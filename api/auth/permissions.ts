// Roles → permissions, in one table. What is not listed is denied.
import type { Role } from '../../core/registry/registry.ts';

export const permissions = {
  'institutions:read': 'see institutions of the subtree',
  'energy:read': 'see buildings, points, readings and consumption of the subtree',
  'operations:read': 'see agents, refused rows and alarms of the subtree',
  'metrics:read': 'read the metrics of the system',
  'accounts:read': 'see facts, bills, reports, definitions, reconciliation and cost of the subtree',
  'accounts:write': 'record facts, bills and reports of the subtree, and import ledgers',
  'vehicles:read': 'see vehicles, orders, trips, findings and accounts of the subtree, without places',
  'vehicles:write': 'record vehicles, orders, fences, seals, cards and upkeep of the subtree',
  'positions:read': 'see where vehicles of the subtree are and were; each look is written to the audit log',
  'audit:read': 'read who recorded what, and who looked at positions, of the subtree',
  'definitions:write': 'record versions of definitions: plans, quotas, coefficients, tariffs, rules',
} as const satisfies Record<string, string>;

export type Permission = keyof typeof permissions;

export const rolePermissions = {
  admin: [
    'institutions:read',
    'energy:read',
    'operations:read',
    'metrics:read',
    'accounts:read',
    'accounts:write',
    'vehicles:read',
    'vehicles:write',
    'audit:read',
    'definitions:write',
  ],
  'energy-manager': ['institutions:read', 'energy:read', 'accounts:read', 'accounts:write'],
  'facility-engineer': [
    'institutions:read',
    'energy:read',
    'operations:read',
    'metrics:read',
    'accounts:read',
  ],
  // Positions are for them alone: an admin who wants to see a track needs this role, which the audit log then shows.
  'vehicle-supervisor': ['institutions:read', 'vehicles:read', 'vehicles:write', 'positions:read'],
  auditor: [
    'institutions:read',
    'energy:read',
    'operations:read',
    'accounts:read',
    'vehicles:read',
    'audit:read',
  ],
  viewer: ['institutions:read', 'energy:read'],
} as const satisfies Record<Role, readonly Permission[]>;

export function allows(role: Role, permission: Permission): boolean {
  const granted: readonly Permission[] = rolePermissions[role];
  return granted.includes(permission);
}
