// The ledger of points: measuring places, their devices, and virtual points with their formulas.
import { quantityEntry } from '../../../core/domain/units.ts';
import { CellFault, type RowOf, titlesOf } from '../column.ts';
import { type Entry, ledger } from '../ledger.ts';
import { columns } from './points-columns.ts';

const plain = ['name', 'quantities', 'role', 'item', 'subItem', 'use', 'pue'] as const;
const references = { building: 'building', zone: 'zone', account: 'account', parent: 'point' } as const;
const ofRegister = ['ratingPerHour', 'wrapsAt', 'firstValue', 'previousFinalValue'] as const;
const ofDevice = ['serial', 'model', 'multiplier', 'ct', 'pt', ...ofRegister] as const;

export const points = ledger({
  zh: '计量点',
  en: 'Points',
  about: ['计量点、表计与虚拟计量点', 'measuring places, their devices, and virtual points'],
  columns,
  point: (row) => row.point,
  plan(row, entry) {
    if (!entry.own) return;
    const { id: entity, isNew } = entry.own;
    const from = row.validFrom.from;
    if (isNew) {
      for (const column of ['name', 'quantities'] as const) {
        if (row[column] === undefined) return entry.fault(column, new CellFault('required-for-new'));
      }
    }
    for (const attribute of plain) {
      const value = attribute === 'role' && isNew ? (row.role ?? 'billing') : row[attribute];
      if (value !== undefined) entry.fact(attribute, { entity, attribute, from, value });
    }
    for (const [name, kind] of Object.entries(references)) {
      const attribute = name as keyof typeof references;
      const said = row[attribute];
      if (said === undefined) continue;
      const value = said === null ? null : entry.refer(kind, attribute, said);
      if (value !== undefined) entry.fact(attribute, { entity, attribute, from, value });
    }
    if (row.contactName !== undefined) {
      const { contactName: name, contactPhone: phone = '' } = row;
      const value = name === null ? null : { name, phone };
      entry.fact('contactName', { entity, attribute: 'contact', from, value });
    } else if (row.contactPhone !== undefined) {
      return entry.fault('contactName', new CellFault('required'));
    }
    if (row.calibrationDue !== undefined) {
      const due = row.calibrationDue;
      // A month is due on its last day.
      const value = due === null ? null : entry.calendar.format(due.to - 1).slice(0, 10);
      entry.fact('calibrationDue', { entity, attribute: 'calibrationDue', from, value });
    }
    for (const column of ['expectedInterval', 'intervalLength'] as const) {
      const value = row[column];
      if (value !== undefined) entry.fact(column, { entity, attribute: `${column}Ms`, from, value });
    }
    if (row.formula !== undefined) {
      for (const term of row.formula?.terms ?? []) {
        if (entry.refer('point', 'formula', term.point) === undefined) return;
      }
      const value = row.formula === null ? null : { ...row.formula, counts: row.counts ?? false };
      entry.fact('formula', { entity, attribute: 'formula', from, value });
    }
    planDevice(row, entry, entity, from);
  },
});

type Row = RowOf<typeof columns>;

/** The values of a register are those of the first counter that the point reads. */
function planDevice(row: Row, entry: Entry<keyof typeof columns>, entity: string, from: number): void {
  const [said] = ofDevice.filter((name) => row[name] !== undefined);
  if (said === undefined) return;
  if (row.multiplier !== undefined && (row.ct !== undefined || row.pt !== undefined)) {
    entry.fault(
      'multiplier',
      new CellFault('not-both', { columns: titlesOf(columns.multiplier, columns.ct) }),
    );
    return;
  }
  const values = Object.fromEntries(
    ofRegister.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])),
  );
  const measured = row.quantities ?? entry.measured;
  const counter = measured.find((name) => quantityEntry(name)?.kind === 'register') ?? measured[0];
  if (Object.keys(values).length > 0 && counter === undefined) {
    entry.fault('quantities', new CellFault('required'));
    return;
  }
  const multiplier =
    row.ct === undefined && row.pt === undefined ? row.multiplier : { ct: row.ct ?? 1, pt: row.pt ?? 1 };
  const value = {
    ...(row.serial === undefined ? {} : { serial: row.serial }),
    ...(row.model === undefined ? {} : { model: row.model }),
    ...(multiplier === undefined ? {} : { multiplier }),
    ...(Object.keys(values).length === 0 || counter === undefined
      ? {}
      : { registers: { [counter]: values } }),
  };
  entry.fact(said, { entity, attribute: 'installation', from, value });
}
