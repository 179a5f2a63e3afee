// What is said of a configuration that has faults, zh-CN and en.
import { speaker } from '../domain/message.ts';

export const sayOfConfig = speaker({
  'config.faults': [
    '{where}：配置有 {count} 处错误：\n  {faults}',
    'configuration from {where} has {count} fault(s):\n  {faults}',
  ],
  'config.line': ['{one}\n  {rest}', '{one}\n  {rest}'],
  'config.at': ['{path}：{fault}', '{path}: {fault}'],
  'config.no-setting': ['{name}：没有这个设置；见 .env.example', '{name}: no such setting; see .env.example'],
  'config.unreadable': ['配置文件 {file} 读不出', 'configuration file {file} cannot be read'],
  'config.no-yaml': ['{file} 不是有效的 YAML：{why}', '{file}: {why}'],
  'config.no-map': [
    '{file}：文件内容应为键值对（键: 值）',
    '{file}: the file must hold a mapping (key: value)',
  ],
  'config.password-file': ['密码文件 {file} 不存在', 'password file {file} does not exist'],

  'source.no-map': ['没有映射表“{map}”；现有：{known}', 'there is no map "{map}"; maps: {known}'],
  'source.none': ['无', 'none'],
  'source.quantity-taken': [
    '“{point}”的 {quantity} 已由 devices.{owner} 提供；一个计量点的每个计量项只由一台设备提供',
    '"{point}" gets {quantity} from devices.{owner} already; a point has one device per quantity',
  ],
  'source.register-twice': ['“{quantity}”已在 {place} 出现', '"{quantity}" stands at {place} already'],
  'source.scale': ['倍数为 0 会使所有值为 0', 'a scale of 0 makes every value 0'],
  'source.address': [
    '{type} 占 {words} 个寄存器，超出地址 {last}',
    '{type} takes {words} registers and ends beyond address {last}',
  ],
  'source.cuts': ['{type} 与 {place} 的寄存器重叠', '{type} cuts into the registers of {place}'],
  'source.zone': [
    '没有时区“{zone}”；请用 IANA 名称，如 Asia/Shanghai',
    'time zone "{zone}" does not exist; use an IANA name such as Asia/Shanghai',
  ],
  'source.a-zone': [
    '没有这个时区；请用 IANA 名称，如 Asia/Shanghai',
    'there is no such time zone; use an IANA name such as Asia/Shanghai',
  ],
  'source.delimiter': [
    '不能是字母、数字、引号、换行或 . + - : / 之一',
    'not a letter, digit, quote, line break or one of . + - : /',
  ],
  'source.columns': ['至少写一列：{example}', 'name at least one column: {example}'],
  'source.time-column': ['这是时间列', 'this is the column of times'],
  'source.column-taken': ['{quantity} 已来自列“{other}”', '{quantity} comes from column "{other}" already'],

  'mqtt.broker': [
    '应为 MQTT 代理地址，如 mqtt://192.168.1.10:1883',
    'a broker such as mqtt://192.168.1.10:1883',
  ],
  'mqtt.secret-in-url': [
    '用户和密码不写在地址中：请用 username 和 passwordFile',
    'user and password do not belong into the address: use username and passwordFile',
  ],
  'mqtt.no-user': ['有密码而无用户；请写用户名', 'a password without a user; name the user'],
  'mqtt.factor': ['系数为 0 会使所有值为 0', 'a factor of 0 makes every value 0'],
  'mqtt.name-twice': [
    '{name} 出现两次；每一级各用自己的名称',
    '{name} stands twice; give each level a name of its own',
  ],
  'mqtt.level': [
    '“{level}”不是主题的一级：文本、{form} 或 +，各占斜杠之间的整级；# 只能在最后',
    '"{level}" is no level: text, {form} or +, each for a whole level between slashes; # only as the last',
  ],
  'mqtt.template': [
    '主题中没有 {name}；名称有：{known}。也可用 pointField 指明它在何处',
    'the topic has no {name}; names: {known}. Or say where it stands with pointField',
  ],
  'file.vehicle': ['column、point、fileName 须且只能写一个', 'exactly one of column, point and fileName'],
  'file.name': [
    '文件名中须有一个 {form}，如 {example}',
    'a file name with {form} in it once, such as {example}',
  ],

  'jt808.code': [
    '1 至 64 个可打印的 ASCII 字符，不含空格',
    '1 to 64 printable ASCII characters without spaces',
  ],
  'jt808.phone': ['至多 20 位数字，须加引号', 'up to 20 digits, in quotes'],
  'jt808.two-codes': ['code 与 codeFile 只能写一个', 'code and codeFile exclude each other'],
  'jt808.phone-twice': [
    '“{phone}”已在 terminals.{place} 出现',
    '"{phone}" stands at terminals.{place} already',
  ],
  'jt808.point-twice': [
    '“{point}”已是 terminals.{place} 的计量点',
    '"{point}" is the point of terminals.{place} already',
  ],
  'jt808.only-phone': [
    '知道号码 {phone} 的人就能得到其鉴权码：请写车牌号 plate，或写在终端中手工设置的 code 或 codeFile；若端口仅自己能到达，可给该来源写 register: phone-only',
    'whoever knows the number {phone} would be told its code: give the plate, or a code or codeFile set by hand in the terminal; where nobody else can reach the port, say register: phone-only of the source',
  ],
  'jt808.no-code': [
    '请写 code 或 codeFile，或给该来源写 codeSecretFile 以生成鉴权码',
    'give a code or codeFile, or the source a codeSecretFile that codes are made of',
  ],
});
