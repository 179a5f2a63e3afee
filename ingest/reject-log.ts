// Keeps refused rows in the registry, where people can look at them. Limited per agent, so that a flood of rubbish
// neither fills the disk nor slows ingest: what is not kept is still counted and still reported in the acknowledgement.
import type { RejectInput } from '../core/registry/registry.ts';
import type { Clock } from '../core/runtime/clock.ts';
import type { Logger } from '../core/runtime/logger.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { IngestRegistry } from './ports.ts';

/** Refused rows of one agent that are kept in a minute. */
const keptPerMinute = 200;
const rowCharacters = 1_000;
const minuteMs = 60_000;

export class RejectLog {
  readonly #registry: Pick<IngestRegistry, 'rejects'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #metrics: IngestMetrics;
  readonly #kept = new Map<string, { minute: number; count: number }>();
  #waiting: RejectInput[] = [];

  constructor(options: {
    registry: Pick<IngestRegistry, 'rejects'>;
    clock: Clock;
    log: Logger;
    metrics: IngestMetrics;
  }) {
    this.#registry = options.registry;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#metrics = options.metrics;
  }

  /** Notes a refused row for the next `flush()`; `row` is the value as it came, or text. */
  note(agent: string, rejection: RejectInput['rejection'], row: unknown): void {
    if (this.#mayKeep(agent)) this.#waiting.push({ agent, ...placeless(rejection, row) });
    else this.#metrics.rejectsNotKept.inc();
  }

  /** Writes what was noted. A registry that does not answer costs the record, not the acknowledgement. */
  async flush(): Promise<void> {
    const inputs = this.#waiting;
    if (inputs.length === 0) return;
    this.#waiting = [];
    try {
      await this.#registry.rejects.add(inputs, this.#clock.now());
    } catch (error) {
      this.#metrics.rejectsNotKept.inc(inputs.length);
      this.#log.error({ err: error, rows: inputs.length }, 'refused rows could not be kept');
    }
  }

  #mayKeep(agent: string): boolean {
    const minute = Math.floor(this.#clock.now() / minuteMs);
    const kept = this.#kept.get(agent);
    if (kept?.minute !== minute) {
      this.#kept.set(agent, { minute, count: 1 });
      return true;
    }
    kept.count++;
    return kept.count <= keptPerMinute;
  }
}

/**
 * Where a car was is not for those who look after refused rows, and is kept no longer than positions are: of a position stay the vehicle
 * and the time, of a whole batch what comes before its positions.
 */
function placeless(rejection: RejectInput['rejection'], row: unknown): Omit<RejectInput, 'agent'> {
  if (rejection.list === 'batch') {
    // Of what is not JSON, the words of the fault quote a piece.
    const message = rejection.message.replace(/,? (\.\.\.)?"[\s\S]*$/, '');
    const known = rejection.code === 'batch.not-json' ? { ...rejection, message } : rejection;
    const text = rowText(row).replace(/"positions"\s*:\s*(?!\[\s*\])[\s\S]*$/, '"positions": …');
    return { rejection: known, row: text };
  }
  if (rejection.list === 'readings') return { rejection, row: rowText(row) };
  const [vehicle, ts] = Array.isArray(row) ? (row as readonly unknown[]) : [];
  const known = [typeof vehicle === 'string' ? vehicle : null, Number.isSafeInteger(ts) ? ts : null];
  const kept = rowText(known).replace(/]$/, ',…]');
  if (rejection.code !== 'row.position') return { rejection, row: kept };
  const message = 'a position needs lat, lon, speed 0..500, course 0..360 and known extras';
  return { rejection: { ...rejection, message }, row: kept };
}

function rowText(row: unknown): string {
  let text: string;
  try {
    text = typeof row === 'string' ? row : (JSON.stringify(row) ?? String(row));
  } catch {
    // nested deeper than JSON.stringify can go
    text = '(cannot be shown)';
  }
  return text.slice(0, rowCharacters);
}
