// Official vehicles as series: months of each institution with all below it, and its findings by kind.
import type { BoardRow } from '../../core/domain/board-series.ts';
import type { JobRun } from '../../core/runtime/scheduler.ts';
import { monthOf, startOfMonth } from '../accounting/periods.ts';
import type { FleetSight } from '../fleet/visibility.ts';
import { ChangedRows } from './accounting/changed-rows.ts';
import { knownNumber } from './accounting/known.ts';
import { readInstitutions, type ShownWords } from './accounting/shown-words.ts';
import type { BoardJobDeps } from './consumption-writer.ts';
import { type FleetMonth, fleetMonth } from './fleet-month.ts';

/** `sight` says who is masked: numbers of what says where a car was leave those out. */
export type FleetJobDeps = Pick<BoardJobDeps, 'boards' | 'registry' | 'calendar' | 'log'> & {
  readonly sight: Pick<FleetSight, 'index'>;
};

export class FleetJob {
  readonly #deps: FleetJobDeps;
  readonly #changed = new ChangedRows();

  constructor(deps: FleetJobDeps) {
    this.#deps = deps;
  }

  /**
   * So many months, of which the last lies `before` months before the one that runs (0: this one).
   * @throws JobEnded; what the store and the registry throw
   */
  async write(
    run: JobRun,
    { months, before }: { readonly months: number; readonly before: number },
  ): Promise<void> {
    const { registry, calendar, boards, log, sight } = this.#deps;
    const institutions = await readInstitutions(registry, run.startedAt);
    const above = (id: string) => institutions.of(id).path.split('/').filter(Boolean);
    const out = this.#changed.begin(this.#deps, run, institutions.ids.length * 4);
    // A kind that was found once and is found no more goes back to 0.
    const kinds = new Map<string, Set<string>>();
    for (const { institution = '', finding = '' } of await boards.keys('fleet_findings'))
      kinds.set(institution, (kinds.get(institution) ?? new Set()).add(finding));
    const index = await sight.index();
    const running = monthOf(run.startedAt, calendar);
    for (let back = before; back < before + months; back++) {
      await run.mayGoOn();
      const from = startOfMonth(running.year, running.month - back, calendar);
      const to = Math.min(calendar.next(from, 'month'), run.startedAt + 1);
      const date = calendar.format(to - 1).slice(0, 'yyyy-mm-dd'.length);
      const period = date.slice(0, 'yyyy-mm'.length);
      for (const [institution, month] of await fleetMonth(registry, { from, to, date }, above, index)) {
        await out.row(
          monthRow({ institution, ts: from, period, month, words: institutions.of(institution) }),
        );
        for (const finding of new Set([...(kinds.get(institution) ?? []), ...month.findings.keys()])) {
          const count = knownNumber(
            'count',
            judged(month) ? (month.findings.get(finding as never) ?? 0) : null,
          );
          const tags = { institution, finding };
          await out.row({ measurement: 'fleet_findings', tags, ts: from, fields: { ...count, period } });
        }
      }
    }
    await out.end();
    log.debug({ written: out.written }, 'vehicles of boards');
  }
}

/** A terminal that is silent all month leaves a finding, though its car is not seen. */
function judged({ tracked, findings, silent }: FleetMonth): boolean {
  return tracked || silent > 0 || findings.size > 0;
}

function monthRow({
  institution,
  ts,
  period,
  month,
  words,
}: {
  readonly institution: string;
  readonly ts: number;
  readonly period: string;
  readonly month: FleetMonth;
  readonly words: ShownWords;
}): BoardRow {
  const { cars, newEnergy, silent, trips, km, orders, findings, tracked } = month;
  const all = [...findings.values()].reduce((sum, count) => sum + count, 0);
  return {
    measurement: 'fleet',
    tags: { institution },
    ts,
    fields: {
      cars,
      new_energy: newEnergy,
      ...knownNumber('new_energy_share', cars === 0 ? null : newEnergy / cars),
      silent,
      ...knownNumber('trips', tracked ? trips : null),
      km: tracked ? km : 0,
      ...knownNumber('findings', judged(month) ? all : null),
      ...knownNumber('orders', tracked || orders > 0 ? orders : null),
      orders_undriven: findings.get('order-without-trip') ?? 0,
      trips_unordered: findings.get('trip-without-order') ?? 0,
      period,
      year: period.slice(0, 'yyyy'.length),
      ...words,
    },
  };
}
