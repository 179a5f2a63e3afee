// From payload to acknowledgement: queue, look, write, mark, acknowledge. While the store commits one group, the next is
// looked at. Nothing is acknowledged that is not durable, and nothing durable is left unmarked.
import type { Clock } from '../core/runtime/clock.ts';
import type { Logger } from '../core/runtime/logger.ts';
import { Acks } from './acks.ts';
import { type Agent, AgentBook } from './agent-book.ts';
import type { AlarmDesk } from './alarm-desk.ts';
import { BatchIds, type BatchKey, batchKey, peekId } from './batch-ids.ts';
import { Group } from './group.ts';
import { type Arrival, Inbox } from './inbox.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import { type BatchFault, type Envelope, judgeRows, openEnvelope, refuseBatch } from './judge.ts';
import { Patience, Stopped } from './patience.ts';
import type { IngestRegistry, IngestStore } from './ports.ts';
import { RejectLog } from './reject-log.ts';
import { Writer } from './writer.ts';

export interface PipelineOptions {
  readonly store: IngestStore;
  readonly registry: Pick<IngestRegistry, 'points' | 'rejects' | 'marks'>;
  readonly alarms: AlarmDesk;
  /** Sends an acknowledgement; may drop it, since the agent asks again. */
  readonly publishAck: (agent: string, payload: string) => void;
  /** Rows and bytes that wait at most; a batch beyond is discarded unacknowledged and counted. */
  readonly queueRows: number;
  readonly queueBytes: number;
  /** Rows that one write takes at most, give or take a batch. */
  readonly writeRows: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: IngestMetrics;
}

/** Work between two turns of the event loop: about a millisecond. */
const sliceBytes = 128 * 1024;
const sliceMessages = 400;
/** Acknowledged ids that are remembered. */
const rememberedIds = 100_000;
const complaintMs = 30_000;

