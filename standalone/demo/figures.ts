// The first figures of the screen, asked from the API as anyone would.
import { z } from 'zod';
import type { Calendar } from '../../core/domain/time.ts';
import type { FirstFigures, YearFigures } from '../screen.ts';

const institutionsSchema = z.object({
  institutions: z.array(z.object({ id: z.string(), name: z.string(), parent: z.string().nullable() })),
});
const consumptionSchema = z.object({
  total: z.object({ value: z.number().nullable(), coverage: z.number().nullable() }),
});

/** Electricity of every institution: this year's whole days so far, and the same stretch of last year. */
export async function firstFigures(
  api: string,
  key: string | undefined,
  calendar: Calendar,
  now: number,
): Promise<FirstFigures> {
  const year = Number(calendar.format(now).slice(0, 4));
  const today = calendar.format(calendar.floor(now, 'day')).slice(0, 10);
  const lastYearsDay = `${year - 1}${today.slice(4)}`.replace('-02-29', '-02-28');
  if (key === undefined) return { year, rows: [] };
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${api}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const { institutions } = institutionsSchema.parse(await get('/institutions'));
  const electricity = async (institution: string, from: string, to: string) => {
    const query = new URLSearchParams({ institution, carrier: 'electricity', bucket: 'day', from, to });
    // On 1 January there is no whole day yet.
    if (from === to) return { value: null, coverage: null };
    return consumptionSchema.parse(await get(`/consumption?${query}`)).total;
  };
  const rows: YearFigures[] = [];
  const visit = async (parent: string | null, depth: number): Promise<void> => {
    for (const { id, name } of institutions.filter((each) => each.parent === parent)) {
      const thisYear = await electricity(id, `${year}-01-01`, today);
      const lastYear = await electricity(id, `${year - 1}-01-01`, lastYearsDay);
      rows.push({
        id,
        name,
        depth,
        thisYear: thisYear.value,
        lastYear: lastYear.value,
        coverage: thisYear.coverage,
      });
      await visit(id, depth + 1);
    }
  };
  await visit(null, 0);
  return { year, rows };
}
