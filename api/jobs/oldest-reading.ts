// When readings of registered points begin, wherever they belong.
import { setImmediate as breathe } from 'node:timers/promises';
import type { Registry } from '../../core/registry/registry.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { pagesOfPoints } from './all-points.ts';

/** @returns epoch ms; `undefined` where there is no reading */
export async function oldestReading(
  { registry, store }: ReadingSources,
  at: number,
): Promise<number | undefined> {
  let oldest: number | undefined;
  for await (const ts of oldestOfPages({ registry, store }, at)) oldest = Math.min(oldest ?? ts, ts);
  return oldest;
}

export async function hasReadings(sources: ReadingSources, at: number): Promise<boolean> {
  for await (const _ of oldestOfPages(sources, at)) return true;
  return false;
}

interface ReadingSources {
  readonly registry: Pick<Registry, 'points'>;
  readonly store: Pick<TelemetryStore, 'seriesOfPoint' | 'oldestTs'>;
}

async function* oldestOfPages(
  { registry, store }: ReadingSources,
  at: number,
): AsyncGenerator<number, void, void> {
  for await (const page of pagesOfPoints(registry, at)) {
    const handles = page.flatMap(({ key }) => store.seriesOfPoint(key).map(({ handle }) => handle));
    const known = (await store.oldestTs(handles)).filter((ts) => ts !== undefined);
    if (known.length > 0) yield Math.min(...known);
    await breathe();
  }
}
