// Texts for people, zh-CN and en, in one catalogue. `{name}` is filled in.

export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];

export const texts = {
  'cli.title': [
    '节约 Jieyue：公共机构能源、用水、碳排放与公务用车管理',
    'Jieyue (节约): energy, water, carbon and official cars of public institutions',
  ],
  'cli.usage': ['用法：jieyue <命令> [选项]', 'Usage: jieyue <command> [options]'],
  'cli.commands': ['命令', 'Commands'],
  'cli.more': [
    '每个命令的说明：jieyue <命令> --help',
    'Each command explains itself: jieyue <command> --help',
  ],
  'cli.unknown-command': [
    '没有命令“{name}”。可用命令：{known}',
    'There is no command "{name}". Commands: {known}',
  ],
  'cli.internal': ['内部错误：{message}', 'Internal error: {message}'],
  'cmd.up': [
    '在一个进程内运行全部服务（嵌入式引擎）；--demo 附带演示城市',
    'run everything in one process on embedded engines; --demo adds a demo city',
  ],
  'cmd.agent': ['运行采集网关：读取表计并上送', 'run an edge agent: read meters and send'],
  'cmd.ingest': ['运行入库服务：校验、存储、确认、汇总', 'run ingest: validate, store, acknowledge, roll up'],
  'cmd.api': ['运行 HTTP 接口', 'run the HTTP API'],
  'cmd.broker': [
    '运行嵌入式 MQTT 代理，或输出 Mosquitto 配置',
    'run the embedded MQTT broker, or print a Mosquitto configuration',
  ],
  'cmd.simulate': [
    '演示城市：历史、实时表计、样例文件',
    'the demo city: history, live meters, a sample file',
  ],
  'cmd.import': ['导入历史数据文件（CSV 或 .gz）', 'import a file of history (CSV or .gz)'],
  'cmd.ledger': [
    '台账：下载模板、导入（CSV、XLSX）单位、建筑、计量点、户号、票据等',
    'ledgers: templates, and import (CSV, XLSX) of institutions, buildings, points, accounts, bills …',
  ],
  'cmd.check': ['检查配置', 'check a configuration'],
  'cmd.agents': ['采集网关凭据：新建、列出、停用', 'credentials of agents: create, list, disable'],
  'cmd.keys': ['接口密钥：新建、列出、撤销', 'keys of the API: create, list, revoke'],
  'cmd.jobs': [
    '立即执行一项定时任务（看板数据），如导入历史数据后的 history',
    'do a scheduled job now (series for boards), such as history after an import',
  ],
  'cmd.init': [
    '为城市部署（docker-compose.yml）生成全新密钥，写入 .env',
    'write an .env with fresh secrets for the city deployment (docker-compose.yml)',
  ],
  'cmd.backup': ['在运行中备份登记库', 'copy the registry while it runs'],
  'cmd.restore': ['从备份恢复登记库', 'put a copy of the registry back'],

  'check.ok': ['配置正确：{file}', 'The configuration is right: {file}'],
  'check.environment': ['环境变量与默认值', 'environment variables and defaults'],

  'up.starting': ['正在启动…', 'Starting …'],
  'up.filling': ['写入演示城市历史', 'Filling the demo city'],
  'up.rolling-up': ['正在汇总', 'Rolling up'],
  'up.running': ['节约 {version} 已运行', 'Jieyue {version} is running'],
  'up.api': ['接口说明', 'API guide'],
  'up.consumption': ['用能查询', 'Consumption'],
  'up.broker': ['MQTT 代理', 'MQTT broker'],
  'up.metrics': ['运行指标', 'Metrics'],
  'up.home': ['数据目录', 'Data folder'],
  'up.log': ['日志', 'Log'],
  'up.key-file': ['管理员密钥文件', 'Admin key file'],
  'up.key-shown': ['管理员密钥（仅显示这一次）', 'Admin key (shown this once)'],
  'up.try': ['试一试', 'Try'],
  'up.stop': ['按 Ctrl+C 停止', 'Ctrl+C stops'],
  'up.stopping': ['正在停止…', 'Stopping …'],
  'up.empty': [
    '尚无数据。用 jieyue import 导入，或用 jieyue up --demo 查看演示城市。',
    'No data yet. Use jieyue import, or jieyue up --demo for a demo city.',
  ],
  'up.demo-data': [
    '{institutions} 个机构，{buildings} 栋建筑，{points} 个计量点，{rows} 条读数（{seconds} 秒）',
    '{institutions} institutions, {buildings} buildings, {points} points, {rows} readings ({seconds} s)',
  ],
  'up.first-figures': ['初步数据：{year} 年用电', 'First figures: electricity of {year}'],
  'up.institution': ['机构', 'Institution'],
  'up.this-year': ['本年 kWh', 'this year, kWh'],
  'up.last-year': ['上年同期 kWh', 'same period last year, kWh'],
  'up.change': ['同比', 'change'],
  'up.coverage': ['数据完整率', 'coverage'],
  'up.plan': [
    '{name}：{year} 年比 {base} 年（✓ 达到序时进度，! 滞后，!! 严重滞后，? 无法判断）',
    '{name}: {year} against {base} (✓ on the line, ! behind, !! far behind, ? not known)',
  ],
  'up.plan-target': ['目标', 'target'],
  'up.live': [
    '实时表计：{devices} 台 Modbus 表，每 {seconds} 秒读取一次',
    'Live meters: {devices} Modbus meters, read every {seconds} s',
  ],
  'up.demo-failed': ['演示城市未能写入：{reason}', 'The demo city could not be filled: {reason}'],

  'import.sending': ['正在导入', 'Importing'],
  'import.done': [
    '已确认入库：{readings} 条读数，{batches} 批',
    'Acknowledged and on disk: {readings} readings in {batches} batches',
  ],
  'import.span': ['时间范围：{from} 至 {to}', 'Span: {from} to {to}'],
  'import.empty-cells': ['空单元格 {count} 个，按缺失处理', '{count} empty cells, kept as missing'],
  'import.faults': ['有 {count} 处错误，其余已导入：', '{count} faults; the rest is imported:'],
  'import.fault': [
    '  第 {line} 行 {column}：“{value}” {reason}',
    '  line {line} {column}: "{value}" {reason}',
  ],
  'import.fault-row': ['  第 {line} 行：“{value}” {reason}', '  line {line}: "{value}" {reason}'],
  'import.more': ['  …另有 {count} 处', '  … and {count} more'],
  'import.interval': ['时段长度：{length}（{source}）', 'Interval: {length} ({source})'],
  'import.interval-stated': ['按 --interval', 'as stated'],
  'import.interval-registered': ['按已登记值', 'as registered'],
  'import.interval-file': ['由文件中的时间得出', 'from the times of the file'],
  'import.interval-assumed': ['读数太少，无法判断，暂按小时', 'assumed: too few readings to tell'],
  'import.rejected': ['入库服务拒收 {count} 条：', 'Ingest refused {count} rows:'],
  'import.requeued': [
    '上次导入未获应答的 {count} 批已重新发送',
    '{count} batches that an earlier import left unanswered were sent again',
  ],
  'import.quarantined': [
    '有 {rows} 条读数（{batches} 批）未入库：多次发送均无应答，已隔离在发件箱中 [batch.unanswered]：',
    '{rows} readings in {batches} batches are not stored: sent again and again, they found no answer, and are quarantined in the outbox [batch.unanswered]:',
  ],
  'import.quarantined-batch': [
    '  批 {id}：{rows} 条，{from} 至 {to}',
    '  batch {id}: {rows} readings, {from} to {to}',
  ],
  'import.quarantined-way': [
    '原因见上方日志和入库服务日志；隔离批数见 /api/v1/agents 和 /api/v1/alarms。再次执行 jieyue import --agent {agent} 会重新发送。',
    'Why: see the log above and that of ingest; they are counted at /api/v1/agents and /api/v1/alarms. The next jieyue import --agent {agent} sends them again.',
  ],
  'import.nothing': ['{file} 中没有可导入的读数', '{file} holds no reading that could be imported'],
  'import.look': ['查看：', 'Look at:'],

  'jobs.success': ['任务 {name} 已完成', 'Job {name} is done'],
  'jobs.waiting': [
    '任务 {name} 尚无可处理的数据：已登记的计量点还没有读数',
    'Job {name} has nothing to do yet: no registered point has a reading',
  ],
  'jobs.skipped': [
    '任务 {name} 正由另一进程执行，稍后再试',
    'Job {name} is being done by another process; try again later',
  ],
  'jobs.failed': ['任务 {name} 失败，原因见上方日志', 'Job {name} failed; the log above says why'],
  'jobs.ended': [
    '任务 {name} 未完成即停止；再次执行会补齐',
    'Job {name} was stopped before its end; run it again and it is completed',
  ],

  'agents.created': [
    '已新建采集网关 {id}，密码（仅显示这一次）：{password}',
    'Agent {id} created. Password (shown this once): {password}',
  ],
  'agents.created-file': [
    '已新建采集网关 {id}，密码写入 {file}',
    'Agent {id} created. Password written to {file}',
  ],
  'agents.reset': [
    '采集网关 {id} 的新密码（仅显示这一次）：{password}',
    'Agent {id} has a fresh password (shown this once): {password}',
  ],
  'agents.reset-file': [
    '采集网关 {id} 的新密码已写入 {file}',
    'Fresh password of agent {id} written to {file}',
  ],
  'agents.disabled': ['已停用采集网关 {id}', 'Agent {id} is disabled'],
  'agents.none': [
    '尚无采集网关。新建：jieyue agents create <名称>',
    'No agents yet. Create one: jieyue agents create <name>',
  ],
  'broker.mosquitto': [
    '已写入 {folder}：mosquitto.conf、acl、passwords。请将文件交给运行 Mosquitto 的用户；新建采集网关后重新生成，并向 Mosquitto 发送 SIGHUP。各服务设置 JIEYUE_MQTT_URL={url}',
    'Written to {folder}: mosquitto.conf, acl, passwords. Give them to the user that Mosquitto runs as; write them again after creating an agent, and send Mosquitto a SIGHUP. Services need JIEYUE_MQTT_URL={url}',
  ],
  'broker.mosquitto-access': ['已写入 {folder}：acl、passwords', 'Written to {folder}: acl, passwords'],
  'init.written': [
    '已在 {file}（权限 600）写入全新密钥：{names}',
    'Fresh secrets written to {file} (mode 600): {names}',
  ],
  'init.complete': [
    '{file} 已齐全，未作更改；--force 会全部换新',
    '{file} has all of them, nothing changed; --force makes all of them fresh',
  ],
  'init.kept': ['原文件保存为 {old}', 'The file as it was: {old}'],
  'init.influxdb': [
    'InfluxDB 就绪：{databases}；凭据：{files}',
    'InfluxDB is ready: {databases}; credentials: {files}',
  ],
  'backup.done': [
    '登记库已备份到 {file}（{bytes} 字节）。读数在 InfluxDB 中，须另行备份，见 docs/install.zh-CN.md',
    'Registry copied to {file} ({bytes} bytes). Readings are in InfluxDB and are copied apart, see docs/install.md',
  ],
  'backup.done-duckdb': [
    '登记库已备份到 {file}（{bytes} 字节）。读数（{telemetry}）不在其中：停止服务后复制该文件',
    'Registry copied to {file} ({bytes} bytes). Not in it: the readings ({telemetry}); stop the service and copy that file',
  ],
  'restore.done': ['登记库已恢复：{file}', 'Registry restored: {file}'],
  'restore.kept': ['原登记库保存为 {old}', 'The registry as it was: {old}'],
  'keys.created': [
    '已新建密钥“{name}”（仅显示这一次）：{key}',
    'Key "{name}" created (shown this once): {key}',
  ],
  'keys.revoked': ['已撤销密钥 {id}', 'Key {id} is revoked'],

  'service.running': ['{service} 已运行：{address}', '{service} is running: {address}'],
  'simulate.sample': [
    '样例文件 {file}：{rows} 小时，缺 {missing} 小时，合计 {total} kWh',
    'Sample file {file}: {rows} hours, {missing} missing, {total} kWh in all',
  ],
  'simulate.registered': [
    '演示城市已登记：{points} 个计量点，采集网关 {agent}，密码文件 {file}',
    'Demo city registered: {points} points of agent {agent}, its password in {file}',
  ],
  'simulate.meters': [
    '{devices} 台模拟表计，端口 {ports}；网关配置：{file}',
    '{devices} simulated meters on ports {ports}; agent configuration: {file}',
  ],
  'csv.time': ['时间', 'time'],
  'csv.value': ['示值', 'value'],
  'csv.figure': ['数值', 'figure'],
  'csv.unit': ['单位', 'unit'],
  'csv.from': ['起', 'from'],
  'csv.to': ['止', 'to'],
  'csv.consumption': ['用量', 'consumption'],
  'csv.coverage': ['数据完整率', 'coverage'],
  'csv.measured-share': ['实测占比', 'measured share'],
  'csv.estimated-share': ['估算占比', 'estimated share'],
  'csv.missing-share': ['缺失占比', 'missing share'],
  'csv.points-known': ['有数据计量点', 'points known'],
  'csv.points-expected': ['应有计量点', 'points expected'],
  'csv.partial': ['不完整', 'partial'],
  'csv.institution': ['机构', 'institution'],
  'csv.id': ['编号', 'id'],
  'csv.indicator': ['指标', 'indicator'],
  'csv.indicator-name': ['指标名称', 'name of the indicator'],
  'csv.sector': ['机构类别', 'sector'],
  'csv.parent': ['上级机构', 'institution above'],
  'csv.plan': ['规划', 'plan'],
  'csv.year': ['年份', 'year'],
  'csv.base': ['基期值', 'base'],
  'csv.target-change': ['目标变化率', 'target change'],
  'csv.line': ['序时目标值', 'line'],
  'csv.change': ['变化率', 'change'],
  'csv.progress': ['序时进度', 'progress'],
  'csv.state': ['状态', 'state'],
  'csv.rank': ['名次', 'rank'],
  'csv.provisional': ['暂定', 'provisional'],
  'csv.quota-set': ['定额', 'quota set'],
  'csv.reached': ['已达水平', 'level reached'],
  'csv.next-level': ['下一水平', 'next level'],
  'csv.limit': ['下一水平限值', 'limit of the next level'],
  'csv.to-go': ['需减少', 'to go'],
  'csv.reason': ['原因', 'reason'],
  'csv.listed': ['已列入', 'listed'],
  'csv.grade': ['考核等级', 'grade'],
  'csv.document': ['文号', 'document'],
  'csv.energy-tce': ['综合能耗（tce）', 'energy (tce)'],
  'csv.with-below-tce': ['含下级综合能耗（tce）', 'energy with those below (tce)'],
  'csv.month': ['月份', 'month'],
  'csv.component': ['费用项目', 'component'],
  'csv.period': ['时段', 'period'],
  'csv.step': ['阶梯', 'step'],
  'csv.quantity': ['数量', 'quantity'],
  'csv.price': ['单价', 'price'],
  'csv.amount': ['金额（元）', 'amount (CNY)'],
  'csv.score': ['得分', 'score'],
  'csv.part.coverage': ['完整率得分', 'part: coverage'],
  'csv.part.measured': ['实测得分', 'part: measured'],
  'csv.part.meters': ['表计得分', 'part: meters'],
  'csv.part.balance': ['总分表得分', 'part: balance'],
  'csv.part.bills': ['票据得分', 'part: bills'],
  'csv.part.denominators': ['人数与面积得分', 'part: users and area'],
  'csv.finding': ['问题', 'finding'],
  'csv.subject': ['对象', 'subject'],
  'csv.since': ['起始时间', 'since'],
  'csv.way-out': ['处理办法', 'way out'],
  'csv.account': ['户号', 'account'],
  'csv.billed': ['票据数量', 'billed'],
  'csv.metered': ['计量数量', 'metered'],
  'csv.difference': ['差额', 'difference'],
  'csv.relative': ['相对差', 'relative difference'],
  'csv.verdict': ['结论', 'verdict'],
  'csv.gaps': ['缺失信息', 'what is missing'],
} as const satisfies Record<string, readonly [string, string]>;

export type TextKey = keyof typeof texts;

/** The text in a language, with `{name}` replaced from `values`. */
export function text(
  language: Language,
  key: TextKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const template = texts[key][language === 'en' ? 1 : 0];
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
