// What is said where the grants of a key do not reach, and of agents and keys, zh-CN and en.
import { speaker } from '../../domain/message.ts';

export const sayOfPermits = speaker({
  'permit.definitions': [
    '定义不属于任何单位：须有对全部单位的 definitions:write 权限',
    'a definition is of no institution: it needs the permission definitions:write over everything',
  ],
  'permit.kind': ['{what}：授权不允许写入', '{what}: the grants do not let this be written'],
  'permit.bills': ['票据和上报数据', 'bills and reports'],
  'permit.bill': ['票据“{document}”', 'bill "{document}"'],
  'permit.a-kind': ['{kind}', 'a {kind}'],
  'permit.judged': [
    '{fact}：单位自身按此受考核；须有对其上级单位的授权',
    '{fact}: by this the institution itself is judged; it takes a grant over an institution above it',
  ],
  'permit.none': [
    '{what}：{dates}没有“{id}”，或不在授权范围内',
    '{what}: there is no "{id}", or the grants do not cover it{dates}',
  ],
  'permit.nobody': [
    '{what}：{dates}{id} 会不属于授权范围内的任何单位；请写授权范围内的',
    '{what}: {id} would belong to no institution that the grants cover{dates}; name one that they do',
  ],
  'permit.from': ['自 {from} 起，', ' from {from} on'],
  'permit.until': ['至 {to}，', ' until {to}'],
  'permit.between': ['自 {from} 至 {to}，', ' from {from} until {to}'],
  'permit.always': ['', ' on'],
  'permit.agent': [
    '{point}：授权未覆盖采集网关“{agent}”计量的全部；请让其管理者登记该计量点',
    '{point}: the grants do not cover all that the agent "{agent}" measures; ask who administers it to register the point',
  ],
  'permit.terminal': [
    '{car} 的车载终端：授权未覆盖“{terminal}”装过的每一辆车，或其采集网关计量的全部；请让该网关的管理者把它登记到本车',
    '{car} terminal: the grants do not cover every car that "{terminal}" was in, or all that its agent measures; ask who administers the agent to put it into this car',
  ],

  'principal.no-name': ['密钥须有名称', 'a principal needs a name'],
  'principal.none': ['没有密钥“{id}”', 'there is no principal "{id}"'],
  'principal.role': ['没有角色“{role}”；有 {known}', 'there is no role "{role}"; there are {known}'],
  'principal.institution': [
    '授予 {role}：没有单位“{institution}”',
    'grant of {role}: there is no institution "{institution}"',
  ],
  'agent.password': ['采集网关“{id}”的密码不能为空', 'agent "{id}" needs a password that is not empty'],
  'agent.none': ['没有采集网关“{id}”；请先新建', 'there is no agent "{id}"; create it first'],
  'agent.taken': [
    '采集网关“{id}”已存在；请另取名称，或重设其密码',
    'agent "{id}" exists; choose another name or set its password',
  ],
  'agent.name': [
    '采集网关“{id}”：名称为 1 至 64 个字符（A-Z a-z 0-9 . _ -）；请另取',
    'agent "{id}": a name is 1 to 64 characters of A-Z a-z 0-9 . _ -; choose another',
  ],
  'agent.reserved': [
    '采集网关“{id}”：此名称为服务自用；请另取',
    'agent "{id}": the name is a service\'s own; choose another',
  ],
});

/** Files of the registry. */
export const sayOfRegistry = speaker({
  'registry.none': ['{path} 处没有登记库', 'there is no registry at {path}'],
  'registry.no-copy': ['{path} 处没有备份', 'there is no copy at {path}'],
  'registry.target': [
    '{target} 已存在；请指定没有备份的目录',
    '{target} exists; name a folder without a copy in it',
  ],
  'registry.stands': [
    '{path} 处已有登记库：--replace 会把它移开，换成备份',
    'a registry stands at {path}: --replace puts it aside and the copy in its place',
  ],
  'registry.old': [
    '上次留下的 {old} 还在：请先移走',
    '{old} is there from an earlier time: move it away first',
  ],
  'registry.open': [
    '有进程正在使用登记库 {path}：请先停止 ingest、api 等',
    'a process has the registry {path} open: end ingest, api and whatever else uses it first',
  ],
  'registry.unsound': ['{file} 不是完好的登记库', '{file} is not a sound registry'],
  'registry.copy': ['{path} 无法复制：{why}', '{path} cannot be copied: {why}'],
  'registry.stopped': ['登记库已停止', 'the registry is stopped'],
  'registry.locked': [
    '登记库 {path} 被另一进程锁定 {ms} 毫秒；请重试',
    'registry {path} was locked by another process for {ms} ms; try again',
  ],
  'registry.unusable': ['登记库 {path} 无法使用：{why}', 'registry {path} cannot be used: {why}'],
  'registry.migration': ['登记库 {path} 无法升级：{why}', 'registry {path} could not be migrated: {why}'],
  'registry.newer': [
    '登记库 {path} 为版本 {found}，本程序只识别 {mine} 及更早版本；请运行新版程序，或恢复备份',
    'registry {path} is of version {found}, this program knows version {mine} and older; run the newer program or restore a backup',
  ],
  'registry.nul': ['文本 {text} 含有 NUL 字符', 'text {text} contains NUL'],
});
