import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Outage } from './outage.ts';

it('an outage is a line when it begins, fewer and fewer while it lasts, and one when it is over', () => {
  const lines: { level: number; failures: number }[] = [];
  const outage = new Outage(pino({}, { write: (line: string) => lines.push(JSON.parse(line)) }));
  outage.over();
  for (let failure = 0; failure < 20; failure++) outage.failed(new Error('down'));
  outage.over();
  outage.over();
  outage.failed(new Error('down again'));
  expect(lines.map(({ level, failures }) => [level, failures])).toEqual([
    [50, 1],
    [50, 2],
    [50, 4],
    [50, 8],
    [50, 16],
    [30, 20],
    [50, 1],
  ]);
});
