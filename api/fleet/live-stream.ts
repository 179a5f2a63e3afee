// One stream of live positions to one client: the whole at once, then what changed. Nothing is sent that the audit log does not hold;
// a slow client gets fewer, newer states, and one that takes nothing is let go.
import type { SSEReplyInterface } from '@fastify/sse';
import { isJieyueError } from '../../core/domain/errors.ts';
import type { Datum } from '../../core/domain/fleet/datum.ts';
import type { AuditLog } from '../../core/registry/audit-contracts.ts';
import type { Principal } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import { covers, type Reach } from '../auth/access.ts';
import type { TimeText } from '../http/time-text.ts';
import { showsPlace } from './live.ts';
import type { FedCar, FeedListener, FeedState, StreamLimits } from './live-feed.ts';

/** Of one event: what a stream holds in memory at most. */
const carsAtOnce = 200;

/** Whom a stream shows what, as of now. */
export interface StreamView {
  readonly reach: Reach;
  /** Stands for the reach: another one sees other cars. */
  readonly digest: string;
}

export interface LiveStreamOptions {
  readonly sse: SSEReplyInterface;
  /** Ends the connection, with whatever it holds. */
  readonly destroy: () => void;
  readonly caller: Principal;
  readonly purpose: string;
  /** The institution that was asked for by its id. */
  readonly institution: string | undefined;
  readonly datum: Datum;
  /** Of the feed. */
  readonly epoch: string;
  readonly view: StreamView;
  /** @throws JieyueError where the key, or what it covers, is gone */
  readonly viewAgain: () => Promise<StreamView>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly times: TimeText;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: StreamLimits;
}

export class LiveStream implements FeedListener {
  readonly principal: string;
  readonly #options: LiveStreamOptions;
  readonly #onEnd: (() => void)[] = [];
  #view: StreamView;
  /** Number of the state that the client has. */
  #sent = 0;
  /** Cars that the client has. */
  #shown = new Set<string>();
  /** Cars, each with its institution, whose positions the log says were given in this hour. */
  #audited = new Set<string>();
  #auditUntil = Number.NEGATIVE_INFINITY;
  #checkedAt: number;
  /** Since when something is on its way to the client. */
  #busySince: number | undefined;
  #troubled = false;
  #ended = false;

