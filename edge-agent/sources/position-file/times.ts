// Times of an export, in the format that the configuration names, to epoch ms. Pure.
import { DateTime } from 'luxon';
import type { PositionFileConfig } from '../../../core/runtime/position-config.ts';
import { TimeReader } from '../csv/times.ts';
import { epochOf } from '../position-row.ts';

type Time = { readonly ts: number } | { readonly reason: string };

/** Dates of a workbook come in one form, whatever the format of texts is. */
const ofWorkbooks = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d)?$/;

/** As `timeReader`, and dates of cells. */
export function cellTimeReader(time: PositionFileConfig['time']): (text: string) => Time {
  const asText = timeReader(time);
  const asDate = timeReader({ ...time, format: 'auto' });
  return (text) => (ofWorkbooks.test(text) ? asDate(text) : asText(text));
}

/** Reads a trimmed text that is not empty. A local time that a clock change repeats is refused: cars' rows are in no order that tells. */
export function timeReader({ format, zone }: PositionFileConfig['time']): (text: string) => Time {
  if (format === 'epoch-s') return (text) => epochOf(text, 1000);
  const times = new TimeReader(zone);
  const once = (text: string): Time => {
    const time = times.parse(text);
    if ('reason' in time || !time.repeat) return time;
    return { reason: `the clocks of ${zone} showed this time twice; it needs its offset, such as +02:00` };
  };
  if (format === 'auto') return once;
  const parser = DateTime.buildFormatParser(format);
  const statesOffset = /[Zz]/.test(format.replaceAll(/'[^']*'/g, ''));
  return (text) => {
    const read = DateTime.fromFormatParser(text, parser, { zone: 'UTC' });
    if (!read.isValid) return { reason: `not a time of the form ${format}` };
    return once(statesOffset ? String(read.toMillis()) : read.toFormat("yyyy-MM-dd'T'HH:mm:ss.SSS"));
  };
}
