import { describe, expect, it } from 'vitest';
import { text, texts } from './texts.ts';

describe('texts', () => {
  it('use the same placeholders in both languages', () => {
    for (const [zh, en] of Object.values(texts)) {
      const placeholders = (template: string) => [...template.matchAll(/\{\w+\}/g)].map(String).sort();
      expect(placeholders(zh)).toEqual(placeholders(en));
    }
  });

  it('fill in values and leave unknown placeholders visible', () => {
    expect(text('en', 'up.running', { version: '1.2' })).toBe('Jieyue 1.2 is running');
    expect(text('zh-CN', 'up.running')).toContain('{version}');
  });
});
