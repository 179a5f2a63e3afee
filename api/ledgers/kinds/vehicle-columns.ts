// Columns and readers that ledgers of vehicles have in common.

import type { Language } from '../../../core/domain/texts.ts';
import { vehicleAttributes } from '../../../core/registry/attributes/vehicle.ts';
import type { FleetKind, FleetValues } from '../../../core/registry/fleet-contracts.ts';
import { fleetKinds } from '../../../core/registry/fleet-kinds.ts';
import { numeric, text } from '../cells.ts';
import { CellFault, type Column, type Days, type Read } from '../column.ts';
import type { Entry } from '../ledger.ts';

/** As the registry keeps it: without blanks and dots, in capitals. */
function plateOf(said: string): string | CellFault {
  const parsed = vehicleAttributes.plate.schema.safeParse(said);
  return parsed.success ? parsed.data : new CellFault('not-a-plate');
}

export const plateText: Read<string> = (cell) => plateOf(String(cell));

/** A plate, or an id. */
export const plateOrId: Read<string> = (cell) => {
  const said = String(cell).trim();
  return /^[0-9A-HJKMNP-TV-Z]{26}$/.test(said) ? said : plateOf(said);
};

export const vehicle = {
  zh: '车牌号',
  en: 'Plate',
  also: ['车牌', '号牌号码', '车辆'],
  required: true,
  read: plateOrId,
  example: '浙C12345',
  help: ['车牌号或编号', 'plate or id'],
} as const satisfies Column<string>;

const clock =
  /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[T ]\s*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?)?分?$/;

function momentOf(edge: 'from' | 'to'): Read<number> {
  return (cell, days) => {
    const parts = clock.exec(String(cell).normalize('NFKC').trim());
    if (parts === null) {
      const day = days.read(cell);
      return day instanceof CellFault || day.bucket !== 'day' ? new CellFault('not-a-time') : day[edge];
    }
    const [, year, ...rest] = parts;
    const [month, date, hour, minute, second = '00'] = rest.map((part) => part?.padStart(2, '0'));
    const at = days.calendar.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}`);
    return at ?? new CellFault('not-a-time');
  };
}

/** A local time; of a day alone its beginning, or its end. */
export const beginning = momentOf('from');
export const ending = momentOf('to');

/**
 * Of a card: statements often have days alone (or 00:00, which is how spreadsheets show them). Such a day is taken as its noon,
 * and `toTheDay`: where the car was when it was filled cannot be asked then.
 */
export const cardTime: Read<{ readonly ts: number; readonly toTheDay: boolean }> = (cell, days) => {
  const at = beginning(cell, days);
  if (at instanceof CellFault) return at;
  const toTheDay = days.calendar.floor(at, 'day') === at;
  return { ts: toTheDay ? at + 12 * 3_600_000 : at, toTheDay };
};

export const timeHelp = ['当地时间；只写日期即当日零点', 'local time; a date alone is its midnight'] as const;

export const cny = {
  zh: '金额（元）',
  en: 'Amount (CNY)',
  also: ['金额', '费用', '费用（元）'],
  required: true,
  read: numeric(0, 1e9),
  example: 320.5,
  help: ['元', 'CNY'],
} as const satisfies Column<number>;

export const odometer = {
  zh: '里程表（公里）',
  en: 'Odometer (km)',
  also: ['里程表', '里程', '里程表读数'],
  read: numeric(0, 1e7),
  example: 45_210,
  help: ['加油（维修）时里程表读数', 'as it showed then'],
} as const satisfies Column<number>;

export const documentColumn = {
  zh: '单据号',
  en: 'Document',
  also: ['票据号', '流水号', '发票号'],
  read: text(200),
  example: 'D-2025-0117',
  help: [
    '同一单据再次导入即替换',
    'the same document again (of the same card or car, and time) replaces the one before',
  ],
} as const satisfies Column<string>;

/** A table of codes with titles, as `choice` takes it. */
export function titled<Name extends string>(
  table: Readonly<Record<Name, Readonly<Record<Language, string>>>>,
): Readonly<Record<Name, { zh: string; en: string }>> {
  const entries = Object.entries<Readonly<Record<Language, string>>>(table);
  return Object.fromEntries(
    entries.map(([name, titles]) => [name, { zh: titles['zh-CN'], en: titles.en }]),
  ) as Record<Name, { zh: string; en: string }>;
}

/** `YYYY-MM-DD` of a day. */
export function dateText(days: Days, entry: Pick<Entry, 'calendar'>): string {
  return entry.calendar.format(days.from).slice(0, 10);
}

export function record<Kind extends FleetKind>(
  entry: Pick<Entry, 'record'>,
  kind: Kind,
  value: FleetValues[Kind],
): void {
  const { key } = fleetKinds[kind] as { readonly key: (value: FleetValues[Kind]) => string };
  entry.record(kind, value, key(value));
}
