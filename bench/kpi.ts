// How fast figures are: the four indicators of plans, for every institution of a tree and a year, from a fresh process and
// from one that runs; and how the cost grows with the number of institutions.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { areaOf, expected, fill, pointsPerInstitution, usersOf, year } from './kpi-fill.ts';
import type { KpiOptions, KpiOutcome } from './kpi-main.ts';
import { type BenchRow, median, percentile, progress, row } from './report.ts';

const main = 1_600;
/** Fresh processes; their median counts, and how far they lie apart is said. */
const coldRuns = 7;

export async function run(quick: boolean): Promise<BenchRow[]> {
  const rows = [...(await measure(160, false, 0)), ...(await measure(main, false, quick ? 10 : 100))];
  return quick ? rows : [...rows, ...(await measure(16_000, true, 0))];
}

/** @param times questions to the process that runs; 0: only how long a fresh one takes */
async function measure(institutions: number, monthsOnly: boolean, times: number): Promise<BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'jieyue-bench-'));
  const size = `${institutions} institutions, ${institutions * pointsPerInstitution} points`;
  const note = `${size}, ${monthsOnly ? 'month rollups alone' : 'a year of hours'}; a fresh process`;
  try {
    progress(`filling ${size}${monthsOnly ? '' : ' with a year of hours'}`);
    await fill(home, { institutions, monthsOnly });
    const cold: number[] = [];
    for (let turn = 0; turn < coldRuns; turn++) {
      const { ms, outcome } = await ask({ home, year, times: 0 });
      check(outcome, institutions);
      cold.push(ms);
    }
    const spread = `median of ${coldRuns}, ${Math.round(Math.min(...cold))} to ${Math.round(Math.max(...cold))} ms`;
    const growth = row(`kpi.tree.cold@${institutions}`, median(cold), 'ms', null, `${note}; ${spread}`);
    if (times === 0) return [growth];
    progress(`${times} trees, ${10 * times} institutions`);
    const { outcome } = await ask({ home, year, times });
    const { treeMs, oneMs, followMs, peakMb } = outcome;
    return [
      growth,
      row(
        'kpi.tree.cold',
        median(cold),
        'ms',
        1_000,
        `${note}, from its start to the answer, page cache allowed; ${spread}`,
      ),
      row('kpi.tree.warm', percentile(treeMs, 0.95), 'ms', 100, 'p95, the same of a process that runs'),
      row(
        'kpi.one.p95',
        percentile(oneMs, 0.95),
        'ms',
        30,
        'four indicators of one institution, some of them large subtrees',
      ),
      row('kpi.one.p50', percentile(oneMs, 0.5), 'ms'),
      row(
        'kpi.follow.p95',
        percentile(followMs, 0.95),
        'ms',
        null,
        'a meter changed: until all figures show it, once it is noticed',
      ),
      row('kpi.memory', peakMb, 'MB', null, 'peak of the process with registry and store'),
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** @returns ms from the start of the process to its first answer, as seen from outside: its line less what it did after. */
async function ask(options: KpiOptions): Promise<{ ms: number; outcome: KpiOutcome }> {
  const file = fileURLToPath(new URL('./kpi-main.js', import.meta.url));
  const started = performance.now();
  const child = spawn(process.execPath, ['--max-old-space-size=1024', file, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let answeredAt = Number.NaN;
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (Number.isNaN(answeredAt) && text.includes('\n')) answeredAt = performance.now();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the process for figures ended with ${code}`);
  return { ms: answeredAt - started, outcome: JSON.parse(text) as KpiOutcome };
}

/** The answer must be right before its speed counts. */
function check({ institutions, top }: KpiOutcome, count: number): void {
  const all = Array.from({ length: count }, (_, place) => place);
  const users = all.reduce((sum, place) => sum + usersOf(place), 0);
  const area = all.reduce((sum, place) => sum + areaOf(place), 0);
  const { energyKgce, waterM3 } = expected(count);
  const [perPerson, perArea, waterPerPerson] = top;
  const right =
    institutions === count &&
    top.length === 4 &&
    top.every(({ known }) => known === count) &&
    isClose(waterPerPerson?.numerator, waterM3) &&
    isClose(perPerson?.denominator, users) &&
    isClose(perArea?.denominator, area) &&
    isClose(perPerson?.numerator, energyKgce) &&
    isClose(perArea?.numerator, energyKgce);
  if (!right)
    throw new Error(`of ${count} institutions it answered ${JSON.stringify({ institutions, top })}`);
}

function isClose(value: number | undefined, wanted: number): boolean {
  return value !== undefined && Math.abs(value - wanted) <= 1e-9 * Math.abs(wanted);
}
