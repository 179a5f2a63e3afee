import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '../../core/runtime/clock.ts';
import { configSchema } from '../../core/runtime/config.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { createSource, type SourceConfig, sourceFactories } from './list.ts';

const deps = { clock: systemClock, random: Math.random, log: silentLogger, home: '.' };

describe('createSource', () => {
  for (const type of Object.keys(sourceFactories)) {
    it(`makes the source of the sample in ${type}/, which does nothing until it is started`, async () => {
      const source = createSource(sampleOf(type), deps);
      expect(source.protocol).toBe(type);
      expect(source.name).toBe(sampleOf(type).name);
      expect(source.health()).toMatchObject({ state: 'stopped', lastReadAt: null, fault: null });
      await source.stop();
    });
  }

  it('has a factory for each type that the configuration allows', () => {
    const { error } = configSchema.safeParse({ agent: { id: 'a', sources: [{ type: 'none' }] } });
    const [issue] = error?.issues ?? [];
    expect(issue?.path).toEqual(['agent', 'sources', 0, 'type']);
    for (const type of Object.keys(sourceFactories)) {
      const tried = configSchema.safeParse({ agent: { id: 'a', sources: [{ type }] } });
      expect(tried.error?.issues.some(({ path }) => path.at(-1) === 'type')).toBe(false);
    }
  });
});

function sampleOf(type: string): SourceConfig {
  const sample: unknown = parse(readFileSync(join(import.meta.dirname, type, 'sample.yaml'), 'utf8'));
  const [source] = configSchema.parse({ agent: { id: 'a', sources: [sample] } }).agent?.sources ?? [];
  if (source === undefined) throw new Error(`${type}/sample.yaml holds no source`);
  return source;
}
