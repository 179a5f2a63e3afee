// Says when holidays of this year, or of one about to begin, are not known: its days are then judged by their weekday alone.
import type { Calendar } from '../../core/domain/time.ts';
import { dayMs } from '../../core/domain/time.ts';
import { noticedYears } from '../../core/domain/workdays.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { FleetConfig } from '../../core/runtime/fleet-config.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';

/** Notices come in November: a year that begins sooner should have its own. */
const aheadMs = 31 * dayMs;

/**
 * Local years, ascending, of which neither a notice nor the configuration tells the holidays: this one, and the one that begins within 31 days. A
 * configuration tells a year by its National Day, which every notice names.
 */
export function unnoticedYears(
  now: number,
  calendar: Pick<Calendar, 'format'>,
  days: FleetConfig['days'],
  noticed: readonly number[] = noticedYears(),
): number[] {
  const years = [now, now + aheadMs].map((ts) => Number(calendar.format(ts).slice(0, 4)));
  return [...new Set(years)].filter((year) => !noticed.includes(year) && days[`${year}-10-01`] === undefined);
}

export class NoticeWatch {
  readonly #options: { config: FleetConfig; calendar: Pick<Calendar, 'format'>; clock: Clock; log: Logger };
  readonly #unknown: ReturnType<Metrics['gauge']>;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: {
    config: FleetConfig;
    calendar: Pick<Calendar, 'format'>;
    clock: Clock;
    log: Logger;
    metrics: Metrics;
  }) {
    this.#options = options;
    this.#unknown = options.metrics.gauge(
      'fleet_years_without_holidays',
      'Years, this one and from December on the next, whose holidays are not known.',
    );
  }

  /** Once a day; to be called often. */
  look(): void {
    const { config, calendar, clock, log } = this.#options;
    const now = clock.now();
    if (now - this.#lookedAt < dayMs) return;
    this.#lookedAt = now;
    const years = unnoticedYears(now, calendar, config.days);
    this.#unknown.set(years.length);
    if (years.length > 0)
      log.warn(
        { years },
        `holidays of ${years.join(' and ')} are not known: cars are judged by the weekday alone. Update, or set the days of the State Council's notice under fleet.days`,
      );
  }
}
