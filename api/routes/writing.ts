// What all routes that write have in common: who writes and why, whom it may concern, values in bodies.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Authorship } from '../../core/registry/authorship.ts';
import type { Permit } from '../../core/registry/permit-contracts.ts';
import { allows, type Permission } from '../auth/permissions.ts';

/** Rows of one call that writes a list, and the size of its body. */
export const mostRows = 5_000;
export const listBodyBytes = 4 * 1024 ** 2;
/** A call that waits for its turn to write, and checks what it changes. */
export const writeTimeoutMs = 60_000;

export const reasonField = z
  .string()
  .trim()
  .min(1, 'say why: it is kept with the entry')
  .max(500)
  .describe('Why, in words; kept with each entry beside the name of the key.');

const deepest = 40;

/** Any JSON that is not nested beyond reason; its form depends on the attribute or the kind. */
export const valueField = z
  .unknown()
  .refine((value) => !isDeeper(value, deepest), `is nested more than ${deepest} deep`)
  .meta({ description: 'The value, in the form of its attribute or kind.' });

export function authorOf(request: FastifyRequest, reason: string): Authorship {
  return { author: request.caller?.name ?? '', reason };
}

/**
 * Whom a write of the caller may concern: its grants, as they cover institutions at the time that a row is about. `vehicles:write` is
 * for vehicles and their records alone, `accounts:write` for all else.
 */
export function permitOf(
  request: FastifyRequest,
  permission: 'accounts:write' | 'vehicles:write' = 'accounts:write',
): Permit {
  const grants = request.caller?.grants ?? [];
  const may = (permission: Permission) => grants.filter(({ role }) => allows(role, permission));
  const institutions = new Set<string>();
  let everything = false;
  for (const { institution } of may(permission)) {
    if (institution === null) everything = true;
    else institutions.add(institution);
  }
  return {
    institutions: everything ? 'everything' : institutions,
    definitions: may('definitions:write').some(({ institution }) => institution === null),
    only: permission === 'vehicles:write' ? 'vehicles' : 'others',
  };
}

function isDeeper(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null
        ? Object.values(each).filter((part) => typeof part === 'object' && part !== null)
        : [],
    );
  }
  return false;
}
