// What the embedded broker counts.
import type { Metrics } from '../../core/runtime/metrics.ts';

export function brokerMetrics(metrics: Metrics, connections: () => number) {
  const gauge = metrics.gauge('broker_connections', 'Open connections');
  // Read when asked for; nothing has to keep it up to date.
  Object.assign(gauge, { collect: () => gauge.set(connections()) });
  return {
    messages: metrics.counter('broker_messages_total', 'Messages taken from clients'),
    refused: metrics.counter('broker_refused_total', 'Publishes and subscriptions against the rules', [
      'action',
    ]),
    refusedConnections: metrics.counter('broker_refused_connections_total', 'Connections not let in', [
      'reason',
    ]),
    cut: metrics.counter('broker_cut_connections_total', 'Connections ended for what they sent'),
    dropped: metrics.counter('broker_dropped_total', 'Messages dropped for subscribers that do not read'),
  };
}
