// What is said where facts are refused, zh-CN and en.
import { speaker } from '../../domain/message.ts';

export const sayOfFacts = speaker({
  'list.more': ['{first}（另有 {count} 处）', '{first} (and {count} more)'],
  'what.fault': ['{what}：{fault}', '{what}: {fault}'],
  'entity.missing': ['没有“{id}”；请先新建', 'there is no entity "{id}"; create it first'],
  'entity.taken': ['已有{kind}“{id}”', 'there is a {kind} "{id}" already'],
  'entity.id': [
    '{kind}“{id}”不能新建：请用 newId() 给出的编号，计量点用“采集网关/计量点”',
    '{kind} "{id}" cannot be made: take an id of newId(), or agent/point of a point',
  ],
  'entity.id-alone': [
    '{kind}“{id}”不能新建：请用 newId() 给出的编号；计量点须登记',
    '{kind} "{id}" cannot be made: take an id of newId(); points are registered',
  ],
  'point.key': [
    '“{key}”不是计量点；请写“采集网关/计量点”，各 1 至 64 个字符（A-Z a-z 0-9 . _ -）',
    '"{key}" is not a point: write agent/point, each 1 to 64 characters of A-Z a-z 0-9 . _ -',
  ],
  'fact.name': ['{entity} 的{attribute}', '{entity} {attribute}'],
  'fact.no-attribute': [
    '{entity}：{kind}没有属性“{attribute}”；有 {known}',
    '{entity}: a {kind} has no attribute "{attribute}"; there are {known}',
  ],
  'fact.value': ['{fact} = {value}：{faults}', '{fact} = {value}: {faults}'],
  'fact.valid-from': ['{fact}：生效时间', '{fact}: validFrom'],
  'fact.valid-to': ['{fact}：失效时间', '{fact}: validTo'],
  'fact.ends-first': [
    '{fact}：失效时间 {to} 不晚于生效时间 {from}',
    '{fact}: validTo {to} is not after validFrom {from}',
  ],
  'fact.of-one-month': [
    '{fact}：只属于一个月，至 {end} 为止，不能到 {to}；请逐月登记',
    '{fact}: is of one month and ends by {end}, not {to}; record each month by itself',
  ],
  'fact.no-such': [
    '{fact}：没有{kind}“{id}”；请先新建',
    '{fact}: there is no {kind} "{id}"; create it first',
  ],
  'fact.no-definition': [
    '{fact}：没有{kind}“{id}”；请先登记其定义',
    '{fact}: there is no {kind} "{id}"; record its definition first',
  ],
  'fact.no-region': [
    '{fact}：没有编号为 {id} 的区域围栏；请先绘制',
    '{fact}: there is no fence of kind region with the id {id}; draw it first',
  ],
  'entry.author': [
    '登记须有责任人和原因，现为责任人“{author}”、原因“{reason}”：请说明谁、为何',
    'an entry needs an author and a reason, not author "{author}" and reason "{reason}": say who and why',
  ],
  'date.none': ['{name} {at} 不是日期（毫秒时间戳）', '{name} {at} is not a date (epoch ms)'],
  'date.no-midnight': [
    '{name} {at} 不是 {zone} 的零点；最近的是 {nearest}（{ms}）',
    '{name} {at} is not local midnight in {zone}; the nearest is {nearest} ({ms})',
  ],
  'tree.circle': [
    '{entity} 不能在自己之下：{path}；请另选{attribute}',
    '{entity} cannot be below itself: {path}; choose another {attribute}',
  ],
  'tree.too-deep': [
    '{entity} 按{attribute}之上超过 {most} 层',
    '{entity} lies below more than {most} others by {attribute}',
  ],
  'formula.circle': [
    '{entity} 不能由自己构成：{path}，自 {from} 起；请从其中一个公式中去掉一项',
    '{entity} cannot be made of itself: {path} from {from}; leave one of them out of a formula',
  ],
  'formula.no-carrier': [
    '{point} 自 {from} 起：公式给出的是用量，不是 {measured}；只写能源品种的计量项',
    '{point} from {from}: a formula gives consumption, not {measured}; name quantities of carriers only',
  ],
  'formula.mixture': [
    '{point} 自 {from} 起：公式计 {carrier}，而 {term} 计量 {measured}；请去掉该项，或只计各项都计量的',
    '{point} from {from}: its formula counts {carrier}, but {term} measures {measured}; leave it out, or count what all of them measure',
  ],
  'point.no-formula': [
    '{point} 自 {from} 起：虚拟计量点须有公式；角色和公式请一同登记',
    '{point} from {from}: a virtual point needs a formula; record role and formula together',
  ],
  'point.real-formula': [
    '{point} 自 {from} 起：只有虚拟计量点有公式；请同时把角色登记为虚拟，或清空公式',
    '{point} from {from}: only a virtual point has a formula; record the role virtual, or the formula null, with it',
  ],
  'point.virtual-device': [
    '{point} 自 {from} 起：虚拟计量点没有安装的表计；请以另一个计量点编号登记公式',
    '{point} from {from}: a virtual point has no installed device; register the formula under a key of its own',
  ],
  'point.sub-item': [
    '{point}：子项 {subItem} 属于 {item}，而自 {from} 起其分项为 {other}；请登记相符的分项和子项',
    '{point}: sub-item {subItem} is a part of {item}, but from {from} its item is {other}; record both so that they fit',
  ],
  'account.tariff': [
    '{account}：电价“{tariff}”是{priced}的价格，而该户号自 {from} 起供应{supplied}；请另选电价',
    '{account}: tariff "{tariff}" prices {priced}, but from {from} the account supplies {supplied}; choose another tariff',
  ],
  'institution.credit-code': [
    '{one} 与 {other} 自 {from} 起会有同一统一社会信用代码 {code}；请更正其一，或从另一单位启用之日起把它清空',
    '{one} and {other} would both have the credit code {code} from {from}; correct the one, or record null for it from the day on which the other takes it over',
  ],
  'institution.named': ['“{name}”（{id}）', '"{name}" ({id})'],
  'institution.foreign': ['不在授权范围内的一个单位', 'an institution that the grants do not cover'],
  'vehicle.plate': [
    '{vehicle}：车牌号 {value} 自 {from} 起是另一辆车的；请为那辆车登记处置日期，或它其后的车牌号',
    "{vehicle}: the plate {value} is another vehicle's from {from} on; record for that one the day on which it was disposed of (disposedOn), or the plate that it has since",
  ],
  'vehicle.terminal': [
    '{vehicle}：车载终端 {value} 自 {from} 起是另一辆车的；请为那辆车从终端拆下之日起清空',
    "{vehicle}: the terminal {value} is another vehicle's from {from} on; record null for that one from the day on which it is no longer its own",
  ],
});

