// The days of the plan by local date (UTC+8, the whole of China).
import { dayKindOf } from '../../../core/domain/workdays.ts';

export interface PlanDay {
  readonly index: number;
  /** YYYY-MM-DD */
  readonly date: string;
  /** Local midnight, epoch ms. */
  readonly start: number;
  readonly kind: 'workday' | 'weekend' | 'holiday';
  readonly sunday: boolean;
}

const dayMs = 86_400_000;
const offsetMs = 8 * 3_600_000;

/** @param from any time of the first day */
export function planDays(from: number, count: number): PlanDay[] {
  const first = Math.floor((from + offsetMs) / dayMs);
  return Array.from({ length: count }, (_, index) => {
    const local = new Date((first + index) * dayMs);
    const date = local.toISOString().slice(0, 10);
    const weekday = local.getUTCDay();
    return {
      index,
      date,
      start: (first + index) * dayMs - offsetMs,
      kind: dayKindOf(date) ?? (weekday % 6 === 0 ? 'weekend' : 'workday'),
      sunday: weekday === 0,
    };
  });
}
