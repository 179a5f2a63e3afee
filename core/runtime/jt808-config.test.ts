import { describe, expect, it } from 'vitest';
import { configSchema } from './config.ts';

const source = {
  type: 'jt808',
  name: 'cars',
  codeSecretFile: './secret',
  terminals: [{ phone: '13800000001', plate: '鄂A12345' }],
};

/** Each fault as `path: message`, below the source. */
function faultsOf(more: object): string[] {
  const { error } = configSchema.safeParse({ agent: { id: 'a', sources: [{ ...source, ...more }] } });
  return (error?.issues ?? []).map(({ path, message }) => `${path.slice(3).join('.')}: ${message}`);
}

describe('the configuration of a jt808 source', () => {
  it('knows terminals by their phone without leading zeros', () => {
    const parsed = configSchema.parse({
      agent: {
        id: 'a',
        sources: [
          { ...source, register: 'phone-only', terminals: [{ phone: '000013800000001' }, { phone: '0' }] },
        ],
      },
    });
    expect(parsed.agent?.sources[0]).toMatchObject({
      port: 6_808,
      datum: 'wgs84',
      register: 'phone-only',
      terminals: [{ phone: '13800000001' }, { phone: '0' }],
    });
  });

  it('is refused where a terminal could not be told from another, or has no code', () => {
    const plate = '鄂A12345';
    const twice = [
      { phone: '0138', plate },
      { phone: '138', plate },
      { phone: '139', point: '138', plate },
    ];
    expect(faultsOf({ terminals: twice })).toEqual([
      'terminals.1.phone: "138" stands at terminals.0 already',
      'terminals.2.point: "138" is the point of terminals.1 already',
    ]);
    const bare = { codeSecretFile: undefined, terminals: [{ phone: '138' }, { phone: '139', code: 'own' }] };
    expect(faultsOf(bare)).toEqual([expect.stringMatching(/^terminals\.0\.code: give a code/)]);
    expect(faultsOf({ terminals: [{ phone: '138', code: 'a', codeFile: 'b' }] })).toEqual([
      'terminals.0.codeFile: code and codeFile exclude each other',
    ]);
  });

  it('is refused where a phone number alone would let in, unless that is said', () => {
    const terminals = [
      { phone: '138' },
      { phone: '139', plate: '鄂A12345' },
      { phone: '140', code: 'own' },
      { phone: '141', codeFile: './code' },
    ];
    expect(faultsOf({ terminals })).toEqual([
      expect.stringMatching(/^terminals\.0\.plate: whoever knows the number 138 .* register: phone-only/),
    ]);
    expect(faultsOf({ terminals, register: 'phone-only' })).toEqual([]);
  });

  it.each([
    [{ terminals: [{ phone: '+86138', plate: 'A' }] }, 'terminals.0.phone: up to 20 digits, in quotes'],
    [{ terminals: [{ phone: '138', code: 'two words' }] }, 'terminals.0.code: 1 to 64 printable'],
    [{ register: 'anybody' }, 'register: '],
    [{ datum: 'mars' }, 'datum: '],
    [{ codeSecret: 'short' }, 'codeSecret: '],
    [{ terminals: [] }, 'terminals: '],
  ])('is refused with %j', (more, fault) => {
    expect(faultsOf(more)).toEqual([expect.stringContaining(fault)]);
  });
});
