// The import itself: look the file through, register its point, send it, wait until ingest has it on disk.
import { readFileSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { isJieyueError, JieyueError } from '../../core/domain/errors.ts';
import type { Rejection } from '../../core/domain/telemetry.ts';
import { text } from '../../core/domain/texts.ts';
import { pointKey, pointPattern } from '../../core/domain/topics.ts';
import type { Quantity } from '../../core/domain/units.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { underHome } from '../../core/runtime/config.ts';
import { Services } from '../../core/runtime/lifecycle.ts';
import { Uplink, type UplinkOptions } from '../../core/uplink/uplink.ts';
import { type CsvOptions, readCsv } from '../../edge-agent/sources/file/read-csv.ts';
import { ensureAgent } from '../agent-credential.ts';
import { brokerAccess, makeRegistry } from '../parts.ts';
import type { Surroundings } from '../settings.ts';
import { version } from '../version.ts';
import { sayOfCommands } from '../words.ts';
import { registeredIntervals, registerPoint } from './registration.ts';
import { faultLines, outcomeLines, shownLines } from './report.ts';
import { type IntervalLength, intervalLength } from './spacing.ts';
import { type Survey, survey } from './survey.ts';

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
  /** Length of an interval reading, or how often a register was read, ms. `undefined`: as registered, else as the file tells. */
  readonly intervalMs: number | undefined;
  /** `undefined`: as registered. */
  readonly multiplier: number | undefined;
  readonly building: string | undefined;
  readonly timeoutMs: number;
  /** Where the progress bar is drawn. */
  readonly screen: NodeJS.WriteStream;
  /** Other settings of the uplink, for tests. */
  readonly uplink?: Partial<Pick<UplinkOptions, 'batchRows' | 'resend' | 'window'>>;
}

export interface ImportResult {
  readonly readings: number;
  readonly faults: number;
  readonly refused: number;
  /** Rows that found no answer and wait in the outbox, those of an earlier import included. */
  readonly quarantined: number;
  /** Every row of the file is stored, and no row of an earlier import waits. */
  readonly complete: boolean;
  /** What a person is told, line by line. */
  readonly lines: readonly string[];
}

const batchRows = 1_000;
const outboxLimitBytes = 2 * 1024 ** 3;

/**
 * Sends a file. Repeating it, or sending its rows in another order, changes nothing.
 * @throws JieyueError `import.file` for a file that cannot be read as described; `import.interval` where its times contradict the
 * interval; `agent.credentials` for an agent that sends from elsewhere, or that the broker does not let in; `broker.unreachable`
 * when the last acknowledgement does not come in time (the rows wait in the outbox, and the next import sends them).
 */
export async function runImport(around: Surroundings, options: ImportOptions): Promise<ImportResult> {
  const { config, log } = around;
  if (!pointPattern.test(options.point)) {
    throw new JieyueError('row.point', sayOfCommands('import.point', { point: options.point }));
  }
  const seen = await survey(csvOptions(options));
  const counts = { readings: seen.readings, faults: seen.faultCount };
  if (seen.readings === 0) {
    return {
      ...counts,
      refused: 0,
      quarantined: 0,
      complete: false,
      lines: faultLines(seen, config),
    };
  }
  const registry = makeRegistry(around);
  const services = new Services(log);
  await services.start(registry);
  try {
    const interval = await intervalOf(registry, options, seen);
    const password = await ensureAgent(config, registry, options.agent);
    await register(registry, around, options, seen, interval);
    const uplink = makeUplink(around, options, password);
    const rejections: Rejection[] = [];
    let refused = 0;
    uplink.onRejected((ack) => {
      refused += ack.rejectedCount;
      rejections.push(...(ack.rejected as Rejection[]).slice(0, shownLines - rejections.length));
    });
    const refusal = new AbortController();
    uplink.onRefusedByBroker((fault) => refusal.abort(fault));
    await services.start(uplink);
    const earlier = new Set(uplink.quarantined().map(({ id }) => id));
    const requeued = uplink.requeueQuarantined();
    await send(uplink, around, options, seen, refusal.signal);
    const quarantined = uplink.quarantined();
    const fresh = quarantined.filter(({ id }) => !earlier.has(id));
    const outcome = {
      survey: seen,
      onDisk: Math.max(0, seen.readings - refused - rowsOf(fresh)),
      batches: Math.ceil(seen.readings / (options.uplink?.batchRows ?? batchRows)) - fresh.length,
      requeued,
      refused,
      rejections,
      quarantined,
      interval,
    };
    const lines = outcomeLines(around, options, outcome);
    const complete = counts.faults + refused + quarantined.length === 0;
    return { ...counts, refused, quarantined: rowsOf(quarantined), complete, lines };
  } finally {
    await services.stop();
  }
}

