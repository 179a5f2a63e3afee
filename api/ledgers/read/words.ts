// What is said of a file that cannot be read as a whole: as for every table from outside.
export { sayOfFiles, sayOfLimits, wholeImport } from '../../../core/runtime/workbook/words.ts';