  constructor(options: LiveStreamOptions) {
    this.#options = options;
    this.principal = options.caller.id;
    this.#view = options.view;
    this.#checkedAt = options.clock.now();
    options.sse.onClose(() => this.#over());
  }

  onEnd(work: () => void): void {
    this.#onEnd.push(work);
  }

  /**
   * The first state. @param lastEventId a client that comes back with it, to the same server and the same view, gets what changed since
   * @param commit called when nothing stands in the way of the first event
   * @throws JieyueError where the audit log cannot be written: nothing was sent then
   */
  async begin(state: FeedState, lastEventId: string | null, commit: () => void): Promise<void> {
    const [epoch, seq, digest] = (lastEventId ?? '').split('.');
    const known = Number(seq);
    const goesOn =
      epoch === this.#options.epoch &&
      digest === this.#view.digest &&
      known >= state.membersSeq &&
      known <= state.seq;
    if (goesOn) {
      this.#sent = known;
      this.#shown = new Set(this.#visible(state).map(({ live }) => live.car.id));
    }
    await this.#record(state, this.#visible(state));
    commit();
    this.#start(() => this.#send(state, !goesOn, true));
  }

  offer(state: FeedState): void {
    const { clock, limits } = this.#options;
    if (this.#ended) return;
    if (this.#busySince !== undefined) {
      if (clock.now() - this.#busySince > limits.stallMs) this.#options.destroy();
      return;
    }
    this.#start(() => this.#follow(state));
  }

  trouble(error: unknown): void {
    if (this.#ended || this.#troubled || this.#busySince !== undefined) return;
    this.#troubled = true;
    const code = isJieyueError(error) ? error.code : 'api.internal';
    this.#options.sse
      .send({ event: 'trouble', data: JSON.stringify({ code }) })
      .catch((failure: unknown) => this.#failed(failure));
  }

  /** Says why, where the client still listens, and ends. */
  end(reason: string): void {
    if (this.#ended) return;
    const { sse, destroy } = this.#options;
    if (this.#busySince !== undefined) {
      destroy();
      return;
    }
    sse.send({ event: 'end', data: JSON.stringify({ reason }) }).catch(() => destroy());
    sse.close();
  }

  /** One thing at a time: what comes meanwhile waits for the next state. */
  #start(work: () => Promise<void>): void {
    this.#busySince = this.#options.clock.now();
    work().then(
      () => {
        this.#busySince = undefined;
      },
      (error: unknown) => this.#failed(error),
    );
  }

  async #follow(state: FeedState): Promise<void> {
    const { clock, limits, viewAgain } = this.#options;
    let anew = false;
    if (clock.now() - this.#checkedAt >= limits.checkMs) {
      const view = await viewAgain();
      anew = view.digest !== this.#view.digest;
      this.#view = view;
      this.#checkedAt = clock.now();
    }
    const due = clock.now() >= this.#auditUntil;
    if (state.seq === this.#sent && !anew && !due && !this.#troubled) return;
    await this.#send(state, anew, this.#troubled);
    this.#troubled = false;
  }

  /** @param reset the client forgets what it has; `always`: also where nothing changed */
  async #send(state: FeedState, reset: boolean, always: boolean): Promise<void> {
    const { sse, times, datum, epoch } = this.#options;
    const { reach, digest } = this.#view;
    const visible = this.#visible(state);
    const changed = visible.filter(
      ({ seq, live }) => reset || seq > this.#sent || !this.#shown.has(live.car.id),
    );
    const now = new Set(visible.map(({ live }) => live.car.id));
    const gone = reset ? [] : [...this.#shown].filter((id) => !now.has(id));
    await this.#record(state, visible);
    const id = `${epoch}.${state.seq}.${digest}`;
    if (changed.length > 0 || gone.length > 0 || always) {
      for (let from = 0; from === 0 || from < changed.length; from += carsAtOnce) {
        const part = changed.slice(from, from + carsAtOnce);
        const last = from + carsAtOnce >= changed.length;
        const cars = part.map((car) => car.json(showsPlace(car.live, reach), datum)).join(',');
        const head = JSON.stringify({ at: times.of(state.at), reset: reset && from === 0 });
        const data = `${head.slice(0, -1)},"vehicles":[${cars}],"gone":${JSON.stringify(from === 0 ? gone : [])}}`;
        // Who loses the connection in between has not got this state: its number comes with the last part.
        await sse.send({ ...(last ? { id } : {}), event: 'positions', data });
      }
    }
    this.#sent = state.seq;
    this.#shown = now;
  }

  #visible(state: FeedState): readonly FedCar[] {
    const { reach } = this.#view;
    return [...state.cars.values()].filter(({ live }) => covers(reach, live.car.institution));
  }

  /** Once at the beginning, once an hour, and before a car is shown that the log does not name yet. */
  async #record(state: FeedState, visible: readonly FedCar[]): Promise<void> {
    const { audit, caller, purpose, institution, clock, limits } = this.#options;
    const now = clock.now();
    const due = now >= this.#auditUntil;
    const shown = visible.filter(({ live }) => showsPlace(live, this.#view.reach));
    const keyOf = ({ live }: FedCar) => `${live.car.id} ${live.institution ?? ''}`;
    const fresh = due ? shown : shown.filter((car) => !this.#audited.has(keyOf(car)));
    if (!due && fresh.length === 0) return;
    const oldest = fresh.reduce((least, { live }) => Math.min(least, live.row?.ts ?? least), state.at);
    const until = due ? now + limits.auditMs : this.#auditUntil;
    await audit.append({
      principal: caller.id,
      name: caller.name,
      action: 'stream',
      vehicles: fresh.map(({ live }) => live.car.id),
      institutions: [institution ?? [], ...fresh.map(({ live }) => live.institution ?? [])].flat(),
      from: oldest,
      to: until,
      purpose,
    });
    if (due) this.#audited = new Set();
    for (const car of fresh) this.#audited.add(keyOf(car));
    this.#auditUntil = until;
  }

  #failed(error: unknown): void {
    this.#busySince = undefined;
    if (this.#ended) return;
    const refused =
      isJieyueError(error) && (error.code === 'api.unauthenticated' || error.code === 'api.forbidden');
    const { log, caller } = this.#options;
    log.info(
      { principal: caller.id, err: refused ? undefined : error },
      'a stream of live positions is ended',
    );
    this.end(isJieyueError(error) ? error.code : 'api.internal');
  }

  #over(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const work of this.#onEnd) work();
  }
}
