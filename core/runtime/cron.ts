// Times of scheduled work: five fields of cron, checked in words before anything runs.
import { createRequire } from 'node:module';
import { z } from 'zod';

/** What is wrong with `at`, or `undefined`. */
export function faultOfCron(at: string): string | undefined {
  if (!/^\S+( \S+){4}$/.test(at))
    return `"${at}" has not five fields; write five fields of cron, such as 10 3 * * *`;
  // Presets are right: most processes never load it.
  const { validateDetailed } = createRequire(import.meta.url)('node-cron') as typeof import('node-cron');
  const { valid, errors } = validateDetailed(at);
  if (valid) return undefined;
  return `"${at}": ${errors.map(({ message }) => message).join('; ')}; write five fields of cron, such as 10 3 * * *`;
}

/** A setting that is a time: minute, hour, day of the month, month, day of the week, in `tz`. */
export function cronField(preset: string) {
  return z
    .string()
    .superRefine((at, context) => {
      const fault = faultOfCron(at);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
    })
    .default(preset);
}
