import { describe, expect, it } from 'vitest';
import { JieyueError } from '../domain/errors.ts';
import { loadConfig } from './config.ts';
import { faultOfCron } from './cron.ts';

describe('a time of cron', () => {
  it.each(['10 3 * * *', '*/5 * * * *', '1-59/5 * * * *', '20 6-12 * * 1-5'])('may be %s', (at) => {
    expect(faultOfCron(at)).toBeUndefined();
  });

  it.each([
    ['* * * * * *', 'five fields'],
    ['at three', 'five fields'],
    ['99 3 * * *', 'minute'],
    ['0 3 31 2 *', 'day of month'],
    ['0 3 * * x', 'week day'],
  ])('is not %s, in words', (at, word) => {
    expect(faultOfCron(at)).toContain(`"${at}"`);
    expect(faultOfCron(at)).toContain(word);
    expect(faultOfCron(at)).toContain('10 3 * * *');
  });

  it('is refused by its path with all other faults of the configuration', () => {
    const environment = { JIEYUE_JOBS_HISTORY_AT: '61 1 * * *', JIEYUE_JOBS_STATES_AT: 'often' };
    const load = () => loadConfig({ environment });
    expect(load).toThrow(JieyueError);
    expect(load).toThrow(/jobs\.statesAt: "often"[\s\S]*jobs\.historyAt: "61 1 \* \* \*"/);
  });
});
