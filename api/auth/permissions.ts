// Roles → permissions, in one table. What is not listed is denied.
import type { Role } from '../../core/registry/registry.ts';

export const permissions = {
  'institutions:read': 'see institutions of the subtree',
  'energy:read': 'see buildings, points, readings and consumption of the subtree',
  'operations:read': 'see agents, refused rows and alarms of the subtree',
  'metrics:read': 'read the metrics of the system',
  'accounts:read': 'see facts, bills, reports, definitions, reconciliation and cost of the subtree',
  'accounts:write': 'record facts, bills and reports of the subtree, and import ledgers',
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
  'vehicle-supervisor': ['institutions:read'],
  auditor: ['institutions:read', 'energy:read', 'operations:read', 'accounts:read'],
  viewer: ['institutions:read', 'energy:read'],
} as const satisfies Record<Role, readonly Permission[]>;

export function allows(role: Role, permission: Permission): boolean {
  const granted: readonly Permission[] = rolePermissions[role];
  return granted.includes(permission);
}
