// How far the rollups are behind the readings, wherever the marks are kept.
import type { ApiDeps, RollupBacklog } from '../deps.ts';

export async function readBacklog({
  pipeline,
  store,
  registry,
}: Pick<ApiDeps, 'pipeline' | 'store' | 'registry'>): Promise<RollupBacklog> {
  if (pipeline !== undefined) return (await pipeline()).rollupBacklog;
  const backlogs = await Promise.all([registry.marks.backlog(), store.marks?.backlog()]);
  const known = backlogs.filter((backlog) => backlog !== undefined);
  const since = known.flatMap(({ oldestAt }) => (oldestAt === null ? [] : [oldestAt]));
  return {
    series: known.reduce((sum, { series }) => sum + series, 0),
    oldestAt: since.length === 0 ? null : Math.min(...since),
  };
}
