// What a file of ledgers may be at most: as for every table from outside.
export { Budget, readLimits, tooLarge, unreadable } from '../../../core/runtime/workbook/limits.ts';
