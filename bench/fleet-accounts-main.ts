// A process that opens the registry and answers for accounts of all cars, as the API does. Options as JSON; prints one line of JSON.
import { join } from 'node:path';
import { accountsOf, type CarAccounts } from '../api/fleet/car-accounts.ts';
import { FleetSight } from '../api/fleet/visibility.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { calendar, year } from './fleet-accounts-fill.ts';
import { peakMbOf } from './processes.ts';
import { median } from './report.ts';

export interface AccountsOutcome {
  readonly monthMs: number;
  readonly yearMs: number;
  /** Longest time in which nobody else was served. */
  readonly stallMs: number;
  readonly cars: number;
  readonly yearKm: number;
  readonly peakMb: number;
}

const { home } = JSON.parse(process.argv[2] ?? '{}') as { home: string };
const { fleet } = loadConfig({ environment: { JIEYUE_HOME: home } });
const path = join(home, 'registry.sqlite');
const registry = createRegistry({ path, calendar, clock: systemClock, log: silentLogger });
await registry.start();
const sight = new FleetSight({ registry, clock: systemClock, fleet });
let [stallMs, seen] = [0, performance.now()];
const watch = setInterval(() => {
  stallMs = Math.max(stallMs, performance.now() - seen);
  seen = performance.now();
}, 1);

const months = [];
for (const month of ['02', '06', '11']) months.push((await asked(`${year}-${month}-01`, 'month')).ms);
const whole = await asked(`${year}-01-01`, 'year');
clearInterval(watch);
const outcome: AccountsOutcome = {
  monthMs: median(months),
  yearMs: whole.ms,
  stallMs,
  cars: whole.accounts.cars.length,
  yearKm: whole.accounts.fleet.sums.odometerKm ?? Number.NaN,
  peakMb: peakMbOf(process.pid) ?? Number.NaN,
};
process.stdout.write(`${JSON.stringify(outcome)}\n`);
await registry.stop();

async function asked(date: string, unit: 'month' | 'year'): Promise<{ ms: number; accounts: CarAccounts }> {
  const from = calendar.parse(date) ?? Number.NaN;
  const reach = { everything: true, institutions: new Set<string>() };
  const started = performance.now();
  const accounts = await accountsOf({ registry, calendar }, await sight.index(), {
    ...{ reach, from, to: calendar.next(from, unit), now: calendar.next(from, 'year') },
  });
  return { ms: performance.now() - started, accounts };
}
