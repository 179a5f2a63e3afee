// The look over a file before anything is sent: what it holds, how far apart it stands, every row that is not right.
import { quantities } from '../../core/domain/units.ts';
import { type CsvOptions, type RowFault, readCsv } from '../../edge-agent/sources/file/read-csv.ts';
import { type Spacing, TimeSample } from './spacing.ts';

export interface Survey {
  readonly readings: number;
  readonly emptyCells: number;
  /** The first ones, as many as anybody reads; and how many there are. */
  readonly faults: readonly RowFault[];
  readonly faultCount: number;
  /** Times of the first and the last reading; infinite, the wrong way round, without readings. */
  readonly from: number;
  readonly to: number;
  /** By column, for those that hold intervals. */
  readonly spacings: ReadonlyMap<string, Spacing | undefined>;
}

/** Faults that are kept with their line. */
const keptFaults = 100;

/** @throws JieyueError `import.file` */
export async function survey(options: CsvOptions): Promise<Survey> {
  let readings = 0;
  let emptyCells = 0;
  let from = Infinity;
  let to = -Infinity;
  let faultCount = 0;
  const faults: RowFault[] = [];
  const intervals = Object.entries(options.columns).filter(
    ([, name]) => quantities[name].kind === 'interval',
  );
  const samples = new Map(intervals.map(([, name]) => [name, new TimeSample()]));
  for await (const chunk of readCsv(options)) {
    readings += chunk.readings.length;
    emptyCells += chunk.emptyCells;
    faultCount += chunk.faults.length;
    faults.push(...chunk.faults.slice(0, keptFaults - faults.length));
    for (const [, name, ts] of chunk.readings) {
      samples.get(name)?.add(ts);
      from = Math.min(from, ts);
      to = Math.max(to, ts);
    }
  }
  const spacings = new Map(intervals.map(([column, name]) => [column, samples.get(name)?.spacing()]));
  return { readings, emptyCells, faults, faultCount, from, to, spacings };
}
