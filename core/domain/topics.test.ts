import { describe, expect, it } from 'vitest';
import { parsePointKey, parseTopic, pointKey, topic, topicKinds } from './topics.ts';

describe('topics', () => {
  it('reads back what it writes', () => {
    for (const kind of topicKinds)
      expect(parseTopic(topic('rsj-3f.a_1', kind))).toEqual({ agent: 'rsj-3f.a_1', kind });
  });

  it.each([
    'jieyue/v1/a/b/batch',
    'jieyue/v2/a/batch',
    'jieyue/v1/+/batch',
    'jieyue/v1//batch',
    'jieyue/v1/a/reset',
    '',
  ])('is not of ours: "%s"', (name) => expect(parseTopic(name)).toBeUndefined());
});

describe('point keys', () => {
  it('read back as agent and point', () => {
    expect(parsePointKey(pointKey('a', 'p.1'))).toEqual({ agent: 'a', point: 'p.1' });
  });

  it.each(['a', '/p', 'a/', 'a/b/c', 'a/p 1', 'a;/p'])('are refused: "%s"', (key) => {
    expect(parsePointKey(key)).toBeUndefined();
  });
});
