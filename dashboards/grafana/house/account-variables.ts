// Variables of boards of energy accounting: which indicator, on which basis, and the years and months that their series hold.
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { bases } from '../../../core/domain/accounting/bases.ts';
import {
  type Indicator,
  indicatorNames,
  indicators,
  planIndicators,
} from '../../../core/domain/accounting/indicators.ts';
import { boardBases } from '../../../core/domain/board-series-accounts.ts';
import { identifier, select } from '../../../core/domain/influxql.ts';
import { begins, below, chosen, is } from '../query/ask.ts';
import { dataSource, sources } from '../query/sources.ts';
import type { BoardTextKey } from '../texts.ts';
import type { BoardContext } from './context.ts';

const { plan, quotas, quality, fleet } = sources;

/** Those that plans set targets for first. */
export function indicatorVariable(context: BoardContext): CustomVariableBuilder {
  const first: readonly Indicator[] = planIndicators;
  const names = [...first, ...indicatorNames.filter((name) => !first.includes(name))];
  return oneOf(context, 'indicator', names, indicators, 'energyPerPerson');
}

export function basisVariable(context: BoardContext): CustomVariableBuilder {
  return oneOf(context, 'basis', boardBases, bases, 'metered');
}

/** Years of which the chosen institution has a plan, the newest first. */
export function planYearVariable({ t }: BoardContext): QueryVariableBuilder {
  return asked('period', plan.name, 'period', [chosen(plan, 'institution', 'institution')])
    .label(t('variable.period'))
    .description(t('variable.plan-period.about'));
}

/** Years of which a level is known for the chosen institution or one below it, the newest first. */
export function quotaYearVariable({ t }: BoardContext): QueryVariableBuilder {
  return asked('period', quotas.name, 'period', [below(quotas), is(quotas, 'known', 1)])
    .label(t('variable.period'))
    .description(t('variable.quota-period.about'));
}

/** Years, and then months, of which data quality was told. */
export function qualityYearVariable({ t }: BoardContext): QueryVariableBuilder {
  return asked('period', quality.name, 'year', [chosen(quality, 'institution', 'institution')])
    .label(t('variable.period'))
    .description(t('variable.period.about'));
}

export function qualityMonthVariable({ t }: BoardContext): QueryVariableBuilder {
  const where = [chosen(quality, 'institution', 'institution'), begins(quality, 'period', 'period')];
  return asked('month', quality.name, 'period', where)
    .label(t('variable.month'))
    .description(t('variable.month.about'));
}

/** Years, and then months, that vehicles were counted in. */
export function fleetYearVariable({ t }: BoardContext): QueryVariableBuilder {
  return asked('period', fleet.name, 'year', [chosen(fleet, 'institution', 'institution')])
    .label(t('variable.period'))
    .description(t('variable.fleet-period.about'));
}

export function fleetMonthVariable({ t }: BoardContext): QueryVariableBuilder {
  const where = [chosen(fleet, 'institution', 'institution'), begins(fleet, 'period', 'period')];
  return asked('month', fleet.name, 'period', where)
    .label(t('variable.month'))
    .description(t('variable.month.about'));
}

/** Grafana offers each once. */
function asked(name: string, from: string, column: string, where: readonly string[]): QueryVariableBuilder {
  const query = select({ fields: [identifier(column)], from, where, newestFirst: true });
  return new QueryVariableBuilder(name)
    .datasource(dataSource('figures'))
    .query({ query, refId: `variable-${name}` })
    .definition(query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.Disabled);
}

function oneOf<Name extends string>(
  { language, t }: BoardContext,
  variable: 'indicator' | 'basis',
  names: readonly Name[],
  words: Readonly<Record<Name, { readonly zh: string; readonly en: string }>>,
  first: Name,
): CustomVariableBuilder {
  const label: BoardTextKey = `variable.${variable}`;
  const options = names.map((name) => ({
    text: language === 'en' ? words[name].en : words[name].zh,
    value: name as string,
    selected: name === first,
  }));
  const builder = new CustomVariableBuilder(variable)
    .label(t(label))
    .description(t(`variable.${variable}.about`))
    .values(options.map(({ text, value }) => `${text} : ${value}`).join(', '))
    .options(options);
  const current = options.find(({ selected }) => selected);
  return current === undefined ? builder : builder.current(current);
}
