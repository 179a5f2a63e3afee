// Keeps books in memory and up to date. Limits: `mostSpans` spans of years and `mostYears` years in all of them; the one
// that was asked for longest ago gives way (counted). For 1 600 institutions with 16 000 points a span takes about 25 MB of
// heap, and 15 MB of buffers beside for each of its years.
import { sleep } from '../../core/runtime/clock.ts';
import type { Service } from '../../core/runtime/lifecycle.ts';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { SpanBook, type SpanDeps, type Standing, type Years } from './span-book.ts';

export interface BookKeeperOptions extends SpanDeps {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Pause between looks for changes; default 2 s. */
  readonly everyMs?: number | undefined;
}

const mostSpans = 6;
const mostYears = 20;
const defaultEveryMs = 2_000;
/** A span that nobody asked for in this time is no longer followed: the next question waits until it has caught up. */
const followedMs = 10 * 60_000;
/** Following takes this share of the time at most: what is large follows less often. */
const workShare = 0.25;

interface Held {
  readonly span: SpanBook;
  askedAt: number;
  asked: number;
}

export class BookKeeper implements Service {
  readonly name = 'accounting';
  readonly #options: BookKeeperOptions;
  readonly #held: Held[] = [];
  readonly #stop = new AbortController();
  readonly #rebuilds: ReturnType<Metrics['counter']>;
  readonly #evicted: ReturnType<Metrics['counter']>;
  #loop: Promise<void> | undefined;
  #questions = 0;

  constructor(options: BookKeeperOptions) {
    this.#options = options;
    const { metrics, clock } = options;
    this.#rebuilds = metrics.counter('accounting_books_made_total', 'Books that were made or changed.');
    this.#evicted = metrics.counter('accounting_books_evicted_total', 'Books that gave way to others.');
    const age = metrics.gauge(
      'accounting_book_age_seconds',
      'Since when changes may be missing in the oldest book that is followed.',
    );
    Object.assign(age, {
      collect: () => {
        const now = clock.now();
        const checked = this.#followed().map(({ span }) => span.standing?.checkedAt ?? now);
        age.set(checked.reduce((oldest, at) => Math.max(oldest, now - at), 0) / 1000);
      },
    });
  }

  async start(): Promise<void> {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /**
   * The book of exactly these years (coverage weighs by what a book holds, so that another one may answer otherwise): one
   * that is followed at once, as of its last look (see `checkedAt`); another when it is loaded.
   * @throws JieyueError of registry and store
   */
  async standing(years: Years): Promise<Standing> {
    const held = this.#held.find(({ span }) => isSame(span.years, years)) ?? this.#hold(years);
    const now = this.#options.clock.now();
    const followed = held.span.standing !== undefined && now - held.askedAt <= followedMs;
    held.askedAt = now;
    held.asked = ++this.#questions;
    if (followed && held.span.standing !== undefined && this.#loop !== undefined) return held.span.standing;
    return this.#refresh(held.span);
  }

  /** Follows all changes now; for tests and commands. */
  async settle(): Promise<void> {
    for (const { span } of this.#held) await this.#refresh(span);
  }

  async #run(): Promise<void> {
    const { everyMs = defaultEveryMs, clock, log } = this.#options;
    let failing = false;
    while (!this.#stop.signal.aborted) {
      const startedAt = clock.now();
      try {
        for (const { span } of this.#followed()) {
          if (!this.#stop.signal.aborted) await this.#refresh(span);
        }
        failing = false;
      } catch (error) {
        // The books before hold; their age shows.
        if (!failing) log.warn({ err: error }, 'accounting: changes cannot be followed; trying again');
        failing = true;
      }
      await sleep(Math.max(everyMs, (clock.now() - startedAt) / workShare), this.#stop.signal);
    }
  }

  async #refresh(span: SpanBook): Promise<Standing> {
    const edition = span.standing?.edition;
    const standing = await span.refresh();
    if (standing.edition !== edition) this.#rebuilds.inc();
    return standing;
  }

  #followed(): Held[] {
    const since = this.#options.clock.now() - followedMs;
    return this.#held.filter(({ askedAt, span }) => askedAt >= since && span.standing !== undefined);
  }

  #hold(years: Years): Held {
    const held: Held = {
      span: new SpanBook(years, this.#options),
      askedAt: Number.NEGATIVE_INFINITY,
      asked: 0,
    };
    this.#held.push(held);
    while (this.#held.length > 1 && this.#isTooMuch()) {
      const others = this.#held.filter((each) => each !== held);
      const oldest = others.reduce((a, b) => (a.asked <= b.asked ? a : b));
      this.#held.splice(this.#held.indexOf(oldest), 1);
      this.#evicted.inc();
    }
    return held;
  }

  #isTooMuch(): boolean {
    const years = this.#held.reduce((sum, { span }) => sum + lengthOf(span.years), 0);
    return this.#held.length > mostSpans || years > mostYears;
  }
}

function lengthOf({ first, last }: Years): number {
  return last - first + 1;
}

function isSame(a: Years, b: Years): boolean {
  return a.first === b.first && a.last === b.last;
}
