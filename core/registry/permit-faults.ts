// A refusal of one input of a batch, told in both languages.
import type { ErrorCode } from '../domain/errors.ts';
import { type Message, wordsOf } from '../domain/message.ts';
import type { BatchFault, BatchList } from './batch-contracts.ts';

export function faultOf(list: BatchList, index: number, code: ErrorCode, said: Message): BatchFault {
  return { list, index, code, message: wordsOf(said, 'en'), said };
}
