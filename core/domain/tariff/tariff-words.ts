// What is wrong with a tariff, zh-CN and en.
import { speaker } from '../message.ts';

export const sayOfTariffs = speaker({
  'tariff.nothing': [
    '电价至少要有一个分量、阶梯、基本电费、固定费用或按面积的价格',
    'a tariff needs at least one component, tier, basic charge, fee or price by area',
  ],
  'tariff.basic-nothing': [
    '基本电费须有按容量或按需量的价格',
    'a basic charge needs a price by capacity or by demand',
  ],
  'tariff.basic-of': [
    '基本电费只用于电力，不用于{commodity}',
    'a basic charge is of electricity, not of {commodity}',
  ],
  'tariff.power-factor-of': [
    '力调电费只用于电力，不用于{commodity}',
    'a power factor is of electricity, not of {commodity}',
  ],
  'tariff.area-of': [
    '按面积的价格只用于热或冷，不用于{commodity}',
    'a price by area is of heat or cooling, not of {commodity}',
  ],
  'tariff.no-date': ['{date} 不是每年都有的日期', '{date} is not a date of every year'],
  'tariff.id': ['标识“{id}”已被占用；请另取', 'the id "{id}" is taken; choose another'],
  'tariff.no-price': ['缺少时段的价格：{periods}', 'no price for {periods}'],
  'tariff.order': [
    '{from} 不晚于 {before}；请按顺序排列，每月一行',
    '{from} does not come after {before}; put rows in order, one a month',
  ],
  'tariff.overlap': ['两个时段都含 {time}', 'two spans hold {time}'],
  'tariff.no-span': [
    '{from} 至 {to} 不成时段；全天写 00:00 至 24:00',
    'from {from} to {to} is no span; a whole day is 00:00 to 24:00',
  ],
  'tariff.missing': ['缺少{what}：{names}', 'no entry for {what} {names}'],
  'tariff.twice': ['{what}重复：{names}', 'more than one entry for {what} {names}'],
  'tariff.last-step': ['最后一档不设上限', 'the last step has no bound'],
  'tariff.open-step': ['只有最后一档不设上限', 'only the last step is without a bound'],
  'tariff.falling-step': ['{bound} 不大于 {before}', '{bound} does not lie above {before}'],
});
