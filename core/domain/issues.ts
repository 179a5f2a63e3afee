// What a schema (zod) finds wrong with a value, as messages in both languages. English keeps the schema's own words.
import type { z } from 'zod';
import { type Message, speaker, wordsOf } from './message.ts';

const say = speaker({
  'value.type': ['应为{expected}', '{words}'],
  'value.too-small': ['不得小于 {limit}', '{words}'],
  'value.not-above': ['应大于 {limit}', '{words}'],
  'value.too-big': ['不得大于 {limit}', '{words}'],
  'value.not-below': ['应小于 {limit}', '{words}'],
  'value.empty': ['不能为空', '{words}'],
  'value.too-short': ['至少 {limit} 个字符', '{words}'],
  'value.too-long': ['至多 {limit} 个字符', '{words}'],
  'value.too-few': ['至少 {limit} 项', '{words}'],
  'value.too-many': ['至多 {limit} 项', '{words}'],
  'value.not-a-date': ['不是日期，应写成 2026-03-01', '{words}'],
  'value.not-a-time': ['不是带时区的时间，应写成 2026-03-01T08:30:00+08:00', '{words}'],
  'value.form': ['格式不对，应符合 {pattern}', '{words}'],
  'value.choice': ['应为其中之一：{choices}', '{words}'],
  'value.unknown-fields': ['没有这样的字段：{fields}', '{words}'],
  'value.multiple': ['应为 {divisor} 的倍数', '{words}'],
  'value.no-form': ['不是可用的任何一种写法', '{words}'],
  'value.wrong': ['不符合要求（{words}）', '{words}'],
  'value.at': ['{path}：{fault}', '{path}: {fault}'],
});

/** The fields of an issue that a message is made of, as zod and the validator of routes give them. */
export interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly [name: string]: unknown;
}

/** To be spread into `addIssue` or given to `refine`: the issue says `message` in both languages. */
export function saying(message: Message): { message: string; params: { said: Message } } {
  return { message: wordsOf(message, 'en'), params: { said: message } };
}

/** What is wrong, without where. */
export function issueMessage(issue: Issue): Message {
  const own = (issue['params'] as { said?: Message } | undefined)?.said;
  if (own !== undefined) return own;
  const words = issue.message;
  const shown = (name: string) => String(issue[name]);
  switch (issue.code) {
    case 'invalid_type':
      return say('value.type', { expected: types[shown('expected')] ?? shown('expected'), words });
    case 'too_small':
      return bounded(issue, words, Number(issue['minimum']), 'low');
    case 'too_big':
      return bounded(issue, words, Number(issue['maximum']), 'high');
    case 'invalid_format':
      if (issue['format'] === 'date') return say('value.not-a-date', { words });
      if (issue['format'] === 'datetime') return say('value.not-a-time', { words });
      return say('value.form', {
        pattern: shown(issue['pattern'] === undefined ? 'format' : 'pattern'),
        words,
      });
    case 'invalid_value':
      return say('value.choice', { choices: list(issue['values']), words });
    case 'unrecognized_keys':
      return say('value.unknown-fields', { fields: list(issue['keys']), words });
    case 'not_multiple_of':
      return say('value.multiple', { divisor: shown('divisor'), words });
    case 'invalid_union':
      return say('value.no-form', { words });
    default:
      return say('value.wrong', { words });
  }
}

/** Each issue with its place, as `bills.3.from: …`. */
export function issueMessages(issues: readonly z.core.$ZodIssue[], separator = '.'): Message[] {
  return issues.map((issue) => {
    const fault = issueMessage(issue as unknown as Issue);
    const path = issue.path.map(String).join(separator);
    return path === '' ? fault : say('value.at', { path, fault });
  });
}

function bounded(issue: Issue, words: string, limit: number, side: 'low' | 'high'): Message {
  const values = { limit, words };
  switch (issue['origin']) {
    case 'string':
      if (side === 'low' && limit === 1) return say('value.empty', { words });
      return say(side === 'low' ? 'value.too-short' : 'value.too-long', values);
    case 'array':
    case 'set':
    case 'map':
    case 'object':
      return say(side === 'low' ? 'value.too-few' : 'value.too-many', values);
    default:
      if (issue['inclusive'] === false)
        return say(side === 'low' ? 'value.not-above' : 'value.not-below', values);
      return say(side === 'low' ? 'value.too-small' : 'value.too-big', values);
  }
}

const types: Readonly<Record<string, string>> = {
  string: '文本',
  number: '数字',
  int: '整数',
  boolean: '是否（true 或 false）',
  array: '列表',
  tuple: '列表',
  object: '对象',
  record: '对象',
  date: '日期',
  null: '空值（null）',
};

function list(values: unknown): string {
  return Array.isArray(values) ? values.map(String).join('、') : String(values);
}
