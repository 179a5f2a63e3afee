// Accounts of a thousand cars, over a month and over a year: what a supervisor waits for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fill } from './fleet-accounts-fill.ts';
import type { AccountsOutcome } from './fleet-accounts-main.ts';
import { BenchProcess } from './processes.ts';
import { type BenchRow, progress, row } from './report.ts';

/** Ours: what a person waits for without doubting that an answer comes. */
const limits = { monthS: 2, yearS: 6, stallMs: 200 };

export async function run(quick: boolean): Promise<BenchRow[]> {
  const cars = quick ? 100 : 1_000;
  const part = cars / 1_000;
  const home = mkdtempSync(join(tmpdir(), 'jieyue-bench-'));
  try {
    const drivenKm = await fill(home, cars);
    progress('asking for accounts');
    const child = new BenchProcess('bench/fleet-accounts-main.js', [JSON.stringify({ home })]);
    const outcome = JSON.parse(await child.line(/^\{/)) as AccountsOutcome;
    await child.end();
    if (outcome.cars !== cars || Math.abs(outcome.yearKm / drivenKm - 1) > 1e-9)
      throw new Error(`${outcome.cars} cars went ${outcome.yearKm} km; ${cars} cars went ${drivenKm} km`);
    const size = `${cars} cars, ${(8 * 365 * cars).toLocaleString('en')} trips and stops a year, cards, orders, findings of cards`;
    return [
      row(
        'fleet.accounts.month',
        outcome.monthMs / 1_000,
        's',
        limits.monthS * part,
        `${size}; median of three`,
      ),
      row('fleet.accounts.year', outcome.yearMs / 1_000, 's', limits.yearS * part, size),
      row(
        'fleet.accounts.stall',
        outcome.stallMs,
        'ms',
        limits.stallMs,
        'longest time in which nobody else is served',
      ),
      row('fleet.accounts.memory', outcome.peakMb, 'MB', null, 'peak of the process that answers'),
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
