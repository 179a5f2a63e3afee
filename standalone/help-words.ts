// The Chinese of what commands say of themselves in --help: by the English that stands with the command, or by its beginning up to a list.
// A test walks all commands, and fails where one has no Chinese.
export const chinese: Readonly<Record<string, string>> = {
  'configuration file (YAML); default: ./jieyue.yaml where it exists':
    '配置文件（YAML）；默认：./jieyue.yaml（如存在）',
  'data folder (JIEYUE_HOME)': '数据目录（JIEYUE_HOME）',
  'trace, debug, info, warn, error or silent (JIEYUE_LOG_LEVEL)':
    '日志级别：trace、debug、info、warn、error 或 silent（JIEYUE_LOG_LEVEL）',
  'serve /health and /metrics on this port': '在该端口提供 /health 与 /metrics',
  'where that port listens; default: 127.0.0.1': '该端口的监听地址；默认：127.0.0.1',
  'port to listen on (JIEYUE_HTTP_PORT)': '监听端口（JIEYUE_HTTP_PORT）',
  'port to listen on (JIEYUE_MQTT_PORT)': '监听端口（JIEYUE_MQTT_PORT）',

  'create an agent with a fresh password': '新建采集网关，并生成密码',
  'write the password to this file (mode 600) instead of showing it':
    '将密码写入该文件（权限 600），不在屏幕显示',
  'write the password to this new file (mode 600) instead of showing it':
    '将密码写入该新文件（权限 600），不在屏幕显示',
  'give an agent a fresh password; the old one is refused from now on': '为采集网关更换密码；旧密码即刻失效',
  'list agents': '列出采集网关',
  'refuse an agent from now on': '停用采集网关，即刻生效',
  'print all agents as lines of a Mosquitto password file': '按 Mosquitto 密码文件的格式输出全部采集网关',

  'go through the chain of hashes; exit code 1 where it is broken': '逐条核验哈希链；如已损坏，退出码为 1',
  'a head that was written down elsewhere: it must still stand': '此前另行记录的链头：核验其仍在日志中',

  'where the copy is written; there may be none yet': '备份写入的目录；其中不得已有备份',
  'put a registry that is there aside': '已有登记库时，先将其移开',
  'where `jieyue backup` wrote the copy': '`jieyue backup` 写入备份的目录',

  'write the configuration, access list and passwords with which a Mosquitto has the same rules':
    '输出配置、访问控制表与密码文件，使 Mosquitto 遵循相同规则',
  'where mosquitto.conf, acl and passwords are written': 'mosquitto.conf、acl 与 passwords 写入的目录',
  'write acl and passwords only: that Mosquitto has a configuration of its own':
    '只输出 acl 与 passwords：该 Mosquitto 已有自己的配置',

  'configuration file': '配置文件',

  'name of the point; default: the name of the file': '计量点编号；默认：文件名',
  'name for people; default: the point': '计量点名称；默认：计量点编号',
  'column with the time': '时间所在的列',
  'what a column holds, e.g. energy_kwh=electricity_interval; may be repeated. Quantities:':
    '各列的内容，如 energy_kwh=electricity_interval；可多次使用。计量项：',
  'time zone of times without an offset; default: the system’s (JIEYUE_TZ)':
    '未带时区的时间所用时区；默认：系统时区（JIEYUE_TZ）',
  'between columns': '列分隔符',
  'length of an interval, or how often a register was read: 15m, 1h, 1d; default: as registered, else as the times of the file tell':
    '区间长度，或表底的读取间隔：15m、1h、1d；默认：按登记，未登记则按文件中的时间判断',
  'CT × PT; default: as registered, else 1': '倍率（CT × PT）；默认：按登记，未登记为 1',
  'building that the point counts for': '计量点所属建筑',
  'agent that sends': '上送所用的采集网关',
  'how long to wait for the last acknowledgement': '等待最后一次确认的秒数',
  'CSV file, plain or .gz': 'CSV 文件，可为 .gz',

  'the file': '文件',
  'make all secrets fresh; a deployment that runs with the old ones must be told of each':
    '重新生成全部密钥；以旧密钥运行的部署须逐一更换',
  'make the databases of InfluxDB 2.x and a token for each holder, by an administrator’s token':
    '用管理员令牌在 InfluxDB 2.x 中建库，并为各服务各建一个令牌',
  'where the tokens are written, in a folder for each holder': '令牌写入的目录，每个服务一个子目录',

  'do a job now and wait for it:': '立即执行一项任务并等待完成：',

  'create a key; it is shown this once': '新建密钥；密钥只显示这一次',
  'one of': '其中之一：',
  'the institution whose subtree it covers; default: everything': '密钥所及的单位及其下级；默认：全部',
  'list keys, without the keys themselves': '列出密钥（不含密钥本身）',
  'revoke a key': '撤销密钥',

  'write a template to fill in: .xlsx with help, or .csv of one kind. Kinds:':
    '输出待填写的模板：带说明的 .xlsx，或某一类台账的 .csv。类别：',
  'a workbook, whatever the file is called': '无论文件名如何，均输出工作簿',
  'read ledgers (.xlsx, .csv) into the registry; what one file makes, another may refer to':
    '将台账（.xlsx、.csv）导入登记库；各文件之间可以互相引用',
  'of files that do not tell by their name or headings:': '文件名与表头都无法说明类别时，指定台账类别：',
  'say what would happen, and change nothing': '试运行：只报告结果，不作改动',
  'import the rows without faults; default: all or nothing': '只导入无误的行；默认：有误则全部不导入',
  'who answers for it; default: the user of this computer': '经办人；默认：本机当前用户',
  'why; default: the names of the files': '理由；默认：文件名',
  'faults that are listed; the others are counted': '列出的错误条数；其余只计数',
  'the outcome as JSON': '以 JSON 输出结果',

  'write a year of a made-up school as CSV, for `jieyue import`':
    '生成一所虚构学校一年的 CSV，供 `jieyue import` 导入',
  'which year': '年份',
  'another seed, another school': '随机种子：种子不同，学校不同',
  'register the demo city of `simulate meters` and its agent in the registry':
    '在登记库中登记 `simulate meters` 的演示城市及其采集网关',
  'another seed, another city': '随机种子：种子不同，城市不同',
  'serve the demo city as Modbus TCP meters and write an agent configuration for them':
    '以 Modbus TCP 表计模拟演示城市，并写出采集网关的配置',
  'first port; each building has one': '起始端口；每栋建筑一个',
  'how often the agent shall read': '采集网关的读取间隔（秒）',
  'drive official cars whose terminals report to an agent, and write its configuration':
    '模拟公务用车行驶，车载终端向采集网关上报，并写出其配置',
  'how many': '车辆数',
  'of how many days: those before now, with --pace live those from now on':
    '天数：从此前若干天起；用 --pace live 时为从现在起',
  'how often every kind of misconduct is planted': '每类违规行为各安排几次',
  'another seed, another fleet': '随机种子：种子不同，车队不同',
  'where the agent’s source `jt808` listens': '采集网关 `jt808` 数据源的监听地址',
  'its port': '其端口',
  'broker for every sixth car, which publishes JSON; left out: it stands still':
    '每六辆车中有一辆经此 MQTT 代理上报 JSON；不填则该车不动',
  'once: as fast as it goes; live; or so many times as fast as the clock':
    'once：尽快完成；live：按实际时间；或为实际速度的倍数',
  'the agent that hears them': '接收上报的采集网关',
  'write what truly happened, as JSON': '将真实发生的情况写成 JSON',

  'found a demo city in an empty data folder and keep its meters running':
    '在空数据目录中建立演示城市，并让其表计持续运行',
  'how often the demo city’s meters are read': '演示城市表计的读取间隔（秒）',
  'port of the API (JIEYUE_HTTP_PORT)': '接口端口（JIEYUE_HTTP_PORT）',
  'port of the broker (JIEYUE_MQTT_PORT)': 'MQTT 代理端口（JIEYUE_MQTT_PORT）',

  'display help for command': '显示该命令的说明',
};

/** Words of the command line's own frame, as the library writes them. */
export const frameWords: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Commands:': '子命令：',
  '[options]': '[选项]',
  '[command]': '[子命令]',
};

/** Of what is typed wrongly: what the library says, and the same in Chinese. */
export const mistakes: readonly (readonly [RegExp, string])[] = [
  [/missing required argument '(.*)'/, '缺少参数“$1”'],
  [/option '(.*)' argument missing/, '选项“$1”缺少取值'],
  [/required option '(.*)' not specified/, '缺少必填选项“$1”'],
  [/unknown option '(.*)'/, '没有选项“$1”'],
  [/unknown command '(.*)'/, '没有子命令“$1”'],
  [
    /too many arguments(?: for '(.*)')?\. Expected (\d+) arguments? but got (\d+)\./,
    '参数过多：应有 $2 个，实有 $3 个',
  ],
  [/\(Did you mean (?:one of )?(.*)\?\)/, '（是否想用 $1？）'],
  [/^error: /m, '错误：'],
];
