// The import itself: look the file through, register its point, send it, wait until ingest has it on disk.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { isJieyueError, JieyueError } from '../../core/domain/errors.ts';
import { limits, type Rejection } from '../../core/domain/telemetry.ts';
import { type Language, type TextKey, text } from '../../core/domain/texts.ts';
import type { Calendar } from '../../core/domain/time.ts';
import { pointKey, pointPattern } from '../../core/domain/topics.ts';
import { type Quantity, quantities } from '../../core/domain/units.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { type Config, underHome } from '../../core/runtime/config.ts';
import { Services } from '../../core/runtime/lifecycle.ts';
import { Uplink } from '../../core/uplink/uplink.ts';
import { type RowFault, readCsv } from '../../edge-agent/sources/file/read-csv.ts';
import { ensureAgent } from '../agent-credential.ts';
import { brokerAccess, makeRegistry } from '../parts.ts';
import type { Surroundings } from '../settings.ts';
import { version } from '../version.ts';

export interface ImportOptions {
  readonly file: string;
  readonly agent: string;
  readonly point: string;
  readonly name: string | undefined;
  readonly timeColumn: string;
  /** Column → quantity. */
  readonly columns: Readonly<Record<string, Quantity>>;
  readonly zone: string;
  readonly delimiter: string;
  /** Length of an interval reading, or how often a register was read, ms. */
  readonly intervalMs: number | undefined;
  readonly multiplier: number;
  readonly building: string | undefined;
  readonly timeoutMs: number;
  /** Where the progress bar is drawn. */
  readonly screen: NodeJS.WriteStream;
}

export interface ImportResult {
  readonly readings: number;
  readonly faults: number;
  readonly refused: number;
  /** What a person is told, line by line. */
  readonly lines: readonly string[];
}

interface Survey {
  readonly readings: number;
  readonly emptyCells: number;
  readonly faults: readonly RowFault[];
  readonly from: number;
  readonly to: number;
}

const batchRows = 1_000;
const outboxLimitBytes = 2 * 1024 ** 3;
const shownFaults = 10;

/**
 * Sends a file. Repeating it, or sending its rows in another order, changes nothing.
 * @throws JieyueError `import.file` for a file that cannot be read as described; `broker.unreachable` when the last
 * acknowledgement does not come in time (the rows wait in the outbox, and the next import sends them).
 */
export async function runImport(around: Surroundings, options: ImportOptions): Promise<ImportResult> {
  const { config, calendar, log } = around;
  const say = (key: TextKey, values?: Record<string, string | number>) => text(config.language, key, values);
  if (!pointPattern.test(options.point)) {
    throw new JieyueError(
      'row.point',
      `--point ${options.point}: use 1 to 64 characters of A-Z a-z 0-9 . _ -`,
    );
  }
  const survey = await look(options);
  if (survey.readings === 0) {
    return { readings: 0, faults: survey.faults.length, refused: 0, lines: faultLines(survey.faults, say) };
  }
  const registry = makeRegistry(around);
  const services = new Services(log);
  await services.start(registry);
  try {
    const password = await ensureAgent(config, registry, options.agent);
    await register(registry, calendar, options);
    const access = brokerAccess(config);
    const uplink = new Uplink({
      agent: options.agent,
      url: access.url,
      ca: access.ca === undefined ? undefined : readFileSync(access.ca),
      password,
      outbox: { path: underHome(config, `outbox-${options.agent}.sqlite`), limitBytes: outboxLimitBytes },
      window: 16,
      flushEveryMs: 200,
      batchRows,
      version,
      clock: systemClock,
      random: Math.random,
      log,
    });
    const rejections: Rejection[] = [];
    let refused = 0;
    uplink.onRejected((ack) => {
      refused += ack.rejectedCount;
      rejections.push(...(ack.rejected as Rejection[]).slice(0, shownFaults - rejections.length));
    });
    await services.start(uplink);
    await send(uplink, options, survey, config.language);
    return {
      readings: survey.readings,
      faults: survey.faults.length,
      refused,
      lines: [
        say('import.done', { readings: survey.readings, batches: Math.ceil(survey.readings / batchRows) }),
        say('import.span', { from: calendar.format(survey.from), to: calendar.format(survey.to) }),
        ...(survey.emptyCells > 0 ? [say('import.empty-cells', { count: survey.emptyCells })] : []),
        ...faultLines(survey.faults, say),
        ...(refused > 0
          ? [say('import.rejected', { count: refused }), ...rejections.map((each) => `  ${each.message}`)]
          : []),
        ...lookAt(config, options, calendar, survey, say),
      ],
    };
  } finally {
    await services.stop();
  }
}

