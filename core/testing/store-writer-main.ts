// Writes until it is killed: rows of ten series a write, with marks; prints a line after each write that resolved, and
// `refused` for one that it tries again. Arguments: a module that exports `openAt(argument)`, the argument, the agent's
// name, rows of a series in one write.
import { isJieyueError } from '../domain/errors.ts';
import { sleep } from '../runtime/clock.ts';
import type { TelemetryStore } from '../store/port.ts';
import { minute, start, writtenValue } from './store-contract/rows.ts';

const [, , module = '', argument = '', agent = '', rows = '1'] = process.argv;
const perWrite = Number(rows);
const { openAt } = (await import(module)) as { openAt: (argument: string) => Promise<TelemetryStore> };
const store = await openAt(argument);
const handles = Array.from({ length: 10 }, (_, index) => store.series(`${agent}/m${index}`, 'electricity'));
process.stdout.write('open\n');
for (let written = 0; ; written++) {
  const indexes = Array.from({ length: perWrite }, (_, at) => written * perWrite + at);
  const cells = handles.flatMap((series) => indexes.map((index) => ({ series, index })));
  const columns = {
    series: cells.map((cell) => cell.series),
    ts: cells.map((cell) => start + cell.index * minute),
    value: cells.map((cell) => writtenValue(cell.index)),
    length: cells.length,
  };
  const window = {
    from: start + written * perWrite * minute,
    to: start + ((written + 1) * perWrite - 1) * minute,
  };
  const marks = handles.map((series) => ({ series, ...window }));
  for (;;) {
    try {
      await store.write(columns, [], marks);
      break;
    } catch (error) {
      if (!isJieyueError(error, 'store.unavailable')) throw error;
      process.stdout.write(`refused: ${error.message}\n`);
      await sleep(20);
    }
  }
  process.stdout.write(`written ${written + 1}\n`);
}
