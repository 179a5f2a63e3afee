// What an uplink counts for Prometheus. Several uplinks of one process share the metrics, told apart by agent.
import type { Metrics } from '../runtime/metrics.ts';

export type UplinkMetrics = ReturnType<typeof create>;

const known = new WeakMap<Metrics, UplinkMetrics>();

export function uplinkMetrics(metrics: Metrics): UplinkMetrics {
  const existing = known.get(metrics);
  if (existing) return existing;
  const made = create(metrics);
  known.set(metrics, made);
  return made;
}

function create(metrics: Metrics) {
  const agent = ['agent'] as const;
  return {
    pushed: metrics.counter('uplink_rows_pushed_total', 'Rows made durable in the outbox', agent),
    refused: metrics.counter(
      'uplink_rows_refused_total',
      'Rows the outbox refused: full, or its disk failed',
      agent,
    ),
    sent: metrics.counter('uplink_batches_sent_total', 'Batches sent, repetitions included', agent),
    resent: metrics.counter('uplink_batches_resent_total', 'Batches sent again for want of an answer', agent),
    acked: metrics.counter('uplink_batches_acked_total', 'Batches that ingest acknowledged', agent),
    rejected: metrics.counter('uplink_rows_rejected_total', 'Rows that ingest refused, with a reason', agent),
    badAcks: metrics.counter('uplink_bad_acks_total', 'Acknowledgements that could not be read', agent),
    rows: metrics.gauge('uplink_outbox_rows', 'Rows that wait for their acknowledgement', agent),
    bytes: metrics.gauge('uplink_outbox_bytes', 'Bytes in the outbox', agent),
    quarantined: metrics.gauge('uplink_quarantined_batches', 'Batches set aside', agent),
    connected: metrics.gauge('uplink_connected', '1 while connected to the broker', agent),
  };
}