/** What the values of facts must be beyond their form. */
export const sayOfValues = speaker({
  'value.definition-id': [
    '定义的标识为 1 至 64 个字符的 a-z 0-9 -，首字符不为 -',
    'a definition is named by 1 to 64 of a-z 0-9 -, the first no dash',
  ],
  'value.deducted': [
    '扣减面积合计 {deducted} m²（出租、出借、封存、不承担费用），大于建筑面积 {built} m²',
    '{deducted} m² are deducted (let + lent + closed + unpaid), more than the {built} m² that are built',
  ],
  'value.one-of': ['至少写出其中之一：{names}', 'name one of {names}'],
  'value.no-target': ['至少写出一项目标或上限', 'name a target or a cap'],
  'value.no-share': [
    '写出存量占比、更新占比，或两者',
    'name the share of the stock, of the replacements, or both',
  ],
  'value.no-fence': ['应为区域围栏的编号', 'expected the id of a fence of kind region'],
  'value.shares': ['份额之和为 {sum}，大于 1', 'the shares sum to {sum}, more than 1'],
  'value.share-twice': ['{id} 出现两次：请把份额相加', '{id} is named twice: add its shares up'],
  'value.no-factor': ['系数为 0 的项没有意义：请去掉', 'a term with the factor 0 says nothing: leave it out'],
  'value.point-twice': ['{point} 出现两次：请把系数相加', '{point} is named twice: add its factors up'],
  'value.counted-twice': [
    '{carrier} 的示数和时段量同时登记会重复计算：只写其中之一',
    'both the register and the interval of {carrier} would count twice: name one of them',
  ],
  'value.installed-at': [
    '安装时刻 {at} 不在生效日期 {from} 当天',
    'installedAt {at} is not on the day of validFrom {from}',
  ],
  'value.plate': ['应为车牌号，如 浙C12345 或 浙CD12345', 'expected a plate such as 浙C12345 or 浙CD12345'],
  'value.terminal': [
    '应为“采集网关/终端”，如 cars/13800000001',
    'expected agent/terminal, such as cars/13800000001',
  ],
  'credit-code.length': [
    '统一社会信用代码为 18 位，现为 {length} 位',
    'a credit code has 18 characters, not {length}',
  ],
  'credit-code.form': [
    '统一社会信用代码只含数字和大写字母（不含 I、O、S、V、Z），第 3 至 8 位为数字',
    'a credit code has digits and capitals without I, O, S, V, Z, and digits in places 3 to 8',
  ],
  'credit-code.check': [
    '{code} 的末位应为 {expected}：其中有一位写错',
    'the last character of {code} should be {expected}: one of them was mistyped',
  ],
});
