// The variables of boards. A label is `name|id`: the name is shown, the id goes into queries. An id has no `|`, a name may.
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { identifier, select } from '../../../core/domain/influxql.ts';
import { carrierNames, carriers } from '../../../core/domain/units.ts';
import { below, chosen, is } from '../query/ask.ts';
import { dataSource, sources } from '../query/sources.ts';
import type { BoardContext } from './context.ts';

export const labelRegex = String.raw`/(?<text>.*)\|(?<value>[^|]*)/`;
/** What "all" stands for, in regular expressions of ours. */
const anything = '.*';

/** In order of their ids: the oldest, which has no institution above it, is first and so the default. */
export function institutionVariable({ t }: BoardContext, all: 'all' | 'one'): QueryVariableBuilder {
  const { institutions } = sources;
  return labels('institution', t('variable.institution'), institutions, [is(institutions, 'active', 1)], all)
    .description(t('variable.institution.about'))
    .sort(VariableSort.Disabled);
}

/** Those of the chosen institution and of all below it. */
export function buildingVariable({ t }: BoardContext, all: 'all' | 'one'): QueryVariableBuilder {
  const { buildings } = sources;
  const where = [is(buildings, 'active', 1), below(buildings)];
  return labels('building', t('variable.building'), buildings, where, all)
    .description(t('variable.building.about'))
    .sort(VariableSort.AlphabeticalAsc);
}

/** Those of the chosen building, or of all below the institution. */
export function pointVariable({ t }: BoardContext): QueryVariableBuilder {
  const { points } = sources;
  const where = [is(points, 'active', 1), below(points), chosen(points, 'building', 'building')];
  return labels('point', t('variable.point'), points, where, 'one')
    .description(t('variable.point.about'))
    .sort(VariableSort.AlphabeticalAsc);
}

export function carrierVariable({ language, t }: BoardContext): CustomVariableBuilder {
  const named = carrierNames.map((name) => ({
    name,
    text: language === 'en' ? carriers[name].en : carriers[name].zh,
  }));
  const options = named.map(({ name, text }) => ({ text, value: name, selected: name === 'electricity' }));
  const chosenFirst = options.find(({ selected }) => selected);
  const builder = new CustomVariableBuilder('carrier')
    .label(t('variable.carrier'))
    .description(t('variable.carrier.about'))
    .values(named.map(({ name, text }) => `${text} : ${name}`).join(', '))
    .options(options);
  return chosenFirst === undefined ? builder : builder.current(chosenFirst);
}

function labels(
  name: string,
  label: string,
  source: { readonly name: string; readonly database: 'figures' },
  where: readonly string[],
  all: 'all' | 'one',
): QueryVariableBuilder {
  const query = select({ fields: [identifier('label')], from: source.name, where });
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .datasource(dataSource(source.database))
    .query({ query, refId: `variable-${name}` })
    .definition(query)
    .regex(labelRegex)
    .refresh(VariableRefresh.OnDashboardLoad);
  return all === 'all' ? builder.includeAll(true).allValue(anything) : builder;
}
