// What an engine gives to the contract suite, and what the suite's parts get.
import type { TelemetryStore } from '../../store/port.ts';

/** A place for one store's data: a folder, a database on a server. Each test has a fresh one. */
export interface StorePlace {
  /** A started store over the place; what an earlier, stopped one wrote is in it. */
  open(): Promise<TelemetryStore>;
  /** Lets all writes fail while `true`; absent where an engine has no such seam. */
  readonly failWrites?: (fail: boolean) => void;
  /**
   * How another process opens the place: a module that exports `openAt(argument): Promise<TelemetryStore>`. Absent for
   * an engine in memory. It is called while no store of this process is open.
   */
  readonly elsewhere?: { readonly module: URL; readonly argument: string };
  /** Whether rows of one key stand beside each other until `compact` drops the superseded ones. */
  readonly keepsSuperseded?: boolean;
  /** A reader may see a part of a replacement: the engine has no transactions. What has resolved is whole all the same. */
  readonly withoutTransactions?: boolean;
  remove(): Promise<void>;
}

/** What a part of the suite gets: the store of the running test, and how to close and open it. */
export interface StoreUnderTest {
  readonly store: TelemetryStore;
  readonly place: StorePlace;
  /** Stops the store and opens the place again. */
  reopen(): Promise<TelemetryStore>;
}
