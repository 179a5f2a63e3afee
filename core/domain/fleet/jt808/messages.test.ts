import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLocation, encodeLocation } from './location.ts';
import {
  authBody,
  batchBody,
  batchKinds,
  eachOfBatch,
  generalReplyBody,
  readAuthentication,
  readGeneralReply,
  readRegisterReply,
  readRegistration,
  readResendRequest,
  registerBody,
  registerReplyBody,
  registerResults,
  resendRequestBody,
} from './messages.ts';

describe('a registration', () => {
  it.each(['2011', '2013', '2019'] as const)('of %s says who the terminal is', (edition) => {
    const said = {
      province: 42,
      city: 106,
      maker: 'JYUE1',
      model: 'T-808',
      terminalId: 'A000001',
      plateColour: 1,
      plate: '鄂A12345',
    };
    const body = registerBody(edition, said);
    expect(readRegistration(body, 0, body.length, edition === '2019' ? '2019' : '2013')).toEqual(said);
  });

  it('that is too short is none', () => {
    expect(readRegistration(new Uint8Array(24), 0, 24, '2013')).toBeUndefined();
    expect(readRegistration(new Uint8Array(70), 0, 70, '2019')).toBeUndefined();
  });
});

describe('an authentication', () => {
  it('carries its code in both forms, and the IMEI in that of 2019', () => {
    const old = authBody('2013', 'a-code');
    expect(readAuthentication(old, 0, old.length, '2013')).toEqual({ code: 'a-code', imei: '' });
    const body = authBody('2019', 'a-code', { imei: '860000000000001', software: '1.2' });
    expect(readAuthentication(body, 0, body.length, '2019')).toEqual({
      code: 'a-code',
      imei: '860000000000001',
    });
  });

  it('may end with zeros, and its code may not run past the end', () => {
    const zeros = Uint8Array.of(97, 98, 0, 0);
    expect(readAuthentication(zeros, 0, 4, '2013')?.code).toBe('ab');
    expect(readAuthentication(Uint8Array.of(9, 97), 0, 2, '2019')).toBeUndefined();
    expect(readAuthentication(new Uint8Array(0), 0, 0, '2019')).toBeUndefined();
  });
});

describe('a batch', () => {
  const bodies = [1, 2, 3].map((lat) => encodeLocation({ ts: Date.UTC(2026, 9, 1), lat, lon: 114 }));

  it('holds its locations and says whether they come late', () => {
    const body = batchBody(bodies, batchKinds.blindZone);
    const lats: unknown[] = [];
    const outline = eachOfBatch(body, 0, body.length, (start, end) => {
      const location = decodeLocation(body, start, end);
      lats.push(typeof location === 'string' ? location : location.lat);
    });
    expect(lats).toEqual([1, 2, 3]);
    expect(outline).toEqual({ kind: 1, stated: 3, found: 3, malformed: false });
  });

  it('that is cut off keeps the locations before the cut', () => {
    const body = batchBody(bodies);
    let found = 0;
    const outline = eachOfBatch(body, 0, body.length - 5, () => found++);
    expect(found).toBe(2);
    expect(outline).toMatchObject({ stated: 3, found: 2, malformed: true });
    expect(eachOfBatch(body, 0, 2, () => found++)).toBeUndefined();
  });

  it('never reads past its end, whatever it says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        eachOfBatch(noise, 0, noise.length, (start, end) => {
          expect(start <= end && end <= noise.length).toBe(true);
        });
      }),
      { seed: 808 },
    );
  });
});

describe('replies', () => {
  it('are read as they were written', () => {
    expect(readGeneralReply(generalReplyBody(65_535, 0x0704, 3))).toEqual({
      serial: 65_535,
      id: 0x0704,
      result: 3,
    });
    const told = registerReplyBody(300, registerResults.ok, 'secret');
    expect(readRegisterReply(told)).toEqual({ serial: 300, result: 0, code: 'secret' });
    const refused = registerReplyBody(300, registerResults.unknownTerminal, 'secret');
    expect(readRegisterReply(refused)).toEqual({ serial: 300, result: 4, code: '' });
    for (const version of ['2013', '2019'] as const) {
      const body = resendRequestBody(version, 500, [2, 300]);
      expect(readResendRequest(body, version)).toEqual({ serial: 500, numbers: [2, 300] });
      expect(readResendRequest(body.subarray(0, body.length - 1), version)).toBeUndefined();
    }
  });
});
