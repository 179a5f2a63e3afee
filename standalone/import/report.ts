// What a person is told of an import, line by line.
import { join } from 'node:path';
import type { Rejection } from '../../core/domain/telemetry.ts';
import { type TextKey, text } from '../../core/domain/texts.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { pointKey } from '../../core/domain/topics.ts';
import { type Quantity, quantities } from '../../core/domain/units.ts';
import type { Config } from '../../core/runtime/config.ts';
import { type IntervalLength, lengthText } from './spacing.ts';
import type { Survey } from './survey.ts';

/** A batch that found no answer and waits in the outbox; times are epoch ms. */
export interface QuarantinedBatch {
  readonly id: string;
  readonly rows: number;
  readonly minTs: number;
  readonly maxTs: number;
}

export interface Outcome {
  readonly survey: Survey;
  /** Of the file's readings, as far as one can tell them from those of an earlier import. */
  readonly onDisk: number;
  readonly batches: number;
  /** Batches of an earlier import that were sent again. */
  readonly requeued: number;
  readonly refused: number;
  /** The first of them. */
  readonly rejections: readonly Rejection[];
  readonly quarantined: readonly QuarantinedBatch[];
  readonly interval: IntervalLength | undefined;
}

/** Lines of each kind that are shown at most. */
export const shownLines = 10;

type Say = (key: TextKey, values?: Record<string, string | number>) => string;

export function outcomeLines(
  { config, calendar }: { config: Config; calendar: Calendar },
  sent: { agent: string; point: string; columns: Readonly<Record<string, Quantity>> },
  outcome: Outcome,
): string[] {
  const say: Say = (key, values) => text(config.language, key, values);
  const { survey, interval, refused } = outcome;
  return [
    ...(outcome.requeued > 0 ? [say('import.requeued', { count: outcome.requeued })] : []),
    say('import.done', { readings: outcome.onDisk, batches: outcome.batches }),
    say('import.span', { from: calendar.format(survey.from), to: calendar.format(survey.to) }),
    ...(interval === undefined ? [] : [intervalLine(interval, say)]),
    ...(survey.emptyCells > 0 ? [say('import.empty-cells', { count: survey.emptyCells })] : []),
    ...faultLines(survey, config),
    ...(refused > 0
      ? [say('import.rejected', { count: refused }), ...outcome.rejections.map((each) => `  ${each.message}`)]
      : []),
    ...quarantineLines(outcome.quarantined, sent.agent, calendar, say),
    ...lookAt(config, sent, calendar, survey, say),
  ];
}

export function faultLines(
  { faults, faultCount }: Pick<Survey, 'faults' | 'faultCount'>,
  config: Config,
): string[] {
  const say: Say = (key, values) => text(config.language, key, values);
  if (faults.length === 0) return [];
  const shown = faults.slice(0, shownLines).map(({ line, column, value, reason }) =>
    say(column === null ? 'import.fault-row' : 'import.fault', {
      line,
      column: column ?? '',
      value,
      reason,
    }),
  );
  const rest = faultCount - shown.length;
  const more = rest > 0 ? [say('import.more', { count: rest })] : [];
  return [say('import.faults', { count: faultCount }), ...shown, ...more];
}

function intervalLine({ lengthMs, source }: IntervalLength, say: Say): string {
  return say('import.interval', { length: lengthText(lengthMs), source: say(`import.interval-${source}`) });
}

function quarantineLines(
  batches: readonly QuarantinedBatch[],
  agent: string,
  calendar: Calendar,
  say: Say,
): string[] {
  if (batches.length === 0) return [];
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const shown = batches.slice(0, shownLines).map(({ id, rows: count, minTs, maxTs }) =>
    say('import.quarantined-batch', {
      id,
      rows: count,
      from: calendar.format(minTs),
      to: calendar.format(maxTs),
    }),
  );
  const rest = batches.length - shown.length;
  return [
    say('import.quarantined', { rows, batches: batches.length }),
    ...shown,
    ...(rest > 0 ? [say('import.more', { count: rest })] : []),
    say('import.quarantined-way', { agent }),
  ];
}

/** The address of what was just sent, as a command that works. */
function lookAt(
  config: Config,
  sent: { agent: string; point: string; columns: Readonly<Record<string, Quantity>> },
  calendar: Calendar,
  survey: Survey,
  say: Say,
): string[] {
  const carrier = Object.values(sent.columns)
    .map((name) => quantities[name])
    .flatMap((entry) => ('carrier' in entry ? [entry.carrier] : []))[0];
  if (carrier === undefined || survey.readings === 0) return [];
  const from = calendar.format(calendar.floor(survey.from, 'year')).slice(0, 10);
  const to = calendar.format(calendar.next(survey.to, 'year')).slice(0, 10);
  const point = encodeURIComponent(pointKey(sent.agent, sent.point));
  const url = `http://127.0.0.1:${config.http.port}/api/v1/consumption?point=${point}&carrier=${carrier}&bucket=month&from=${from}&to=${to}`;
  return [
    say('import.look'),
    `  curl -H "Authorization: Bearer $(cat ${join(config.home, 'admin-token')})" "${url}"`,
  ];
}
