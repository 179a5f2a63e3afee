// The committed JSON against the types that Grafana publishes. Its packages hold no JSON schema (neither
// @grafana/grafana-foundation-sdk 0.0.21 nor @grafana/schema 13.2.3), but types made from the same source: so each board,
// panel, its options and its field configuration is written into a program as it stands, and the compiler checks it, names
// that do not exist included. What types do not say (what queries ask, what overrides and links name) is in boards.test.ts.
//
// JSON schemas are published in the SDK's repository (grafana/grafana-foundation-sdk, jsonschema/*.jsonschema.json), which is
// no package and is not kept here: they are checked by hand, not by this test. All 14 boards of then were valid against them
// (f178d5a42a8915fdda9235e97ad93881e3f94fef, with ajv, three fields that the schema leaves without a type taken as open).
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { boardNames, committedBoard, panelsOf, variablesOf } from './committed-boards.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const sdk = '@grafana/grafana-foundation-sdk';
/** Panels whose field configuration has a part of its own. */
const withFields = ['timeseries', 'barchart', 'table', 'heatmap'];

/** As JSON has it: enumerations are their values, functions are gone. */
const prelude = `
import type * as dashboard from '${sdk}/dashboard';
import type { InfluxQlTarget } from './query/influxql-query.ts';
type Json<T> = 0 extends 1 & T ? T
  : T extends string ? \`\${T}\`
  : T extends number ? (\`\${T}\` extends \`\${infer N extends number}\` ? N : number)
  : T extends readonly (infer E)[] ? Json<E>[]
  : T extends object ? { [K in keyof T as T[K] extends (...args: never) => unknown ? never : K]: Json<T[K]> }
  : T;
`;

describe('the committed boards', () => {
  it('are of the types that Grafana publishes', () => {
    expect(faultsOf(programText())).toEqual([]);
  });

  it.each([
    ['a name that does not exist', (text: string) => text.replace('"graphMode":', '"graphMood":')],
    [
      'a value that is none of a list',
      (text: string) => text.replace('"graphMode":"none"', '"graphMode":"nothing"'),
    ],
    ['a text for a number', (text: string) => text.replace('"lineWidth":2', '"lineWidth":"2"')],
  ])('would be found out with %s', (_what, spoil) => {
    const text = programText();
    expect(spoil(text)).not.toBe(text);
    expect(faultsOf(spoil(text)).length).toBeGreaterThan(0);
  });
});

function programText(): string {
  const types = new Set<string>();
  const lines: string[] = [];
  const declare = (type: string, value: unknown) =>
    lines.push(`export const v${lines.length}: Json<${type}> = ${JSON.stringify(value)};`);
  for (const name of boardNames) {
    const board = committedBoard(folder, 'zh-CN', name);
    const { panels, ...rest } = board;
    declare('dashboard.Dashboard', rest);
    for (const variable of variablesOf(board)) declare('dashboard.VariableModel', variable);
    for (const row of panels ?? []) if (row.type === 'row') declare('dashboard.RowPanel', row);
    for (const { targets, ...panel } of panelsOf(board)) {
      types.add(panel.type);
      // Of any type there, and of their own below.
      const { custom, ...defaults } = panel.fieldConfig?.defaults ?? {};
      declare('dashboard.Panel', { ...panel, options: {}, fieldConfig: { ...panel.fieldConfig, defaults } });
      declare(`${panel.type}.Options`, panel.options);
      if (custom !== undefined && withFields.includes(panel.type))
        declare(`${panel.type}.FieldConfig`, custom);
      for (const target of targets) declare('InfluxQlTarget', target);
    }
  }
  const imports = [...types].map((type) => `import type * as ${type} from '${sdk}/${type}';`);
  return [prelude, ...imports, ...lines].join('\n');
}

function faultsOf(text: string): string[] {
  const file = join(folder, 'committed-boards-as-types.ts');
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getCurrentDirectory = () => dirname(file);
  host.fileExists = (path) => path === file || fileExists(path);
  host.readFile = (path) => (path === file ? text : readFile(path));
  host.getSourceFile = (path, ...more) =>
    path === file ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022) : getSourceFile(path, ...more);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, start, file: at }) => {
    const line = at === undefined ? 0 : at.getLineAndCharacterOfPosition(start ?? 0).line;
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 300)}`;
  });
}
