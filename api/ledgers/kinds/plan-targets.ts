// The ledger of targets of an institution's own: those of its plan, decomposed by a document or set by hand.
import { indicators, planIndicators } from '../../../core/domain/accounting/indicators.ts';
import { change, numeric, text } from '../cells.ts';
import { CellFault, type Column, type Columns, titlesOf } from '../column.ts';
import { ledger } from '../ledger.ts';
import { institution, validFrom } from './shared.ts';

const capped = ['energy', 'water', 'carbon'] as const;

function target(name: (typeof planIndicators)[number], example: string) {
  const { zh, en } = indicators[name];
  return {
    zh: `${zh}变化率`,
    en: `${en}, change`,
    also: [`${zh}目标`, `${zh}下降率`],
    read: change,
    example,
    help: [
      '期末年比基期的变化率，下降为负：-6%',
      'change from the base to the end year, a fall below 0: -6%',
    ],
  } as const satisfies Column<number>;
}

function cap(name: (typeof capped)[number]) {
  const { zh, en, unit } = indicators[name];
  return {
    zh: `${zh}总量上限`,
    en: `${en}, cap`,
    also: [`${zh}控制总量`],
    read: numeric(1e-9, 1e15),
    example: '',
    help: [`期末年总量上限，${unit}`, `cap on the total of the end year, ${unit}`],
  } as const satisfies Column<number>;
}

const columns = {
  institution,
  validFrom,
  energyPerPerson: target('energyPerPerson', '-6%'),
  energyPerArea: target('energyPerArea', '-5%'),
  waterPerPerson: target('waterPerPerson', '-7%'),
  carbonPerArea: target('carbonPerArea', '-7%'),
  energyCap: cap('energy'),
  waterCap: cap('water'),
  carbonCap: cap('carbon'),
  document: {
    zh: '文号',
    en: 'Document',
    also: ['分解下达文件'],
    read: text(),
    example: '云机管〔2026〕3号',
    help: ['分解下达的文件；不填为手工设定', 'that decomposed the plan; empty: set by hand'],
  },
} as const satisfies Columns;

export const planTargets = ledger({
  zh: '规划目标',
  en: 'Plan targets',
  about: ['分解下达到单位的规划目标', 'targets of the plan, decomposed to institutions'],
  columns,
  plan(row, entry) {
    const entity = entry.refer('institution', 'institution', row.institution);
    const targets = Object.fromEntries(
      planIndicators.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])),
    );
    const caps = Object.fromEntries(
      capped.flatMap((name) => (row[`${name}Cap`] === undefined ? [] : [[name, row[`${name}Cap`]]])),
    );
    if (Object.keys(targets).length + Object.keys(caps).length === 0) {
      const names = titlesOf(...planIndicators.map((name) => columns[name]));
      return entry.fault(null, new CellFault('one-of', { columns: names }));
    }
    if (entity === undefined) return;
    const value = { targets, caps, document: row.document ?? '' };
    entry.fact('document', { entity, attribute: 'planTargets', from: row.validFrom.from, value });
  },
});
