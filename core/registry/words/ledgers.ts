// What is said where bills, reports, definitions, records of the fleet and corrections are refused, zh-CN and en.
import { speaker } from '../../domain/message.ts';

export const sayOfLedgers = speaker({
  'period.dates': ['{from} 至 {to}（不含）', '{from} until {to}'],
  'period.from': ['{name}：起始日', '{name}: from'],
  'period.to': ['{name}：截止日', '{name}: to'],
  'period.ends-first': [
    '{name}：截止日 {to} 不晚于起始日 {from}；截止日为最后一天的次日',
    '{name}: to {to} is not after from {from}; to is the day after the last one',
  ],
  'period.too-long': [
    '{name}：{dates} 超过 {most} 天；请核对年份，或分开登记',
    '{name}: {dates} is longer than {most} days; check the years, or split it',
  ],
  'number.none': ['{what} {value} 不是数字', '{what} {value} is not a number'],
  'number.beyond': [
    '{what} {value} 超过 {most}；请核对单位',
    '{what} {value} is beyond {most}; check the unit',
  ],

  'bill.name': ['户号 {account} 的票据“{document}”', 'bill "{document}" of account {account}'],
  'bill.document': ['票据号为 1 至 200 个字符', 'a document number has 1 to 200 characters'],
  'bill.nothing': ['票据须有数量、金额，或两者', 'a bill says a quantity, an amount or both'],
  'bill.twice': [
    '同一票据在本次提交中出现两次（第 {one} 和第 {other} 条）且内容不同；请保留一条，或给另一条单独的票据号',
    'the document stands twice in this call ({one} and {other}) and differs; keep one, or give the other a document number of its own',
  ],
  'bill.no-account': [
    '{bill}：没有户号“{account}”；请先新建',
    '{bill}: there is no account "{account}"; create it first',
  ],
  'bill.numbered': ['{id}（{number}）', '{id} ({number})'],
  'bill.overlap': [
    '户号 {account}：票据“{one}”（{oneDates}）与票据“{other}”（{otherDates}）的时段重叠；请更正日期，或用原票据号登记新的以替换，或两张都有效时把一张标为补充票据',
    'account {account}: bill "{one}" ({oneDates}) and bill "{other}" ({otherDates}) overlap; correct the dates, record the new one under the old document to replace it, or mark one as a supplement if both hold',
  ],

  'report.line': ['{institution} {commodity} {use} 的上报数据', 'report of {institution} {commodity} {use}'],
  'report.name': [
    '{institution} {commodity} {use}（{dates}）的上报数据',
    'report of {institution} {commodity} {use} for {dates}',
  ],
  'report.twice': [
    '在本次提交中出现两次（第 {one} 和第 {other} 条）且内容不同；请保留一条',
    'it stands twice in this call ({one} and {other}) and differs; keep one',
  ],
  'report.no-commodity': [
    '没有品类“{name}”；有 {known}',
    'there is no commodity "{name}"; there are {known}',
  ],
  'report.no-use': ['没有用途“{name}”；有 {known}', 'there is no use "{name}"; there are {known}'],
  'report.quantity': [
    '数量 {quantity} 小于 0 或缺失；请填该时段的消费量',
    'quantity {quantity} is below 0 or missing; report what was used in the period',
  ],
  'report.no-institution': [
    '{report}：没有单位“{institution}”；请先新建',
    '{report}: there is no institution "{institution}"; create it first',
  ],
  'report.overlap': [
    '{report}与 {dates} 的上报数据时段重叠；请更正日期，或撤回已有的',
    '{report} and that of {dates} overlap; correct the dates, or withdraw the one that is there',
  ],

  'withdraw.none': ['没有可撤回的{what}“{id}”', 'there is no {what} "{id}" to withdraw'],
  'withdraw.uncovered': [
    '没有可撤回的{what}“{id}”，或其时段不在授权范围内',
    'there is no {what} "{id}" to withdraw, or the grants do not cover it over its days',
  ],
  'withdraw.gone': ['{what}“{id}”此前已被替换或撤回', '{what} "{id}" was replaced or withdrawn before'],

  'definition.name': ['{kind}“{id}”', '{kind} "{id}"'],
  'definition.no-kind': [
    '没有定义种类“{kind}”；有 {known}',
    'there is no kind of definition "{kind}"; there are {known}',
  ],
  'definition.id': [
    '{kind}“{id}”：标识为 1 至 64 个字符的 a-z 0-9 -，首字符不为 -',
    '{kind} "{id}": an id is 1 to 64 characters of a-z 0-9 -, and begins with none of -',
  ],
  'definition.missing': [
    '{kind}“{id}”：没有{other}“{missing}”；请先登记，或写已有的',
    '{kind} "{id}": there is no {other} "{missing}"; record it first, or name one that is there',
  ],
  'definition.fixed': [
    '{kind}“{id}”：以前各版本的{what}是 {before}，不是 {now}；请用另一个标识登记',
    '{kind} "{id}": the {what} of its versions before is {before}, not {now}; record it under another id',
  ],

  'record.field': ['{field} {value}：{fault}', '{field} {value}: {fault}'],
  'record.missing': ['缺少 {field}', '{field} is missing'],
  'record.whole': ['记录', 'the record'],
  'record.twice': [
    '{record} {key} 在本次提交中出现两次（第 {one} 和第 {other} 条）且内容不同；请保留一条',
    '{record} {key} stands twice in this call ({one} and {other}) and differs; keep one',
  ],
  'record.no-such': [
    '{record}：没有授权范围内的{kind}“{id}”',
    '{record}: there is no {kind} "{id}" that the grants cover',
  ],
  'record.none': ['没有授权范围内的{record}“{id}”', 'there is no {record} "{id}" that the grants cover'],
  'record.foreign': [
    '{key} 属于另一车辆或单位，不在授权范围内',
    '{key} is of another vehicle or institution, which the grants do not cover',
  ],
  'record.half-place': ['纬度和经度须同时填写或都不填', 'give both lat and lon, or neither'],
  'record.ends-first': ['不晚于起始时间', 'lies not after from'],
  'record.too-long': ['晚于起始时间 {days} 天以上', 'lies more than {days} days after from'],
  'outline.few': [
    '只有 {distinct} 个不同的顶点；多边形至少要有 3 个',
    'has {distinct} distinct corners; an area needs 3 at least',
  ],
  'outline.crossed': [
    '第 {a} 到第 {b} 个顶点的边与第 {c} 到第 {d} 个顶点的边相交；请沿边界依次列出顶点',
    'the edge from corner {a} to {b} crosses the one from corner {c} to {d}; list the corners in order around the area',
  ],
  'outline.flat': [
    '面积只有 {squareM} 平方米；请检查顶点坐标',
    'encloses {squareM} m² only; look at the coordinates of the corners',
  ],
  'record.no-reason': ['请说明值班备勤的原因', 'say why the car is exempt for duty'],
  'record.fuel-on-site': ['加油不在本单位充电桩', 'fuel is not bought on site'],

  'correction.name': ['{point} {quantity} 在 {ts} 的更正', 'correction of {point} {quantity} at {ts}'],
  'correction.quantity': ['没有计量项“{quantity}”', 'there is no quantity "{quantity}"'],
  'correction.time': ['时间不是读数的毫秒时间戳', 'the time is not epoch ms of a reading'],
  'correction.action': ['没有操作“{action}”；有 {known}', 'there is no action "{action}"; there are {known}'],
  'correction.value': ['数值只属于 "replace"，且必须有', 'a value belongs to "replace", and only there'],
  'correction.number': ['{value} 不是有限的数字', '{value} is not a finite number'],
  'correction.point': ['没有计量点“{point}”；请先登记', 'there is no point "{point}"; register it first'],

  'snapshot.name': ['{institution} 的快照“{name}”', 'snapshot "{name}" of {institution}'],
  'snapshot.length': ['名称为 1 至 200 个字符', 'a name has 1 to 200 characters'],
  'snapshot.plan': ['未写规划', 'it names no plan'],
  'snapshot.time': ['takenAt {at} 不是毫秒时间戳', 'takenAt {at} is not epoch ms'],
  'snapshot.content': ['没有内容', 'it has no content'],
  'institution.none': ['没有单位“{id}”；请先新建', 'there is no institution "{id}"; create it first'],
});
