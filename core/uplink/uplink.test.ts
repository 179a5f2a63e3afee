// The uplink against an embedded broker with a small ingest behind it.
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Ack, statusSchema } from '../domain/telemetry.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { Metrics } from '../runtime/metrics.ts';
import { FakeIngest } from '../testing/fake-ingest.ts';
import { quick, seeded, series, start, temporaryFolder } from '../testing/uplink-rows.ts';
import { Uplink, type UplinkOptions } from './uplink.ts';

async function startIngest(password?: string): Promise<FakeIngest> {
  const ingest = new FakeIngest(password === undefined ? {} : { password });
  await ingest.start();
  onTestFinished(() => ingest.stop());
  return ingest;
}

function makeUplink(ingest: { readonly url: string }, options: Partial<UplinkOptions> = {}): Uplink {
  const uplink = new Uplink({
    agent: 'a1',
    url: ingest.url,
    password: 'secret',
    outbox: { path: join(temporaryFolder(), 'outbox.sqlite'), limitBytes: 10_000_000 },
    window: 8,
    flushEveryMs: 20,
    batchRows: 100,
    version: '1.2.3',
    clock: systemClock,
    random: seeded(3),
    log: silentLogger,
    ...quick,
    ...options,
  });
  onTestFinished(() => uplink.stop());
  return uplink;
}