export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #inbox: Inbox;
  readonly #ids = new BatchIds(rememberedIds);
  readonly #acks: Acks;
  readonly #rejects: RejectLog;
  readonly #writer: Writer;
  readonly #patience: Patience;
  readonly #agents: AgentBook;
  readonly #stop = new AbortController();
  #writing: Promise<void> | undefined;
  #answering = false;
  #keeping: Promise<void> | undefined;
  #complainedAt = Number.NEGATIVE_INFINITY;

  constructor(options: PipelineOptions) {
    const { store, registry, clock, log, metrics } = options;
    this.#options = options;
    this.#inbox = new Inbox({ rows: options.queueRows, bytes: options.queueBytes });
    this.#acks = new Acks(options.publishAck);
    this.#rejects = new RejectLog({ registry, clock, log, metrics });
    this.#patience = new Patience({ clock, log, stopped: this.#stop.signal });
    this.#agents = new AgentBook({ ...options, patience: this.#patience });
    this.#writer = new Writer({ store, registry, patience: this.#patience, metrics });
    Object.assign(metrics.queueRows, { collect: () => metrics.queueRows.set(this.#inbox.rows) });
    Object.assign(metrics.queueBytes, { collect: () => metrics.queueBytes.set(this.#inbox.bytes) });
  }

  /** Takes a payload as it came from `agent`'s batch topic. Returns at once; never throws. */
  offer(agent: string, payload: Buffer): void {
    const { metrics, clock } = this.#options;
    metrics.messages.inc();
    if (this.#stop.signal.aborted) {
      metrics.discarded.inc({ reason: 'stopping' });
      return;
    }
    const peekedId = peekId(payload);
    if (peekedId !== undefined && this.#isRepetition(agent, peekedId)) return;
    if (!this.#inbox.offer({ agent, peekedId, payload, receivedAt: clock.now() })) {
      metrics.discarded.inc({ reason: 'queue-full' });
      this.#complain();
      return;
    }
    if (peekedId !== undefined) this.#ids.begin(batchKey(agent, peekedId));
  }

  /** Whether batches wait or are being written. */
  get busy(): boolean {
    return this.#writing !== undefined || this.#inbox.rows > 0;
  }

  /** What must answer before anything more is acknowledged; empty while all is well. */
  get waits(): readonly string[] {
    return this.#patience.waits;
  }

  /** Works until `stop()`. */
  async run(): Promise<void> {
    const { writeRows } = this.#options;
    let filling = new Group(writeRows);
    let other = new Group(writeRows);
    while (!this.#stop.signal.aborted) {
      try {
        await this.#fill(filling);
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
      }
      await this.#writing;
      if (this.#stop.signal.aborted) break;
      const full = filling;
      this.#writing = this.#deliver(full).finally(() => {
        full.reset();
        this.#writing = undefined;
        this.#inbox.ring();
      });
      filling = other;
      other = full;
    }
    await this.#writing;
    await this.#keeping;
  }

  /** What is being written is finished and acknowledged; the rest is dropped, and comes again from its agents. */
  stop(): void {
    this.#stop.abort();
    this.#inbox.ring();
  }

  /** Looks at what waits, until the group is full, or the store is idle and there is something for it. */
  async #fill(group: Group): Promise<void> {
    let bytes = 0;
    let messages = 0;
    while (!group.full && !this.#stop.signal.aborted) {
      const arrival = this.#inbox.take();
      if (arrival === undefined) {
        if (group.batches.length > 0 && this.#writing === undefined) return;
        await this.#inbox.wait();
        // What came with the same read of the socket goes along.
        await nextTurn();
        continue;
      }
      await this.#look(arrival, group);
      bytes += arrival.payload.length;
      messages++;
      if (bytes >= sliceBytes || messages >= sliceMessages) {
        bytes = 0;
        messages = 0;
        await nextTurn();
        if (group.batches.length > 0 && this.#writing === undefined) return;
      }
    }
  }

  /** Puts what is right of one message into the group. A fault of ours costs the message its answer, not ingest its life. */
  async #look(arrival: Arrival, group: Group): Promise<void> {
    const before = group.batches.length;
    try {
      const opened = this.#open(arrival, group);
      if (opened === undefined) return;
      const agent = this.#agents.get(arrival.agent);
      if (!agent.points.loaded) await this.#agents.load(agent);
      if (this.#judge(opened, arrival, agent, group, true)) return;
      await this.#agents.load(agent);
      this.#judge(opened, arrival, agent, group, false);
    } catch (error) {
      if (error instanceof Stopped) throw error;
      group.rewind(before);
      if (arrival.peekedId !== undefined) this.#ids.abandon(batchKey(arrival.agent, arrival.peekedId));
      this.#options.metrics.discarded.inc({ reason: 'fault' });
      this.#options.log.error({ err: error, agent: arrival.agent }, 'a batch could not be looked at');
    }
  }

  /** The batch behind an arrival, unless it is refused as a whole or has been seen. */
  #open(arrival: Arrival, group: Group): (Envelope & { key: BatchKey }) | undefined {
    const { agent, peekedId, payload, receivedAt } = arrival;
    const envelope = openEnvelope(payload);
    const { id } = envelope;
    if (id !== peekedId) {
      if (peekedId !== undefined) this.#ids.abandon(batchKey(agent, peekedId));
      if (id !== undefined && this.#isRepetition(agent, id)) return undefined;
      if (id !== undefined) this.#ids.begin(batchKey(agent, id));
    }
    if (!('code' in envelope)) return { ...envelope, key: batchKey(agent, envelope.id) };
    if (id === undefined) {
      this.refuseUnreadable(agent, envelope, payload);
    } else {
      const batch = group.begin({ agent, id, key: batchKey(agent, id), receivedAt });
      refuseBatch(batch, envelope, payload);
    }
    return undefined;
  }

  /** Counts and keeps a message that cannot be answered. */
  refuseUnreadable(agent: string, fault: Omit<BatchFault, 'id'>, payload: Buffer): void {
    const { code, message } = fault;
    this.#options.metrics.rejected.inc({ code });
    const row = payload.subarray(0, 1_000).toString('utf8');
    this.#rejects.note(agent, { id: '-', list: 'batch', index: -1, code, message }, row);
    this.#soon();
  }

  /** False, with the group unchanged, when the registry must be asked first. */
  #judge(
    opened: Envelope & { key: BatchKey },
    arrival: Arrival,
    agent: Agent,
    group: Group,
    mayAsk: boolean,
  ): boolean {
    const { points, clocks } = agent;
    const now = this.#options.clock.now();
    const batch = group.begin({
      agent: arrival.agent,
      id: opened.id,
      key: opened.key,
      receivedAt: arrival.receivedAt,
    });
    const mayBeStale = mayAsk && points.mayBeStale(arrival.receivedAt, now);
    const done = judgeRows(opened, batch, { group, points, clocks, now, mayBeStale });
    if (!done) group.rewind(group.batches.length - 1);
    return done;
  }

  /** Writes, marks, keeps refusals, and only then acknowledges. Never throws. */
  async #deliver(group: Group): Promise<void> {
    const { metrics, log, clock } = this.#options;
    try {
      const written = await this.#writer.write(group);
      metrics.readings.inc(written.readings);
      metrics.positions.inc(written.positions);
      for (const batch of group.batches) {
        const { refusals } = batch;
        if (refusals === undefined) continue;
        for (const [code, count] of refusals.codes) metrics.rejected.inc({ code }, count);
        refusals.rejected.forEach((rejection, at) => {
          this.#rejects.note(batch.agent, rejection, refusals.rows[at]);
        });
      }
      await this.#rejects.flush();
      const oldest = group.batches[0];
      for (const { agent, id, key, refusals } of group.batches) {
        this.#ids.acknowledge(key, refusals?.count ?? 0);
        this.#acks.add(agent, id, refusals?.rejected ?? [], refusals?.count ?? 0);
      }
      this.#acks.flush();
      if (oldest !== undefined) metrics.ackSeconds.observe((clock.now() - oldest.receivedAt) / 1_000);
      this.#agents.alarm(new Set(group.batches.map((batch) => batch.agent)));
    } catch (error) {
      for (const { key } of group.batches) this.#ids.abandon(key);
      if (!(error instanceof Stopped)) {
        log.error(
          { err: error, rows: group.rows },
          'a group was dropped unacknowledged; its agents send again',
        );
      }
    }
  }

  /** Counts a batch that came before; one that was acknowledged is acknowledged again. */
  #isRepetition(agent: string, id: string): boolean {
    const { metrics } = this.#options;
    const key = batchKey(agent, id);
    if (this.#ids.isUnderWay(key)) {
      metrics.duplicates.inc({ state: 'under-way' });
      return true;
    }
    const rejectedCount = this.#ids.acknowledged(key);
    if (rejectedCount === undefined) return false;
    metrics.duplicates.inc({ state: 'acknowledged' });
    this.#acks.add(agent, id, [], rejectedCount);
    this.#soon();
    return true;
  }

  /** Sends and keeps what belongs to no group, together with what else comes in this turn of the event loop. */
  #soon(): void {
    if (this.#answering) return;
    this.#answering = true;
    setImmediate(() => {
      this.#answering = false;
      this.#acks.flush();
      this.#keeping = this.#rejects.flush();
    });
  }

  #complain(): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    if (now - this.#complainedAt < complaintMs) return;
    this.#complainedAt = now;
    const { rows, bytes } = this.#inbox;
    log.warn(
      { rows, bytes },
      'the queue is full: batches are discarded unacknowledged, agents send them again',
    );
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
