// What the API says of requests that it refuses, zh-CN and en. What the registry refuses has words of its own (core/registry/words).
import { speaker } from '../../core/domain/message.ts';

export const sayOfRequests = speaker({
  'request.unreadable': [
    '请求不是 HTTP：地址中的空格、汉字等须作百分号编码（curl 请用 --data-urlencode）',
    'the request is no HTTP: blanks, Chinese and the like must be percent-encoded in an address (with curl: --data-urlencode)',
  ],
  'request.headers': ['请求头过长', 'the headers of the request are too long'],
  'request.slow': ['请求未在规定时间内发送完', 'the request was not sent in time'],
  'key.none': [
    '没有发送密钥；请以“Authorization: Bearer <密钥>”发送',
    'no key was sent; send it as "Authorization: Bearer <key>"',
  ],
  'key.form': [
    'Authorization 请求头不是“Bearer <密钥>”的形式；密钥以 jy_ 开头',
    'the Authorization header is not of the form "Bearer <key>"; a key begins with jy_',
  ],
  'key.unknown': [
    '密钥不存在或已撤销；请向管理员索取',
    'the key is not known, or was revoked; ask an admin for one',
  ],
  'key.in-address': [
    '“{name}”不能写在地址中，他人可能看到；请改用“Authorization: Bearer <密钥>”，并更换已在地址中发送过的密钥',
    '"{name}" does not belong in an address, where others may read it; send "Authorization: Bearer <key>" instead, and have a key that was sent in an address replaced',
  ],
  'key.no-permission': [
    '“{name}”的密钥（角色：{roles}）没有权限 {permission}',
    'the key of "{name}" (roles: {roles}) does not have the permission {permission}',
  ],
  'key.lost-permission': [
    '“{name}”的密钥已失去权限 {permission}',
    'the key of "{name}" has lost the permission {permission}',
  ],
  'key.not-everything': [
    '所有单位都依赖于此：须有对全部单位的 {permission} 授权',
    'all institutions rest on this: it takes a grant over everything with the permission {permission}',
  ],
  'route.undeclared': [
    '{route} 未声明权限，任何人都不能调用',
    '{route} declares no permission, so nobody may call it',
  ],
  'route.none': [
    '{route} 没有内容；可用地址见 /docs',
    'there is nothing at {route}; see /docs for what there is',
  ],
  'entity.none': [
    '没有{kind}“{id}”，或不在密钥的授权范围内；可用的见 /api/v1/{list}',
    'there is no {kind} "{id}", or the key\'s grants do not cover it; see /api/v1/{list} for those they do',
  ],
  'agent.none': [
    '没有采集网关“{id}”，或密钥的授权未覆盖其计量的全部；见 /api/v1/agents',
    'there is no agent "{id}", or the key\'s grants do not cover all it measures; see /api/v1/agents',
  ],
  'body.too-large': ['正文至多 {size}；请拆分', 'the body may have {size} at most; split it'],
  'body.type': ['正文类型应为 {types}', 'send the body as {types}'],
  'import.own': [
    '“{who}”的一次导入正在进行；请几秒后重试',
    'an import of "{who}" is under way; try again in a few seconds',
  ],
  'import.others': [
    '{count} 次导入正在进行；请几秒后重试',
    '{count} imports are under way; try again in a few seconds',
  ],
  'parameter.fault': ['{parameter}：{fault}', '{parameter}: {fault}'],
  'parameter.value-fault': ['{parameter} “{value}”：{fault}', '{parameter} "{value}": {fault}'],
  'parameter.unknown': ['没有这个参数；可用的有 {known}', 'there is no such parameter; known are {known}'],
  'parameter.none-taken': [
    '没有这个参数；此处不接受参数',
    'there is no such parameter; no parameters are taken here',
  ],
  'parameter.repeated': ['出现了 {times} 次；只写一次', 'is given {times} times; give it once'],
  'parameter.missing': ['缺失；{wanted}', 'is missing; {wanted}'],
  'parameter.absent': ['缺失', 'is missing'],
  'parameter.absent-such-as': ['缺失；写法如 {example}', 'is missing; write it as {example}'],
  'parameter.absent-listed': [
    '缺失；可用的见 /api/v1/{list}',
    'is missing; see /api/v1/{list} for those there are',
  ],
  'parameter.choice': ['应为其中之一：{choices}', 'expected one of {choices}'],
  'field.unknown': ['没有这个字段', 'there is no such field'],
  'time.form': [
    '不是时间；请写 2025-01-01、2025-01-01T08:00+08:00 或毫秒时间戳',
    'is not a time; use 2025-01-01, 2025-01-01T08:00+08:00 or epoch milliseconds',
  ],
  'time.range': ['时间须在 1990 至 2200 年之间', 'a time must lie between 1990 and 2200'],
  'time.epoch': ['毫秒时间戳须在 1990 至 2200 年之间', 'epoch milliseconds must lie between 1990 and 2200'],
  'time.seconds': [
    '毫秒时间戳须在 1990 至 2200 年之间；是秒吗？请乘以 1000',
    'epoch milliseconds must lie between 1990 and 2200; seconds? Multiply by 1000',
  ],
  'time.order': [
    'to 须晚于 from：from 属于该时段，to 不属于',
    'to must lie after from: from is part of the period, to is not',
  ],
  'time.empty': [
    '从 {from} 到 {to} 的时段为空：from 须早于 to',
    'the period from {from} to {to} is empty: from must be before to',
  ],
  'time.month': [
    '{at} 不是 {zone} 的月初；数字按整月计算',
    '{at} is not the first of a month in {zone}; figures are of whole months',
  ],
  'limit.form': ['应为 1 至 {max} 的整数', 'expected a whole number from 1 to {max}'],
  'cursor.form': [
    '不是该列表的游标；请原样使用上一页的 next',
    'is not a cursor of this list; use `next` of the page before, unchanged',
  ],
  'point.form': [
    '计量点写成“采集网关/计量点”，在路径中须百分号编码（agent%2Fpoint），各 1 至 64 个字符（A-Z a-z 0-9 . _ -）',
    'a point is agent/point, percent-encoded in a path (agent%2Fpoint), each part 1 to 64 of A-Z a-z 0-9 . _ -',
  ],
  'quantity.none': [
    '不在计量项表中；见 docs/quantities.md',
    'is not in the table of quantities; see docs/quantities.md',
  ],
  'quantity.other': [
    '计量项“{asked}”：计量点 {point} 没有；它有 {known}',
    'quantity "{asked}": point {point} does not have it; its quantities are {known}',
  ],
  'scope.one': [
    '须给出 point、building、institution 之一，且只一个；现有：{given}',
    'give exactly one of point, building, institution; given: {given}',
  ],
  'indicator.none': ['没有指标“{unknown}”；有 {known}', 'no indicator "{unknown}"; there are {known}'],
  'period.which': [
    '请给出 year，或 period，或 from 和 to；都不给则为本年至今',
    'give a year, or a period, or both from and to; without any it is the year to date',
  ],
  'definition.none': [
    '没有定义 {kind}“{id}”；请先登记，或写已有的',
    'there is no definition {kind} "{id}"; record it, or name one that exists',
  ],
  'reconciliation.meters': [
    '户号 {account} 关联 {count} 个计量点，至多核对 {most} 个；请减少关联的计量点',
    'account {account} is named by {count} meters, of which {most} at most are compared; name it at fewer',
  ],
  'years.most': [
    '时段至多跨 {most} 年；请缩短',
    'a period touches {most} years at most; ask for a shorter one',
  ],
  'institution.then': ['{years} 之间没有单位“{id}”', 'there is no institution "{id}" between {years}'],
  'plan.begins': [
    '规划 {plan} 从 {year} 年开始；请问该年或以后的年份',
    'the plan {plan} begins with {year}; ask for that year or a later one',
  ],
  'facts.new': ['新建时必填', 'must be said of what is new'],
  'ledgers.workbook': [
    '全部台账一起须用工作簿：请用 format=xlsx',
    'all ledgers together need a workbook: ask for format=xlsx',
  ],
  'bills.of': ['请问一个户号或一个单位的票据', 'ask for the bills of one account, or of one institution'],
  'tracks.busy': [
    '同时查询的轨迹太多；请几秒后重试',
    'many tracks are asked for at once; try again in a few seconds',
  ],
  'audit.busy': [
    '审计日志正在核验；请几秒后重试',
    'the audit log is being verified; try again in a few seconds',
  ],
});
