// What sources of an agent are and did, for Prometheus: asked of them when somebody looks.
import type { Metrics } from '../core/runtime/metrics.ts';
import type { Source } from './sources/source.ts';

interface OfAgent {
  readonly agent: string;
  readonly sources: readonly Source[];
}

const known = new WeakMap<Metrics, Set<OfAgent>>();

/** Several agents of one process share the metrics. @returns ends it */
export function showSources(metrics: Metrics, of: OfAgent): () => void {
  const agents = known.get(metrics) ?? new Set();
  if (!known.has(metrics)) {
    known.set(metrics, agents);
    define(metrics, agents);
  }
  agents.add(of);
  return () => agents.delete(of);
}

function define(metrics: Metrics, agents: ReadonlySet<OfAgent>): void {
  const labels = ['agent', 'source'] as const;
  const gauge = (name: string, help: string, read: (source: Source) => number | null) => {
    const made = metrics.gauge(name, help, labels);
    const collect = () => {
      made.reset();
      for (const { agent, sources } of agents)
        for (const source of sources) {
          const value = read(source);
          if (value !== null) made.set({ agent, source: source.name }, value);
        }
    };
    Object.assign(made, { collect });
  };
  gauge(
    'source_up',
    '1 while a source hears something, also where some of its devices are silent',
    (source) => (['ok', 'degraded'].includes(source.health().state) ? 1 : 0),
  );
  gauge('source_devices', 'Devices of a source', (source) => source.health().devices);
  gauge('source_devices_silent', 'Of those, silent ones', (source) => source.health().devicesSilent);
  gauge('source_last_read_timestamp_seconds', 'When a source last read something', (source) => {
    const { lastReadAt } = source.health();
    return lastReadAt === null ? null : lastReadAt / 1000;
  });
  const events = metrics.counter('source_events_total', 'What a source counts, by kind', [
    ...labels,
    'event',
  ]);
  const collect = () => {
    events.reset();
    for (const { agent, sources } of agents)
      for (const source of sources)
        for (const [event, count] of Object.entries(source.counts?.() ?? {}))
          events.inc({ agent, source: source.name, event }, count);
  };
  Object.assign(events, { collect });
}
