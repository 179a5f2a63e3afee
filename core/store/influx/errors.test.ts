// Which answers to a write are about a row, and which are not: a row that is set aside for a proxy's sake is lost.
// Shapes of 1.x: ea88f9e6983000f1f160ad16cad8f34914f2d193, services/httpd/handler.go and what it calls; of 2.x and 3
// those that influx-2.test.ts and influx-3.test.ts do not have.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, line, ScriptedServer } from '../../testing/scripted-influx.ts';

const server = new ScriptedServer();
beforeEach(() => server.start());
afterEach(() => server.stop());

const html = { 'content-type': 'text/html' };
const text = { 'content-type': 'text/plain' };
const written = { status: 204 };

async function refusal(status: number, headers: Readonly<Record<string, string>>, body: string) {
  server.replies = () => ({ status, headers, body });
  const error: unknown = await server
    .connect({ version: 1 })
    .write([line])
    .catch((thrown: unknown) => thrown);
  return error as { code: string; message: string; details?: unknown };
}

describe('a write that is not taken', () => {
  it.each([
    [400, html, '<html><body>400 Bad Request</body></html>'],
    [413, html, '<html><body>413 Request Entity Too Large</body></html>'],
    [413, json, '{"error":"Request Entity Too Large"}'],
    [413, json, '{"code":"request too large","message":"max request size (10485760 bytes) exceeded"}'],
    [422, text, 'Unprocessable'],
    [400, text, 'Client sent an HTTP request to an HTTPS server.'],
    [400, json, '{"error":"database is required"}'],
    [400, json, '{"error":"unexpected EOF"}'],
    [400, json, '{"error":"EOF"}'],
    [400, json, '{"error":"read tcp 127.0.0.1:8086->127.0.0.1:50000: i/o timeout"}'],
    [400, json, '{"code":"invalid","message":"unable to read data: gzip: invalid header"}'],
    [
      400,
      json,
      '{"code":"invalid","message":"invalid precision; valid precision units are ns, us, ms, and s"}',
    ],
    [400, json, '{"code":"invalid","message":"write buffer error: incoming write was empty"}'],
    // What our own text says in a page of something else.
    [400, html, '<p>you sent: partial write: field type conflict dropped=1</p>'],
    [400, json, '{"error":"partial write: max-values-per-tag limit exceeded (100001/100000): … dropped=1"}'],
    [400, json, '{"error":"partial write: shard 7 is pending deletion dropped=1"}'],
  ])('with %i %o %s is to be tried again, and told as it is', async (status, headers, body) => {
    const { code, message } = await refusal(status, headers, body);
    expect(code).toBe('store.unavailable');
    expect(message).toContain(String(status));
    const said = body.startsWith('{') ? Object.values(JSON.parse(body) as object).at(-1) : body;
    expect(message).toContain(said);
  });

  it.each([
    ['partial write: points beyond retention policy dropped=3', 3],
    [
      'partial write: field type conflict: input field "value" on measurement "readings" is type integer, already exists as type float dropped=1',
      1,
    ],
    ['partial write: max key length exceeded: 70000 > 65535 dropped=1', 1],
    // Lines that cannot be read are not in the number.
    [`partial write: unable to parse '${line}x': bad timestamp dropped=0`, undefined],
    [`unable to parse '${line}x dropped=9 for database: ': bad timestamp`, undefined],
    ['field type conflict', undefined],
    ['partial write: points outside retention policy dropped=2 for database: a for retention policy: b', 2],
    [`partial write: unable to parse 'm,point=${'x'.repeat(600)}' dropped=0`, undefined],
  ])('because a row is at fault is refused: %s', async (reason, refused) => {
    const { code, message, details } = await refusal(400, json, JSON.stringify({ error: reason }));
    expect(code).toBe('row.refused-by-store');
    expect(message).toContain(reason.slice(0, 300));
    expect(details).toEqual(refused === undefined ? undefined : { refused });
  });

  it('is never a success for a word in its reason', async () => {
    // The client lets an error that holds these words pass (WriteApiImpl.ts).
    const reason = `unable to parse 'm,point=hinted handoff queue not empty': missing fields`;
    expect(await refusal(400, json, JSON.stringify({ error: reason }))).toMatchObject({
      code: 'row.refused-by-store',
    });
    const full = JSON.stringify({ error: 'write failed: hinted handoff queue not empty' });
    expect(await refusal(500, json, full)).toMatchObject({ code: 'store.unavailable' });
  });

  it('because the database is gone says what to do', async () => {
    const { code, message } = await refusal(
      404,
      json,
      '{"error":"database not found: \\"jieyue_readings\\""}',
    );
    expect(code).toBe('store.unavailable');
    expect(message).toContain('database not found');
    expect(message).toContain('start again');
  });

  it('because of its size goes in halves, row by row at last, and what is too large alone is not set aside', async () => {
    const lines = Array.from({ length: 5 }, (_, index) => line.replace(/1$/, String(index)));
    server.replies = ({ body }) =>
      body.includes('\n') ? { status: 413, headers: html, body: '<h1>413</h1>' } : written;
    const connection = server.connect({ version: 1 });
    await connection.write(lines);
    const alone = server.writes().filter(({ body }) => !body.includes('\n'));
    expect(alone.map(({ body }) => body)).toEqual(lines);
  });
});
