// What is said of an audit log that is not whole, zh-CN and en.
import { speaker } from '../../domain/message.ts';

export const sayOfAudit = speaker({
  'before-first': ['排在第一条之前：是插入的', 'it stands before the first entry: it was put in'],
  missing: ['缺失：第 {after} 条之后是第 {seq} 条', 'it is missing: entry {seq} follows entry {after}'],
  chain: ['与前一条的哈希不符', 'it does not hold the hash of the entry before'],
  unreadable: ['无法读取', 'it is not readable'],
  changed: ['与写入时不同：哈希不符', 'it is not as it was written: its hash differs'],
  rewritten: ['与写入时不同：文件中的文字不符', 'it is not as it was written: its text in the file differs'],
  remade: [
    '哈希与另处记下的不符：自某一条起全部重写过',
    'its hash is not the one that was written down: all entries from some point on were made anew',
  ],
  'cut-off': [
    '日志在第 {seq} 条之前结束，而该条曾被记下：末尾被截去',
    'the log ends before entry {seq}, which was written down: entries were cut off',
  ],
});
