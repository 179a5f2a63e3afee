// docs/errors.md and docs/quantities.md are written from the tables in code: `npx vitest run core/domain/documented.test.ts -u`.
import { describe, expect, it } from 'vitest';
import { errorCodes } from './errors.ts';
import { carriers, quantities, quantityEntry } from './units.ts';

const areas: Readonly<Record<string, string>> = {
  batch: 'Batches on the wire',
  row: 'Rows of a batch',
  store: 'The store of readings',
  outbox: "An agent's outbox",
  registry: 'The registry',
  config: 'Configuration',
  import: 'Importing files',
  api: 'The API',
  agent: 'Agents',
  broker: 'The broker',
  source: 'Devices and files that an agent reads',
};

function areaOf(code: string): string {
  const [area = code] = code.split('.');
  return area;
}

function errorsDocument(): string {
  const codes = Object.entries(errorCodes);
  const named = [...new Set(codes.map(([code]) => areaOf(code)))];
  const sections = named.map((area) => {
    const rows = codes
      .filter(([code]) => areaOf(code) === area)
      .map(([code, [status, text]]) => `| \`${code}\` | ${status} | ${text} |`);
    return `## ${areas[area] ?? area}\n\n| code | status | what it means, what to do |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Error codes

Every error has a code from this list. The API answers with the HTTP status and a problem document (RFC 9457) that
carries the code; refused rows of a batch carry it in the acknowledgement and in \`/api/v1/rejects\`; the command line
and the log show it with the message. The message names the thing, the value and the way out. It is in
English or Chinese: the API by \`Accept-Language\` (English unless Chinese is asked for first), the command line by \`language\`.

Written from \`core/domain/errors.ts\`; a test compares both.

${sections.join('\n')}`;
}

function quantitiesDocument(): string {
  const carrierRows = Object.entries(carriers).map(
    ([name, { unit, zh, en }]) => `| \`${name}\` | ${unit} | ${zh} | ${en} |`,
  );
  const rows = Object.keys(quantities).map((name) => {
    const entry = quantityEntry(name);
    if (entry === undefined) throw new Error(`no entry of ${name}`);
    const { kind, unit, carrier, min, max, zh, en } = entry;
    return `| \`${name}\` | ${kind} | ${unit} | ${carrier ?? ''} | ${number(min)} to ${number(max)} | ${zh} | ${en} |`;
  });
  return `# Quantities and units

What a point can report. A value outside of its range is refused (\`row.value\`).

- \`register\` (示数): a counter that only rises; consumption is the rise of its curve, times the multiplier.
- \`interval\` (时段量): energy of one interval, stamped at the interval's start; a missing interval is missing.
- \`gauge\`: an instantaneous value; hours keep mean, minimum and maximum.
- \`state\`: a switch or mode, 0 or 1; the mean is the share of time on.

Written from \`core/domain/units.ts\`; a test compares both.

## Carriers: what consumption is asked for by

| carrier | unit | zh-CN | en |
|---|---|---|---|
${carrierRows.join('\n')}

## Quantities

| quantity | kind | unit | carrier | range | zh-CN | en |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function number(value: number): string {
  return Math.abs(value) >= 1e5 ? value.toExponential().replace('+', '') : String(value);
}

describe('the documented lists', () => {
  it('name every error code with its status and meaning, and no other', async () => {
    await expect(errorsDocument()).toMatchFileSnapshot('../../docs/errors.md');
  });

  it('put every error code into an area with a heading', () => {
    const unnamed = Object.keys(errorCodes).filter((code) => areas[areaOf(code)] === undefined);
    expect(unnamed).toEqual([]);
  });

  it('name every quantity and carrier with unit and range, and no other', async () => {
    await expect(quantitiesDocument()).toMatchFileSnapshot('../../docs/quantities.md');
  });
});
