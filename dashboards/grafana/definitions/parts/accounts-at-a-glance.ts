// Energy accounting at a glance: the plan, and how good the data are, each with the way to its own board.
import { nameIndicatorsOnly, ofIndicator } from '../../house/by-indicator.ts';
import type { BoardContext } from '../../house/context.ts';
import { dataLink } from '../../house/links.ts';
import { badAbove } from '../../house/palette.ts';
import { stat } from '../../house/panels.ts';
import { ownPlans, ownQuality } from '../../query/account-conditions.ts';
import { figure, is } from '../../query/ask.ts';
import { sources } from '../../query/sources.ts';
import { scoreThresholds } from './places.ts';
import { offLineThresholds } from './plan.ts';

const { plan, quality } = sources;
const by = 'indicator' as const;

export function plans(context: BoardContext) {
  const where = [...ownPlans, is(plan, 'off_line_known', 1)];
  const panel = stat(context, 'home.plan', [
    figure('A', plan, ['last', 'off_line'], where, { alias: ofIndicator, by }, 'period'),
  ])
    .unit('percentunit')
    .decimals(1)
    .thresholds(offLineThresholds())
    .dataLinks([
      dataLink(context.t('link.plan'), 'plan', { institution: 'same', period: 'same' }),
      // Quotas are of whole years: that board offers those itself.
      dataLink(context.t('link.quotas'), 'quotas', { institution: 'same' }),
    ]);
  return nameIndicatorsOnly(panel, context);
}

const carried = { institution: 'same', period: 'same', month: 'same' } as const;

export function qualityScore(context: BoardContext) {
  const { t } = context;
  const where = [...ownQuality, is(quality, 'tree_score_known', 1)];
  return stat(context, 'home.quality', [
    figure('A', quality, ['last', 'tree_score'], where, { alias: t('quality.score') }, 'period'),
  ])
    .decimals(1)
    .thresholds(scoreThresholds())
    .dataLinks([dataLink(t('link.quality'), 'quality', carried)]);
}

export function findingCount(context: BoardContext) {
  const { t } = context;
  return stat(context, 'home.findings', [
    figure('A', quality, ['last', 'tree_findings'], ownQuality, { alias: t('quality.count') }, 'period'),
  ])
    .decimals(0)
    .thresholds(badAbove(1, 20))
    .dataLinks([dataLink(t('link.quality'), 'quality', carried)]);
}
