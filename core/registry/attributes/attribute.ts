// What an attribute is, and the forms that several kinds of entity share.
import { z } from 'zod';
import { saying } from '../../domain/issues.ts';
import type { Message } from '../../domain/message.ts';
import type { Calendar } from '../../domain/time.ts';
import type { DefinitionKind } from '../ledgers.ts';
import { sayOfValues } from '../words/facts.ts';

export const entityKinds = ['institution', 'building', 'zone', 'point', 'account', 'vehicle'] as const;
export type EntityKind = (typeof entityKinds)[number];

export interface Reference {
  readonly kind: EntityKind;
  readonly id: string;
}

export interface Attribute {
  readonly schema: z.ZodType;
  /** The curve of a point depends on it: a change writes a dirty mark. */
  readonly affectsCurve: boolean;
  /** The curve takes the first entry to hold before its date too: a change of it marks all that lies before. */
  readonly firstReachesBack?: boolean;
  /** The value is the id of an entity of this kind, or `null`. Of the own kind: a tree, which may not contain itself. */
  readonly refersTo?: EntityKind;
  /** The entities that a value of several parts names; they must be there. */
  readonly names?: (value: unknown) => readonly Reference[];
  /** The value is the id of a definition of this kind, or `null`; it must be there. */
  readonly definition?: DefinitionKind;
  /** A rule that needs the date too: what is wrong with the value, or `undefined`. */
  readonly check?: (value: unknown, validFrom: number, calendar: Calendar) => Message | undefined;
  /** Said of one month: an entry ends with the month in which it begins, where it says no earlier end. A later end is refused. */
  readonly ofMonth?: boolean;
  /** What is left of the value when a later entry took the beginning of its time. Default: all of it. */
  readonly afterCut?: (value: unknown) => unknown;
  readonly zh: string;
  readonly en: string;
}

export type Attributes = Readonly<Record<string, Attribute>>;

export const label = z.string().trim().min(1).max(200);
export const reference = z.string().min(1).max(129).nullable();
export const positive = z.number().positive().max(1e12);
const definitionForm = /^[a-z0-9][a-z0-9-]{0,63}$/;
export const definitionId = z
  .string()
  .refine((id) => definitionForm.test(id), saying(sayOfValues('value.definition-id')))
  .nullable();

const squareMetres = z.number().nonnegative().max(1e9);

/** Areas in m²; what is deducted lies within what is built. `energy`: how the energy of the deducted space is known. */
export const floorAreaSchema = z
  .strictObject({
    builtM2: squareMetres,
    /** Let to others (出租). */
    letM2: squareMetres.default(0),
    /** Lent to others (出借). */
    lentM2: squareMetres.default(0),
    /** Closed (封存、闲置). */
    closedM2: squareMetres.default(0),
    /** Whose energy others pay for (不承担能源费用). */
    unpaidM2: squareMetres.default(0),
    energy: z.enum(['metered', 'by-area']).default('by-area'),
  })
  .superRefine(({ builtM2, letM2, lentM2, closedM2, unpaidM2 }, context) => {
    const deducted = letM2 + lentM2 + closedM2 + unpaidM2;
    if (deducted <= builtM2 * (1 + 1e-9)) return;
    const message = sayOfValues('value.deducted', { deducted, built: builtM2 });
    context.addIssue({ code: 'custom', ...saying(message) });
  });
export type FloorAreaValue = z.infer<typeof floorAreaSchema>;
