// Titles of findings on the track, zh-CN and en.
import type { Language } from '../../texts.ts';
import type { FindingKind } from './episodes.ts';

export const findingTexts = {
  speeding: { 'zh-CN': '超速', en: 'Speeding' },
  'speeding-in-area': { 'zh-CN': '区域内超速', en: 'Speeding in an area' },
  'fence-left': { 'zh-CN': '驶出允许区域', en: 'Left the area allowed' },
  'fence-entered': { 'zh-CN': '驶入禁行区域', en: 'Entered a forbidden area' },
  'out-of-hours': { 'zh-CN': '非工作时间用车', en: 'Outside working hours' },
  weekend: { 'zh-CN': '周末用车', en: 'On a weekend' },
  holiday: { 'zh-CN': '节假日用车', en: 'On a public holiday' },
  idling: { 'zh-CN': '长时间怠速', en: 'Long idling' },
  silent: { 'zh-CN': '终端离线', en: 'Silent terminal' },
  'cross-region': { 'zh-CN': '跨区域用车', en: 'Across regions' },
  'moved-unseen': { 'zh-CN': '离线期间移动', en: 'Moved while nobody saw it' },
  sealed: { 'zh-CN': '封存期间移动', en: 'Moved while sealed' },
} as const satisfies Record<FindingKind, Record<Language, string>>;
