import { expect, it } from 'vitest';
import { fleetSchema } from '../../core/runtime/fleet-config.ts';
import { midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { judgedByText, judgedFrom } from './judged-by.ts';

const text = (config: object, years = [2025, 2026]) => judgedByText(fleetSchema.parse(config), years);
const from = (before: string | null, now: string) => judgedFrom(before, now, testCalendar);

it('is the same for the same rules, in whatever order days are written', () => {
  const days = { '2026-09-02': 'holiday', '2026-03-01': 'workday' } as const;
  const turned = { '2026-03-01': 'workday', '2026-09-02': 'holiday' } as const;
  expect(from(text({ days }), text({ days: turned }))).toBeNull();
  expect(from(text({ keepDays: 30 }), text({ keepDays: 90 }))).toBeNull();
});

it('judges anew from the first day that is said otherwise', () => {
  const days = { '2026-09-02': 'holiday' };
  expect(from(text({}), text({ days }))).toBe(midnight('2026-09-02'));
  expect(from(text({ days }), text({ days: { ...days, '2026-04-05': 'workday' } }))).toBe(
    midnight('2026-04-05'),
  );
  expect(from(text({ days }), text({}))).toBe(midnight('2026-09-02'));
});

it('judges a year anew once its notice is known', () => {
  expect(from(text({}), text({}, [2025, 2026, 2027]))).toBe(midnight('2027-01-01'));
});

it('judges everything anew by other rules, and where it is not known by which it was', () => {
  expect(from(text({}), text({ idleMinutes: 20 }))).toBe(0);
  expect(from(null, text({}))).toBe(0);
  expect(from('nonsense', text({}))).toBe(0);
});
