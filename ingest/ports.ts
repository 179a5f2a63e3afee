// The parts of store and registry that ingest uses. Small, so that a test can write them by hand.
import type { Registry } from '../core/registry/registry.ts';
import type { TelemetryStore } from '../core/store/port.ts';

export interface IngestStore extends Pick<TelemetryStore, 'series' | 'seriesOf' | 'pointsOfAgent' | 'write'> {
  /** Ingest asks only whether the store keeps its marks itself. */
  readonly marks: object | undefined;
}

export interface IngestRegistry {
  readonly points: Pick<Registry['points'], 'keysOfAgent'>;
  readonly agents: Pick<Registry['agents'], 'putStatus'>;
  readonly rejects: Pick<Registry['rejects'], 'add'>;
  readonly alarms: Pick<Registry['alarms'], 'raise' | 'clear' | 'list'>;
  /** Of readings only with a store that keeps no marks itself; of positions always. */
  readonly marks: Pick<Registry['marks'], 'announce' | 'confirm'>;
}
