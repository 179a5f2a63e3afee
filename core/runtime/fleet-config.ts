// Configuration of the fleet: how long positions are kept, who is masked, when cars may drive, what is a finding.
import { z } from 'zod';
import { cronField } from './cron.ts';

/** Minutes of the day of `HH:MM`; 24:00 is the end of it. */
const minutes = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of day such as "08:30", in quotes')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));
const kmh = z.coerce.number().min(5).max(200);
const date = z.iso.date({ error: 'a date such as "2026-10-10", in quotes' });

const hoursSchema = z
  .array(z.tuple([minutes, minutes]))
  .min(1)
  .max(6)
  .refine((hours) => hours.every(([from, to], index) => from < to && from >= (hours[index - 1]?.[1] ?? 0)), {
    error: 'stretches of a day, each [from, to], ascending and apart',
  });

export const fleetSchema = z.strictObject({
  /** Days for which positions are kept; 0: for good. Trips, findings and accounts stay. */
  keepDays: z.coerce.number().int().min(0).max(36_500).default(365),
  /** When positions past that are deleted: five fields of cron, in `tz`. */
  dropAt: cronField('50 3 * * *'),
  /** Categories of cars whose places nobody sees. */
  masked: z
    .array(z.enum(['confidential-communication', 'emergency', 'law-enforcement', 'special', 'other']))
    .default(['confidential-communication', 'law-enforcement']),
  /** Working hours of a working day. */
  hours: hoursSchema.prefault([['08:00', '18:30']]),
  /** A trip may begin so long before and end so long after them. */
  graceMinutes: z.coerce.number().int().min(0).max(240).default(30),
  /** Days that are otherwise than the notices of the State Council say: a day of local mourning, a moved market day. */
  days: z.record(date, z.enum(['workday', 'weekend', 'holiday'])).default({}),
  /** What a car without a limit of its own may drive; left out: no limit. */
  limitKmh: kmh.default(120),
  /** Above a limit by so much before it is speeding, on the road. */
  marginKmh: z.coerce.number().min(0).max(50).default(10),
  /** A car that stands with its engine on for longer than this is found. */
  idleMinutes: z.coerce.number().min(1).max(1_440).default(15),
  /** A terminal without a position for longer than this is found. */
  silentHours: z.coerce.number().min(1).max(720).default(24),
});
export type FleetConfig = z.infer<typeof fleetSchema>;

export const fleetEnvironmentPaths = {
  JIEYUE_FLEET_KEEP_DAYS: 'fleet.keepDays',
  JIEYUE_FLEET_DROP_AT: 'fleet.dropAt',
} as const;
