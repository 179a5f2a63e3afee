// What commands say of options that they cannot take, and of what they do not find, zh-CN and en.
import { speaker } from '../core/domain/message.ts';

export const sayOfCommands = speaker({
  'import.column': [
    '--column {option}：请写 列名=计量项，计量项为 {known} 之一',
    '--column {option}: write column=quantity with one of {known}',
  ],
  'import.no-column': [
    '请说明各列的内容：--column 列名=计量项，如 --column energy_kwh=electricity_interval',
    'say what a column holds: --column column=quantity, e.g. --column energy_kwh=electricity_interval',
  ],
  'import.interval': [
    '--interval {option}：请写数字加 s、m、h 或 d，如 15m 或 1h',
    '--interval {option}: write a number and s, m, h or d, such as 15m or 1h',
  ],
  'import.positive': ['{name} {option}：请写大于 0 的数字', '{name} {option}: write a number above 0'],
  'import.point': [
    '--point {point}：1 至 64 个字符（A-Z a-z 0-9 . _ -）',
    '--point {point}: use 1 to 64 characters of A-Z a-z 0-9 . _ -',
  ],
  'import.unanswered': [
    '{rows} 条数据留在发件箱：{seconds} 秒内没有得到确认。`jieyue up`（或 broker 和 ingest）是否以同样的设置在运行？下次导入会重新发送。',
    '{rows} rows wait in the outbox: no acknowledgement within {seconds} s. Is `jieyue up` (or broker and ingest) running on the same settings? The next import sends them.',
  ],
  'ledger.workbook': [
    '{file}：全部台账一起须用工作簿；文件名请以 .xlsx 结尾',
    '{file}: all ledgers together need a workbook; name a file .xlsx',
  ],
  'ledger.exists': ['{file} 已存在；请另取名称，或先移走', '{file} exists; name another one, or remove it'],
  'ledger.faults': [
    '--faults {value} 不是 0 或以上的整数',
    '--faults {value} is not a whole number of 0 or more',
  ],
  'ledger.kind': ['没有台账“{name}”；有 {known}', 'there is no ledger "{name}"; there are {known}'],
  'agent.section': [
    '采集网关需要配置段 `agent`，至少写 `id`（见 jieyue.example.yaml）',
    'an agent needs the section `agent` with at least `id` (see jieyue.example.yaml)',
  ],
  'keys.role': ['--role {role}：须为 {known} 之一', '--role {role}: use one of {known}'],
  'registry.absent': [
    '没有登记库 {file}；请用 --home 指明数据目录',
    'there is no registry {file}; name the data folder with --home',
  ],
  'audit.head': [
    '--head {said}：应为一条记录的序号和哈希，如 42:<64 位十六进制>，与之前核验所示一致',
    '--head {said}: expected the number of an entry and its hash, such as 42:<64 hex digits>, as an earlier verdict told it',
  ],
  'cars.no-number': ['--{name} {value}：不是数字', '--{name} {value} is not a number'],
  'cars.number': [
    '--{name} 为 {value}：请写 {least} 至 {most} 的整数',
    '--{name} is {value}: give a whole number from {least} to {most}',
  ],
  'cars.pace': [
    '--pace 为“{pace}”：请写 once、live，或比时钟快多少倍，如 60',
    '--pace is "{pace}": give once, live, or how many times as fast as the clock, such as 60',
  ],
  'cars.broker': ['--mqtt {mqtt}：{why}；请先启动 MQTT 代理', '--mqtt {mqtt}: {why}; start the broker first'],
  'metrics.port': [
    '--metrics-port {port}：请写 0 至 65535 的数字',
    '--metrics-port {port}: write a number from 0 to 65535',
  ],
});
