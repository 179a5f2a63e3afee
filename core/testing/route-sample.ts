// What a sample of a route is (route-samples.ts), and what it is about.
import type { TestApi } from './test-api.ts';

/** Whose the thing is that a sample is about: what a caller may do with it follows from where its grant holds. */
export type About =
  /** Of the school: 404 for whoever does not cover it. */
  | 'school'
  /** A list, which everybody with the permission gets: their own part of it. */
  | 'list'
  /** Of nobody, for all with the permission. */
  | 'system'
  /** What all rest on: 403 for whoever does not cover everything. */
  | 'everything';

export interface Call {
  readonly url: string;
  readonly payload?: unknown;
  readonly type?: string;
}

export interface RouteSample {
  readonly needs: string;
  readonly about: About;
  /** When it is let in; 200 where it is left out. */
  readonly status?: number;
  readonly call: (world: SampleWorld) => Call | Promise<Call>;
}

export interface SampleWorld {
  readonly api: TestApi;
  /** Of the school. */
  readonly account: string;
  readonly review: string;
  /** An official car of the school. */
  readonly car: string;
  /** A number that was not given before. */
  next(): number;
}
