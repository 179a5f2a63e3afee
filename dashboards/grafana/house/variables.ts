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
import { known, monthsOfYear, ofBucket, ofChosen, total } from '../query/conditions.ts';
import { dataSource, sources } from '../query/sources.ts';
import type { BoardContext } from './context.ts';

export const labelRegex = String.raw`/(?<text>[\s\S]*)\|(?<value>[^|]*)/`;
/** `place|name|id`: the place in the tree has put it in order, and is not shown. */
export const placedLabelRegex = String.raw`/^\d+\|(?<text>[\s\S]*)\|(?<value>[^|]*)/`;
/** What "all" stands for, in regular expressions of ours. */
const anything = '.*';
/** Of institutions: found in every path, and the whole of none but the row of all meters (`everywhere`). */
const anywhere = String.raw`\/?`;

/** As the answer orders them: the top of the tree is first, and so the default. */
export function institutionVariable({ t }: BoardContext, all: 'all' | 'one'): QueryVariableBuilder {
  const { institutions } = sources;
  const builder = labels('institution', t('variable.institution'), institutions, [
    is(institutions, 'active', 1),
  ])
    .regex(placedLabelRegex)
    .description(t('variable.institution.about'))
    .sort(VariableSort.Disabled);
  return all === 'all' ? builder.includeAll(true).allValue(anywhere) : builder;
}

/** Years of which something of the chosen institution is known, the newest first. */
export function periodVariable({ t }: BoardContext): QueryVariableBuilder {
  return periods('period', [ofBucket('year'), known])
    .label(t('variable.period'))
    .description(t('variable.period.about'));
}

/** Months of the chosen year, the newest first; also one of which nothing is known, so that it is missed. */
export function monthVariable({ t }: BoardContext): QueryVariableBuilder {
  return periods('month', monthsOfYear).label(t('variable.month')).description(t('variable.month.about'));
}

/** Those of the chosen institution and of all below it. */
export function buildingVariable({ t }: BoardContext, all: 'all' | 'one'): QueryVariableBuilder {
  const { buildings } = sources;
  const where = [is(buildings, 'active', 1), below(buildings)];
  const builder = labels('building', t('variable.building'), buildings, where)
    .description(t('variable.building.about'))
    .sort(VariableSort.AlphabeticalAsc);
  return all === 'all' ? builder.includeAll(true).allValue(anything) : builder;
}

/** Those of the chosen building, or of all below the institution. */
export function pointVariable({ t }: BoardContext): QueryVariableBuilder {
  const { points } = sources;
  const where = [is(points, 'active', 1), below(points), chosen(points, 'building', 'building')];
  return labels('point', t('variable.point'), points, where)
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
): QueryVariableBuilder {
  const query = select({ fields: [identifier('label')], from: source.name, where });
  return asked(name, query, source.database).label(label).regex(labelRegex);
}

/** Grafana offers each once. */
function periods(name: 'period' | 'month', where: readonly string[]): QueryVariableBuilder {
  const { consumption } = sources;
  const query = select({
    fields: [identifier('period')],
    from: consumption.name,
    where: [...ofChosen('institution'), total, ...where],
    newestFirst: true,
  });
  return asked(name, query, consumption.database).sort(VariableSort.Disabled);
}

function asked(name: string, query: string, database: 'figures'): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .datasource(dataSource(database))
    .query({ query, refId: `variable-${name}` })
    .definition(query)
    .refresh(VariableRefresh.OnDashboardLoad);
}
