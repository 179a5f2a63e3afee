// `npm run bench -- NAME [--json] [--quick]`: runs a benchmark on two cores and prints rows with their limits.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { type BenchRow, print } from './report.ts';

const benches: Readonly<Record<string, () => Promise<{ run(quick: boolean): Promise<BenchRow[]> }>>> = {
  ingest: () => import('./ingest.ts'),
  query: () => import('./query.ts'),
  agent: () => import('./agent.ts'),
  influx: () => import('./influx.ts'),
  kpi: () => import('./kpi.ts'),
  fleet: () => import('./fleet.ts'),
};

const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const names = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (names.length === 0 || unknown.length > 0) {
  process.stderr.write(
    `npm run bench -- NAME [--json] [--quick], NAME one of: ${Object.keys(benches).join(', ')}\n`,
  );
  process.exit(2);
}

const onTwoCores = ['-c', '0,1', process.execPath, ...process.execArgv, ...process.argv.slice(1)];
if (cpus().length > 2 && !flags.includes('--pinned')) {
  // The figures are stated for two cores: a larger machine lends two.
  const outcome = spawnSync('taskset', [...onTwoCores, '--pinned'], { stdio: 'inherit' });
  if (outcome.error === undefined) process.exit(outcome.status ?? 1);
  process.stderr.write('taskset is not installed (util-linux): running on all cores\n');
}

const rows: BenchRow[] = [];
for (const name of names)
  rows.push(...((await (await benches[name]?.())?.run(flags.includes('--quick'))) ?? []));
print(rows, flags.includes('--json'));
