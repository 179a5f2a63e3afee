import { describe, expect, it } from 'vitest';
import { PasswordCheck } from './password-check.ts';
import { hashPassword } from './passwords.ts';

const salt = Buffer.alloc(12, 7);

describe('checking passwords', () => {
  it('answers a storm of reconnects right, the right and the wrong', async () => {
    const check = new PasswordCheck(Buffer.alloc(32, 1));
    const hash = await hashPassword('secret', salt, 1_000);
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, (_, n) =>
        check.check(`agent-${n % 40}`, n % 3 ? 'secret' : 'wrong', hash),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 2_000 }, (_, n) => n % 3 !== 0));
    expect(check.refused).toBe(0);
  });

  it('refuses and counts what comes when too many wait', async () => {
    const check = new PasswordCheck(Buffer.alloc(32, 1));
    const hash = await hashPassword('secret', salt, 1);
    const answers = await Promise.all(
      Array.from({ length: 10_100 }, (_, n) => check.check(`agent-${n}`, 'secret', hash)),
    );
    expect(answers.filter((right) => right)).toHaveLength(10_002);
    expect(check.refused).toBe(98);
    expect(await check.check('agent-10099', 'secret', hash)).toBe(true);
  });

  it('does not remember a password beyond its change', async () => {
    const check = new PasswordCheck(Buffer.alloc(32, 1));
    const hash = await hashPassword('secret', salt, 10);
    expect(await check.check('a', 'secret', hash)).toBe(true);
    expect(await check.check('a', 'secret', await hashPassword('other', salt, 10))).toBe(false);
    expect(await check.check('b', 'secret', hash)).toBe(true);
  });
});