/** `undefined` where no column holds intervals. */
async function intervalOf(
  registry: Registry,
  { agent, point, intervalMs }: ImportOptions,
  seen: Survey,
): Promise<IntervalLength | undefined> {
  if (seen.spacings.size === 0) return undefined;
  const registered = await registeredIntervals(registry, pointKey(agent, point), seen);
  return intervalLength(seen.spacings, { stated: intervalMs, registered });
}

async function register(
  registry: Registry,
  { calendar }: Surroundings,
  options: ImportOptions,
  seen: Survey,
  interval: IntervalLength | undefined,
): Promise<void> {
  // What was registered, or only assumed, is not stated anew.
  const tells = interval?.source === 'stated' || interval?.source === 'file';
  await registerPoint(
    registry,
    calendar,
    {
      key: pointKey(options.agent, options.point),
      name: options.name,
      quantities: Object.values(options.columns),
      building: options.building,
      span: seen,
      intervalLengthMs: tells ? interval.lengthMs : undefined,
      expectedIntervalMs: options.intervalMs,
      multiplier: options.multiplier,
    },
    systemClock.now(),
    { author: `agent ${options.agent}`, reason: `import of ${options.file}` },
  );
}

function makeUplink({ config, log }: Surroundings, { agent, uplink }: ImportOptions, password: string) {
  const access = brokerAccess(config);
  return new Uplink({
    agent,
    url: access.url,
    ca: access.ca === undefined ? undefined : readFileSync(access.ca),
    password,
    outbox: { path: underHome(config, `outbox-${agent}.sqlite`), limitBytes: outboxLimitBytes },
    window: 16,
    flushEveryMs: 200,
    batchRows,
    version,
    clock: systemClock,
    random: Math.random,
    log,
    ...uplink,
  });
}

/** Resolves when every row is acknowledged, or quarantined. `refusal` aborts when the broker does not let the agent in. */
async function send(
  uplink: Uplink,
  { config }: Surroundings,
  options: ImportOptions,
  seen: Survey,
  refusal: AbortSignal,
): Promise<void> {
  const bar = new SingleBar({
    format: `${text(config.language, 'import.sending')} {bar} {percentage}% {value}/{total}`,
    stream: options.screen,
    noTTYOutput: false,
    hideCursor: true,
  });
  const deadline = AbortSignal.timeout(options.timeoutMs);
  let pushed = 0;
  const progress = () => bar.update(Math.max(0, pushed - uplink.depth().rows));
  bar.start(seen.readings, 0);
  const timer = setInterval(progress, 200);
  try {
    for await (const { readings } of readCsv(csvOptions(options))) {
      refusal.throwIfAborted();
      await uplink.push(readings);
      pushed += readings.length;
    }
    await uplink.drained(AbortSignal.any([deadline, refusal]));
    bar.update(seen.readings - uplink.depth().quarantinedRows);
  } catch (error) {
    if (refusal.aborted) throw refusedByBroker(refusal.reason, options.agent);
    if (!deadline.aborted || isJieyueError(error, 'outbox.full')) throw error;
    const { rows } = uplink.depth();
    throw new JieyueError(
      'broker.unreachable',
      sayOfCommands('import.unanswered', { rows, seconds: options.timeoutMs / 1000 }),
    );
  } finally {
    clearInterval(timer);
    bar.stop();
  }
}

/** A fresh agent is not known yet to a Mosquitto, which has its agents from a file. */
function refusedByBroker(fault: unknown, agent: string): JieyueError {
  return new JieyueError(
    'agent.credentials',
    `${fault instanceof Error ? fault.message : String(fault)}. A Mosquitto knows agent "${agent}" when its password file ` +
      'is written anew: in the city deployment `docker compose run --rm broker-access`, elsewhere `jieyue broker mosquitto` and ' +
      'a SIGHUP. Ten seconds later import the file again',
    { cause: fault },
  );
}

function rowsOf(batches: readonly { readonly rows: number }[]): number {
  return batches.reduce((sum, { rows }) => sum + rows, 0);
}

function csvOptions(options: ImportOptions): CsvOptions {
  const { file, point, zone, timeColumn, columns, delimiter } = options;
  return { path: file, point, zone, timeColumn, columns, delimiter };
}
