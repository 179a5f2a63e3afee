// All registered points, page by page, so that a province does not stand in memory, and others are served in between.
import { setImmediate as breathe } from 'node:timers/promises';
import type { Point, Registry } from '../../core/registry/registry.ts';

const pageSize = 500;

export async function* pagesOfPoints(
  registry: Pick<Registry, 'points'>,
  at: number,
): AsyncGenerator<readonly Point[], void, void> {
  let after: string | undefined;
  for (;;) {
    const page = await registry.points.list({
      at,
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    if (page.length > 0) yield page;
    await breathe();
    after = page.at(-1)?.key;
    if (page.length < pageSize || after === undefined) return;
  }
}
