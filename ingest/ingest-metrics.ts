// What ingest counts (Prometheus names start with `jieyue_ingest_`).
import type { Metrics } from '../core/runtime/metrics.ts';

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type IngestMetrics = ReturnType<typeof ingestMetrics>;

export function ingestMetrics(metrics: Metrics) {
  return {
    messages: metrics.counter('ingest_messages_total', 'Batches that came from the broker'),
    readings: metrics.counter('ingest_readings_total', 'Readings written'),
    positions: metrics.counter('ingest_positions_total', 'Positions written'),
    rejected: metrics.counter('ingest_rejected_total', 'Rows and batches refused, by code', ['code']),
    rejectsNotKept: metrics.counter(
      'ingest_rejects_not_kept_total',
      'Refusals reported and counted, yet not kept in the registry (limit per agent and minute)',
    ),
    discarded: metrics.counter('ingest_discarded_total', 'Messages dropped unacknowledged, by reason', [
      'reason',
    ]),
    duplicates: metrics.counter(
      'ingest_duplicates_total',
      'Batches that came again, by what became of them',
      ['state'],
    ),
    queueRows: metrics.gauge('ingest_queue_rows', 'Rows that wait, estimated by size'),
    queueBytes: metrics.gauge('ingest_queue_bytes', 'Bytes that wait'),
    writeSeconds: metrics.histogram('ingest_write_seconds', 'One write to the store', seconds),
    ackSeconds: metrics.histogram('ingest_ack_seconds', 'From arrival to acknowledgement', seconds),
    acksDropped: metrics.counter(
      'ingest_acks_dropped_total',
      'Acknowledgements not sent: broker away or slow',
    ),
    storeUp: metrics.gauge('ingest_store_up', '1 while the store takes writes'),
    connected: metrics.gauge('ingest_broker_connected', '1 while subscribed at the broker'),
  };
}
