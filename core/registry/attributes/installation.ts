// A device at a point: what its register is like, and what it read when it came and went.
import { z } from 'zod';
import type { Message } from '../../domain/message.ts';
import type { Calendar } from '../../domain/time.ts';
import { quantityNames } from '../../domain/units.ts';
import { sayOfValues } from '../words/facts.ts';
import { positive } from './attribute.ts';

/** Epoch ms, or ISO 8601 with offset; kept as epoch ms. */
const moment = z.union([z.int(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]);

/** Of one quantity of the device, values as the register shows them. */
const registerSchema = z.strictObject({
  /** The register rolls over at this reading. */
  wrapsAt: positive.optional(),
  /** Highest plausible consumption per hour, after the multiplier. */
  ratingPerHour: positive.optional(),
  /** Reading of this device when it was put in. */
  firstValue: z.number().optional(),
  /** Last reading of the device before it. */
  previousFinalValue: z.number().optional(),
});

/** A device at a point. Its multiplier (倍率) is a number or the product of CT and PT. */
export const installationSchema = z.strictObject({
  /** The exact moment, on the day of `validFrom`; default: the start of that day. */
  installedAt: moment.optional(),
  serial: z.string().max(100).optional(),
  model: z.string().max(100).optional(),
  multiplier: z.union([positive, z.strictObject({ ct: positive, pt: positive.default(1) })]).default(1),
  registers: z.partialRecord(z.enum(quantityNames), registerSchema).optional(),
});
export type InstallationValue = z.infer<typeof installationSchema>;

export function onItsDay(value: unknown, validFrom: number, calendar: Calendar): Message | undefined {
  const { installedAt } = value as InstallationValue;
  if (installedAt === undefined) return undefined;
  const dayEnd = calendar.next(validFrom, 'day');
  if (installedAt >= validFrom && installedAt < dayEnd) return undefined;
  const values = { at: calendar.format(installedAt), from: calendar.format(validFrom) };
  return sayOfValues('value.installed-at', values);
}

/** A device whose first days another entry took was not put in again: what it read at its beginning no longer counts. */
export function withoutBeginning(value: unknown): unknown {
  const { installedAt: _, registers, ...rest } = value as InstallationValue;
  if (registers === undefined) return rest;
  const left = Object.entries(registers).map(([quantity, register]) => {
    const { firstValue: _first, previousFinalValue: _final, ...kept } = register ?? {};
    return [quantity, kept] as const;
  });
  return { ...rest, registers: Object.fromEntries(left) };
}
