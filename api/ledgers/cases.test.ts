// Bad input: each folder of cases/ holds a file and what is said of it. To add one: a folder with input.csv (or input.xlsx), then
// `npx vitest run api/ledgers/cases.test.ts -u`, and read expected.json.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  by,
  midnight,
  type TestRegistry,
  testCalendar,
  testRegistry,
} from '../../core/testing/test-registry.ts';
import { importLedgers } from './import.ts';

const folder = fileURLToPath(new URL('./cases/', import.meta.url));
let world: TestRegistry;
beforeAll(async () => {
  world = await testRegistry();
  const { institutions, buildings, accounts } = world.registry;
  const validFrom = midnight('2020-01-01');
  const city = await institutions.create({ name: '云江市', parent: null, validFrom }, by);
  const district = await institutions.create({ name: '江北区', parent: city.id, validFrom }, by);
  for (const parent of [city.id, district.id])
    await institutions.create({ name: '第一中学', parent, validFrom }, by);
  await buildings.create({ name: '大楼', institution: city.id, validFrom }, by);
  await accounts.create({ number: 'E1', institution: city.id, commodity: 'electricity', validFrom }, by);
});
afterAll(() => world.end());

describe('a file with faults', () => {
  it.each(readdirSync(folder))('%s: each is named by row, column, value and reason', async (name) => {
    const input = readdirSync(join(folder, name)).find((file) => file.startsWith('input.')) ?? '';
    const file = { name: input, bytes: readFileSync(join(folder, name, input)) };
    const options = { calendar: testCalendar, by, dryRun: true } as const;
    const [zh, en] = await Promise.all(
      (['zh-CN', 'en'] as const).map((language) =>
        importLedgers(world.registry, [file], { ...options, language }),
      ),
    );
    expect(zh?.applied).toBe(false);
    expect(zh?.faultCount).toBeGreaterThan(0);
    const said = {
      ledgers: zh?.ledgers,
      unknownColumns: zh?.unknownColumns.map(({ column }) => column).join(', '),
      faults: zh?.faults.map(({ file: _, sheet: _sheet, ...fault }, index) => ({
        ...fault,
        en: en?.faults[index]?.reason,
      })),
    };
    const text = JSON.stringify(said, null, 2).replaceAll(/[0-9A-HJKMNP-TV-Z]{26}/g, '<id>');
    await expect(`${text}\n`).toMatchFileSnapshot(join(folder, name, 'expected.json'));
  });
});