/** Reads the file once without sending: what it holds, and every row that is not right. */
async function look(options: ImportOptions): Promise<Survey> {
  let readings = 0;
  let emptyCells = 0;
  let from = Infinity;
  let to = -Infinity;
  const faults: RowFault[] = [];
  for await (const chunk of readCsv(csvOptions(options))) {
    readings += chunk.readings.length;
    emptyCells += chunk.emptyCells;
    faults.push(...chunk.faults);
    for (const [, , ts] of chunk.readings) {
      from = Math.min(from, ts);
      to = Math.max(to, ts);
    }
  }
  return { readings, emptyCells, faults, from, to };
}

async function register(registry: Registry, calendar: Calendar, options: ImportOptions): Promise<void> {
  const key = pointKey(options.agent, options.point);
  const names = Object.values(options.columns);
  const known = await registry.points.get(key, systemClock.now());
  const all = [...new Set([...(known?.quantities ?? []), ...names])];
  const intervals = names.some((name) => quantities[name].kind === 'interval');
  await registry.points.register(
    {
      key,
      name: options.name ?? known?.name ?? options.point,
      quantities: all,
      // A file of history may begin anywhere: what is said of its point holds from the beginning.
      validFrom: calendar.floor(limits.earliestTs + 86_400_000, 'year'),
      ...(options.building === undefined ? {} : { building: options.building }),
      ...(options.intervalMs === undefined ? {} : { expectedIntervalMs: options.intervalMs }),
      ...(intervals ? { intervalLengthMs: options.intervalMs ?? 3_600_000 } : {}),
      ...(options.multiplier === 1 ? {} : { installation: { multiplier: options.multiplier } }),
    },
    { author: `agent ${options.agent}`, reason: `import of ${options.file}` },
  );
}

async function send(
  uplink: Uplink,
  options: ImportOptions,
  survey: Survey,
  language: Language,
): Promise<void> {
  const bar = new SingleBar({
    format: `${text(language, 'import.sending')} {bar} {percentage}% {value}/{total}`,
    stream: options.screen,
    noTTYOutput: false,
    hideCursor: true,
  });
  const deadline = AbortSignal.timeout(options.timeoutMs);
  let pushed = 0;
  const progress = () => bar.update(Math.max(0, pushed - uplink.depth().rows));
  bar.start(survey.readings, 0);
  const timer = setInterval(progress, 200);
  try {
    for await (const { readings } of readCsv(csvOptions(options))) {
      await uplink.push(readings);
      pushed += readings.length;
    }
    await uplink.drained(deadline);
    bar.update(survey.readings);
  } catch (error) {
    if (!deadline.aborted || isJieyueError(error, 'outbox.full')) throw error;
    const { rows } = uplink.depth();
    throw new JieyueError(
      'broker.unreachable',
      `${rows} rows wait in the outbox: no acknowledgement within ${options.timeoutMs / 1000} s. ` +
        'Is `jieyue up` (or broker and ingest) running on the same settings? The next import sends them.',
    );
  } finally {
    clearInterval(timer);
    bar.stop();
  }
}

function csvOptions(options: ImportOptions) {
  const { file, point, zone, timeColumn, columns, delimiter } = options;
  return { path: file, point, zone, timeColumn, columns, delimiter };
}

function faultLines(
  faults: readonly RowFault[],
  say: (key: TextKey, values?: Record<string, string | number>) => string,
): string[] {
  if (faults.length === 0) return [];
  const shown = faults.slice(0, shownFaults).map(({ line, column, value, reason }) =>
    say(column === null ? 'import.fault-row' : 'import.fault', {
      line,
      column: column ?? '',
      value,
      reason,
    }),
  );
  const rest = faults.length - shown.length;
  const more = rest > 0 ? [say('import.fault-more', { count: rest })] : [];
  return [say('import.faults', { count: faults.length }), ...shown, ...more];
}

/** The address of what was just sent, as a command that works. */
function lookAt(
  config: Config,
  options: ImportOptions,
  calendar: Calendar,
  survey: Survey,
  say: (key: TextKey) => string,
): string[] {
  const carrier = Object.values(options.columns)
    .map((name) => quantities[name])
    .flatMap((entry) => ('carrier' in entry ? [entry.carrier] : []))[0];
  if (carrier === undefined || survey.readings === 0) return [];
  const from = calendar.format(calendar.floor(survey.from, 'year')).slice(0, 10);
  const to = calendar.format(calendar.next(survey.to, 'year')).slice(0, 10);
  const point = encodeURIComponent(pointKey(options.agent, options.point));
  const url = `http://127.0.0.1:${config.http.port}/api/v1/consumption?point=${point}&carrier=${carrier}&bucket=month&from=${from}&to=${to}`;
  return [
    say('import.look'),
    `  curl -H "Authorization: Bearer $(cat ${join(config.home, 'admin-token')})" "${url}"`,
  ];
}