async function startUplink(ingest: FakeIngest, options: Partial<UplinkOptions> = {}): Promise<Uplink> {
  const uplink = makeUplink(ingest, options);
  await uplink.start();
  return uplink;
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

/** A logger that keeps its lines. */
function listeningLogger() {
  const lines: { level: number; code?: string; msg: string }[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { log, lines };
}

test('rows and positions that were pushed arrive, and leave the outbox when they are acknowledged', async () => {
  const ingest = await startIngest();
  const uplink = await startUplink(ingest);
  await uplink.push(series('m', 250), [['car', start, 28, 120.6, 60, 90, { fuelL: 40 }]]);
  await uplink.drained();
  expect(ingest.rows).toHaveLength(251);
  expect(ingest.state.get('car 1704038400000')).toBe(
    JSON.stringify(['car', start, 28, 120.6, 60, 90, { fuelL: 40 }]),
  );
  expect(uplink.depth()).toMatchObject({ rows: 0, batches: 0, bytes: 0, oldestTs: null, quarantined: 0 });
});

test('many small pushes travel in few messages', async () => {
  const ingest = await startIngest();
  const uplink = await startUplink(ingest, { flushEveryMs: 100_000, batchRows: 1_000 });
  for (let i = 0; i < 500; i++) await uplink.push(series(`p${i}`, 2));
  await uplink.drained();
  expect(ingest.rows).toHaveLength(1_000);
  expect(ingest.arrivals).toHaveLength(1);
});

test('a partial batch goes by itself when the line is free', async () => {
  const ingest = await startIngest();
  const uplink = await startUplink(ingest);
  await uplink.push(series('m', 3));
  await until(() => expect(ingest.rows).toHaveLength(3));
});

test('without a broker small pushes gather into full batches instead of many small ones', async () => {
  const uplink = makeUplink({ url: 'mqtt://127.0.0.1:1' }, { flushEveryMs: 1 });
  await uplink.start();
  for (let i = 0; i < 50; i++) {
    await uplink.push(series(`p${i}`, 4));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(uplink.depth()).toMatchObject({ rows: 200, batches: 2 });
});

test('a discarded batch is sent again with the same bytes until it is acknowledged', async () => {
  const ingest = await startIngest();
  ingest.verdict = (_arrival, nth) => (nth < 4 ? 'discard' : 'ack');
  const uplink = await startUplink(ingest);
  await uplink.push(series('m', 10));
  await uplink.drained();
  expect(ingest.arrivals).toHaveLength(4);
  expect(new Set(ingest.arrivals.map(({ payload }) => payload)).size).toBe(1);
});

test('a lost acknowledgement costs a repetition, not a row', async () => {
  const ingest = await startIngest();
  ingest.verdict = (_arrival, nth) => (nth === 1 ? 'silent' : 'ack');
  const uplink = await startUplink(ingest);
  await uplink.push(series('m', 300));
  await uplink.drained();
  expect(ingest.state.size).toBe(300);
  expect(new Map(ingest.arrivals.map(({ id, payload }) => [id, payload])).size).toBe(3);
});

test('no more batches than the window are under way, and both ends of the backlog are served', async () => {
  const ingest = await startIngest();
  const answers: (() => void)[] = [];
  let open = 0;
  let most = 0;
  ingest.verdict = () => {
    open += 1;
    most = Math.max(most, open);
    return new Promise((resolve) =>
      answers.push(() => {
        open -= 1;
        resolve('ack');
      }),
    );
  };
  const uplink = makeUplink(ingest, { window: 6, resend: { ...quick.resend, answerMs: 60_000 } });
  const offline = makeUplink({ url: 'mqtt://127.0.0.1:1' });
  expect(offline.connected).toBe(false);
  await uplink.start();
  await uplink.push(series('m', 4_000));
  // The window opens with the first answers.
  while (most < 6) {
    await until(() => expect(answers.length).toBeGreaterThan(0));
    answers.shift()?.();
  }
  await until(() => expect(answers.length).toBe(6));
  const numbers = ingest.arrivals.map(({ id }) => Number.parseInt(id.split('-')[1] ?? '', 36));
  const fromTheEnd = numbers.filter((n) => n > 20).length;
  expect(Math.abs(fromTheEnd - numbers.length / 2)).toBeLessThanOrEqual(1.5);
  expect(Math.max(...numbers)).toBe(40);
  expect(Math.min(...numbers)).toBe(1);
  ingest.verdict = () => 'ack';
  for (const answer of answers.splice(0)) answer();
  await uplink.drained();
  expect(most).toBe(6);
});

test('unknown and malformed acknowledgements are ignored, and a batch of an earlier start is known', async () => {
  const ingest = await startIngest();
  ingest.verdict = () => 'discard';
  const outbox = { path: join(temporaryFolder(), 'outbox.sqlite'), limitBytes: 10_000_000 };
  const first = await startUplink(ingest, { outbox });
  await first.push(series('m', 10));
  await until(() => expect(ingest.arrivals.length).toBeGreaterThan(0));
  await first.stop();
  const id = ingest.arrivals[0]?.id ?? '';

  const second = await startUplink(ingest, { outbox, resend: { ...quick.resend, answerMs: 60_000 } });
  await until(() => expect(second.connected).toBe(true));
  for (const bad of [
    '',
    '{',
    '[]',
    '{"ids":5}',
    JSON.stringify({ ids: ['other-1', `${id}x`, '__proto__'] }),
  ]) {
    ingest.publishAck('a1', bad);
  }
  await second.push(series('n', 1));
  expect(second.depth().rows).toBe(11);
  ingest.publishAck('a1', { ids: [id, id], rejected: [], rejectedCount: 0 });
  await until(() => expect(second.depth().rows).toBe(1));
});

test('a batch that five times finds no answer while others do is set aside, reported, and sent again only by command', async () => {
  const ingest = await startIngest();
  const poisoned = (batch: { readings: readonly unknown[][] }) =>
    batch.readings.some(([point]) => point === 'poison');
  ingest.verdict = ({ batch }) => (poisoned(batch) ? 'discard' : 'ack');
  const uplink = await startUplink(ingest, { batchRows: 10 });
  await uplink.push(series('poison', 10));
  const live = setInterval(() => void uplink.push(series(`live${Math.random()}`, 10)), 5);
  onTestFinished(() => clearInterval(live));
  await until(() => expect(uplink.depth().quarantined).toBe(1));
  clearInterval(live);
  await uplink.drained();
  const tries = () => ingest.arrivals.filter(({ batch }) => poisoned(batch)).length;
  expect(tries()).toBeGreaterThanOrEqual(5);
  const before = tries();
  expect(uplink.quarantined()).toHaveLength(1);
  await until(() => {
    expect(ingest.statuses.at(-1)?.message).toMatchObject({ state: 'online', quarantinedBatches: 1 });
  });
  expect(tries()).toBe(before);
  ingest.verdict = () => 'ack';
  expect(uplink.requeueQuarantined()).toBe(1);
  await uplink.drained();
  expect(uplink.depth()).toMatchObject({ quarantined: 0, rows: 0 });
  expect(ingest.state.has(`poison electricity ${start}`)).toBe(true);
});

test('when ingest answers nobody, nothing is quarantined, however long it takes', async () => {
  const ingest = await startIngest();
  ingest.verdict = () => 'discard';
  const uplink = await startUplink(ingest, {
    window: 4,
    resend: { ...quick.resend, answerMs: 5, firstMs: 1, probeMaxMs: 3 },
  });
  await uplink.push(series('m', 2_000));
  await until(() => expect(ingest.arrivals.length).toBeGreaterThan(120));
  expect(uplink.depth()).toMatchObject({ rows: 2_000, quarantined: 0 });
  ingest.verdict = () => 'ack';
  await uplink.drained();
  expect(ingest.state.size).toBe(2_000);
});

test('refused rows are handed to the listener and counted, and the batch is done', async () => {
  const ingest = await startIngest();
  const refusal = { list: 'readings', index: 0, code: 'row.future', message: 'an hour ahead' } as const;
  ingest.verdict = ({ id }) => ({ ack: { rejected: [{ id, ...refusal }], rejectedCount: 250 } });
  const metrics = new Metrics();
  const { log, lines } = listeningLogger();
  const uplink = await startUplink(ingest, { metrics, log });
  const heard: Ack[] = [];
  uplink.onRejected((ack) => heard.push(ack));
  await uplink.push(series('m', 300));
  await uplink.drained();
  expect(heard.map(({ rejectedCount }) => rejectedCount)).toEqual([250, 250, 250]);
  expect(heard[0]?.rejected[0]?.code).toBe('row.future');
  expect(lines.filter(({ code }) => code === 'row.future')).toHaveLength(1);
  expect(await metrics.text()).toContain('jieyue_uplink_rows_rejected_total{agent="a1"} 750');
});

test('pushes survive a broker that comes and goes', async () => {
  const ingest = await startIngest();
  const uplink = await startUplink(ingest);
  const pushes: Promise<void>[] = [];
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 20; i++) pushes.push(uplink.push(series(`r${round}.${i}`, 30)));
    await until(() => expect(ingest.rows.length).toBeGreaterThan(round * 100));
    if (round % 2 === 0) ingest.cut();
    else {
      await ingest.stop();
      await until(() => expect(uplink.connected).toBe(false));
      await ingest.start();
    }
  }
  await Promise.all(pushes);
  await uplink.drained();
  expect(ingest.state.size).toBe(2_400);
});

test('a batch for which the broker breaks the connection is quarantined, and the others arrive', async () => {
  const ingest = await startIngest();
  ingest.broker.authorizePublish = (_client, packet, done) => {
    done(packet.payload.toString().includes('"deadly"') ? new Error('no') : null);
  };
  const uplink = await startUplink(ingest, { batchRows: 10 });
  const live = setInterval(() => void uplink.push(series(`live${Math.random()}`, 10)), 20);
  onTestFinished(() => clearInterval(live));
  await uplink.push(series('deadly', 10));
  await until(() => expect(uplink.depth().quarantined).toBe(1));
  clearInterval(live);
  await uplink.drained();
  expect(uplink.quarantined()).toHaveLength(1);
});

test('drained rejects when it is aborted or the uplink is stopped, and resolves at once when nothing waits', async () => {
  const ingest = await startIngest();
  const uplink = await startUplink(ingest);
  await uplink.drained();
  ingest.verdict = () => 'discard';
  await uplink.push(series('m', 5));
  const abort = new AbortController();
  const aborted = uplink.drained(abort.signal);
  abort.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  await expect(uplink.drained(abort.signal)).rejects.toThrow('enough');
  const stopped = expect(uplink.drained()).rejects.toMatchObject({ code: 'broker.unreachable' });
  await uplink.stop();
  await uplink.stop();
  await stopped;
});

test('an uplink that was never started, or whose start failed, can be stopped, and refuses pushes with a code', async () => {
  const uplink = makeUplink({ url: 'mqtt://127.0.0.1:1' });
  await expect(uplink.push(series('m', 1))).rejects.toMatchObject({ code: 'outbox.disk' });
  await uplink.stop();
  const broken = makeUplink(
    { url: 'mqtt://127.0.0.1:1' },
    { outbox: { path: '/dev/null/x', limitBytes: 1 } },
  );
  await expect(broken.start()).rejects.toMatchObject({ code: 'outbox.disk' });
  await broken.stop();
});

test('a full outbox is refused with a code, alarmed in status from 80 % on, and over below 70 %', async () => {
  const ingest = await startIngest();
  ingest.verdict = () => 'discard';
  const { log, lines } = listeningLogger();
  const outbox = { path: join(temporaryFolder(), 'outbox.sqlite'), limitBytes: 30_000 };
  const uplink = await startUplink(ingest, { outbox, log });
  await expect(
    (async () => {
      for (let i = 0; i < 1_000; i++) await uplink.push(series(`p${i}`, 20));
    })(),
  ).rejects.toMatchObject({ code: 'outbox.full' });
  await until(() => {
    expect(ingest.statuses.at(-1)?.message).toMatchObject({ outbox: { nearFull: true, refusedRows: 20 } });
  });
  expect(lines.some(({ msg }) => msg.includes('80 %'))).toBe(true);
  ingest.verdict = () => 'ack';
  await uplink.drained();
  expect(uplink.depth().nearFull).toBe(false);
  await uplink.push(series('again', 20));
});

test('a full disk is told in status and log, sending and acknowledging go on, and pushes are taken again afterwards', async () => {
  const ingest = await startIngest();
  const { log, lines } = listeningLogger();
  ingest.verdict = () => 'discard';
  const uplink = await startUplink(ingest, { log });
  uplink.limitPages(60);
  await expect(
    (async () => {
      for (let i = 0; i < 1_000; i++) await uplink.push(series(`p${i}`, 100));
    })(),
  ).rejects.toMatchObject({ code: 'outbox.disk' });
  const kept = uplink.depth().rows;
  expect(kept).toBeGreaterThan(0);
  await until(() => {
    const message = statusSchema.parse(ingest.statuses.at(-1)?.message);
    expect(message.outbox.fault).toContain('free space');
  });
  expect(lines.filter(({ code }) => code === 'outbox.disk').length).toBe(1);
  ingest.verdict = () => 'ack';
  await uplink.drained();
  expect(ingest.state.size).toBe(kept);
  uplink.limitPages(100_000);
  await uplink.push(series('again', 100));
  await uplink.drained();
  expect(uplink.depth()).toMatchObject({ rows: 0, fault: undefined, refusedRows: 100 });
});

test('status is retained, says online at connect and offline at the end, by itself or as the last will', async () => {
  const ingest = await startIngest();
  const uplink = makeUplink(ingest);
  let state: 'ok' | 'silent' = 'ok';
  uplink.setSourceHealth(() => [
    {
      name: 'meters',
      protocol: 'modbus-tcp',
      state,
      devices: 3,
      devicesSilent: 0,
      lastReadAt: start,
      fault: null,
    },
  ]);
  await uplink.start();
  await until(() => expect(ingest.statuses).toHaveLength(1));
  const first = statusSchema.parse(ingest.statuses[0]?.message);
  expect(ingest.statuses[0]).toMatchObject({ agent: 'a1', retain: true });
  expect(first).toMatchObject({
    state: 'online',
    version: '1.2.3',
    sources: [{ name: 'meters', state: 'ok' }],
  });
  state = 'silent';
  await until(() =>
    expect(ingest.statuses.at(-1)?.message).toMatchObject({ sources: [{ state: 'silent' }] }),
  );
  ingest.cut();
  await until(() => {
    expect(ingest.statuses.some(({ message }) => statusSchema.parse(message).state === 'offline')).toBe(true);
    expect(ingest.statuses.at(-1)?.message).toMatchObject({ state: 'online' });
  });
  await uplink.stop();
  expect(ingest.statuses.at(-1)).toMatchObject({ retain: true, message: { state: 'offline' } });
});

test('a password that the broker learns late is taken soon after, though refusals are answered by ever longer pauses', async () => {
  const ingest = await startIngest('right');
  const attempts: number[] = [];
  ingest.broker.on('clientError', () => undefined);
  ingest.broker.on('connectionError', () => undefined);
  const authenticate = ingest.broker.authenticate;
  ingest.broker.authenticate = (client, user, password, done) => {
    attempts.push(performance.now());
    if (attempts.length < 5) authenticate(client, user, Buffer.from('not yet'), done);
    else authenticate(client, user, password, done);
  };
  const reconnect = { ...quick.reconnect, credentialsFirstMs: 20, credentialsMs: 3_600_000 };
  const uplink = await startUplink(ingest, { password: 'right', reconnect, random: () => 0.5 });
  await until(() => expect(uplink.connected).toBe(true));
  const pauses = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
  expect(pauses).toHaveLength(4);
  for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThan(20 * 2 ** index - 2);
});

test('a wrong password gives one line in the log and slow retries, and a broker that is away another', async () => {
  const ingest = await startIngest('right');
  const { log, lines } = listeningLogger();
  let attempts = 0;
  ingest.broker.on('connectionError', () => undefined);
  ingest.broker.on('clientError', () => undefined);
  const authenticate = ingest.broker.authenticate;
  ingest.broker.authenticate = (client, user, password, done) => {
    attempts += 1;
    authenticate(client, user, password, done);
  };
  const uplink = await startUplink(ingest, { log, password: 'wrong-password' });
  await until(() => expect(attempts).toBeGreaterThanOrEqual(3));
  const refused = lines.filter(({ code }) => code === 'agent.credentials');
  expect(refused).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain('wrong-password');
  expect(uplink.connected).toBe(false);
  await uplink.stop();

  const other = listeningLogger();
  const alone = makeUplink({ url: 'mqtt://user:hidden@127.0.0.1:1' }, { log: other.log });
  await alone.start();
  await until(() => expect(other.lines.some(({ code }) => code === 'broker.unreachable')).toBe(true));
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(other.lines).toHaveLength(1);
  expect(JSON.stringify(other.lines)).not.toContain('hidden');
});
