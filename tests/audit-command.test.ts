// `jieyue audit verify` as an administrator runs it, on a log that is whole, cut off, and rewritten.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { runJieyue } from '../core/testing/jieyue.ts';
import { testCalendar } from '../core/testing/test-registry.ts';

let home: string;
let head: string;
const path = () => join(home, 'registry.sqlite');
const verify = (...args: string[]) =>
  runJieyue(['audit', 'verify', ...args], { JIEYUE_HOME: home, JIEYUE_LANGUAGE: 'en' });

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'jieyue-audit-'));
  const registry = createRegistry({
    path: path(),
    calendar: testCalendar,
    clock: systemClock,
    log: silentLogger,
  });
  await registry.start();
  for (const purpose of ['one', 'two', 'three'])
    await registry.fleet.audit.append({
      principal: 'p',
      name: 'Pool',
      action: 'track',
      vehicles: ['v'],
      institutions: ['i'],
      from: 0,
      to: 1,
      purpose,
    });
  const verdict = await registry.fleet.audit.verify();
  head = `${verdict.head?.seq}:${verdict.head?.hash}`;
  await registry.stop();
});
afterAll(() => rmSync(home, { recursive: true }));

describe('jieyue audit verify', () => {
  it('says that the log is whole, with a head to write down', async () => {
    expect(await verify()).toEqual({
      code: 0,
      stdout: `the audit log is whole: 3 entries; head ${head}\n`,
      stderr: '',
    });
    expect((await verify('--head', head)).code).toBe(0);
  });

  it('does not take a folder without a registry for an empty log', async () => {
    const nowhere = join(home, 'nowhere');
    const asked = await runJieyue(['audit', 'verify'], { JIEYUE_HOME: nowhere, JIEYUE_LANGUAGE: 'en' });
    expect([asked.code, asked.stdout]).toEqual([1, '']);
    expect(asked.stderr).toContain(`there is no registry ${join(nowhere, 'registry.sqlite')}`);
    expect(existsSync(nowhere)).toBe(false);
  });

  it('takes no head that is none', async () => {
    const asked = await verify('--head', '3');
    expect([asked.code, asked.stdout]).toEqual([1, '']);
    expect(asked.stderr).toContain('--head 3');
  });

  it('ends with 1 where entries were cut off or changed, and names the first', async () => {
    const database = new Database(path());
    const triggers = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
      .all() as { name: string }[];
    expect(triggers.length).toBeGreaterThan(0);
    for (const { name } of triggers) database.exec(`DROP TRIGGER "${name}"`);
    database.exec('DELETE FROM audit WHERE seq = 3');
    expect((await verify()).code).toBe(0);
    const cut = await verify('--head', head);
    expect([cut.code, cut.stdout]).toEqual([1, expect.stringMatching(/broken at entry 3: .*cut off/)]);
    database.exec("UPDATE audit SET purpose = 'nothing' WHERE seq = 2");
    database.close();
    const changed = await verify();
    expect([changed.code, changed.stdout]).toEqual([1, expect.stringMatching(/broken at entry 2: /)]);
  });
});
