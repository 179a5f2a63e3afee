import { describe, expect, it } from 'vitest';
import type { Rejection } from '../core/domain/telemetry.ts';
import type { RejectInput } from '../core/registry/registry.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { ingestMetrics } from './ingest-metrics.ts';
import { RejectLog } from './reject-log.ts';

async function kept(list: Rejection['list'], code: Rejection['code'], row: unknown): Promise<RejectInput> {
  const found: RejectInput[] = [];
  const log = new RejectLog({
    registry: {
      rejects: {
        async add(inputs: readonly RejectInput[]) {
          found.push(...inputs);
        },
      },
    } as ConstructorParameters<typeof RejectLog>[0]['registry'],
    clock: { now: () => 0 },
    log: silentLogger,
    metrics: ingestMetrics(new Metrics()),
  });
  const message =
    list === 'batch'
      ? `the payload is not JSON: ${brokenWords()}`
      : 'position 30.1234, 104.5678, 900, 90 of vehicle "c1"';
  log.note('a', { id: 'b', list, index: 0, code, message }, row);
  await log.flush();
  const [only] = found;
  if (only === undefined) throw new Error('nothing was kept');
  return only;
}

/** What V8 says of a payload that breaks off within a position. */
function brokenWords(): string {
  try {
    JSON.parse('{"positions":[["c1",1,30.1234,104.5678x,1,1,{}]]}');
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('that is JSON');
}

describe('what is kept of a refused row', () => {
  it('never says where a car was', async () => {
    const position = ['c1', 1_700_000_000_000, 30.1234, 104.5678, 900, 90, {}];
    const envelope = JSON.stringify({
      id: 'b',
      sentAt: 1,
      readings: [['m', 'power', 1, 2]],
      positions: [position],
    });
    const all = [
      await kept('positions', 'row.position', position),
      await kept('positions', 'row.position', { lat: 30.1234, lon: 104.5678 }),
      await kept('positions', 'row.position', [['c1', 30.1234], 104.5678]),
      await kept('batch', 'batch.not-json', envelope),
      await kept('batch', 'batch.not-json', envelope.slice(0, -3)),
    ];
    expect(JSON.stringify(all)).not.toMatch(/30\.12|104\.56/);
    expect(all[0]).toMatchObject({
      row: '["c1",1700000000000,…]',
      rejection: { code: 'row.position', index: 0 },
    });
    expect(all[3]?.row).toBe('{"id":"b","sentAt":1,"readings":[["m","power",1,2]],"positions": …');
  });

  it('is the whole of a reading, and which car and when of a position whose clock is wrong', async () => {
    expect((await kept('readings', 'row.value', ['m', 'power', 1, 'x'])).row).toBe('["m","power",1,"x"]');
    const ahead = await kept('positions', 'row.future', ['c1', 1_800_000_000_000, 30.1, 104.5, 1, 1, {}]);
    expect(ahead.row).toBe('["c1",1800000000000,…]');
  });
});
