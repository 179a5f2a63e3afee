// Texts of the boards of operations: meters and data quality, one point, the pipeline.
export const operationTexts = {
  'meters.title': ['表计与数据质量', 'Meters and data quality'],
  'meters.title.about': [
    '离线表计与联系人、示值不变、剔除的读数、数据完整率。',
    'Silent meters with whom to ask, stuck ones, excluded readings, coverage.',
  ],
  'meters.silent': ['离线', 'Silent'],
  'meters.silent.about': [
    '超过三个采集周期且超过一小时没有读数的计量点数。变红时从下方清单逐个联系。',
    'Points without a reading for more than three intervals and an hour. Where it is red, go through the list below.',
  ],
  'meters.stuck': ['示值不变', 'Stuck'],
  'meters.stuck.about': [
    '一天内示值不变、而同类表计在变的计量点数。变红时到现场核对表计与互感器。',
    'Points whose value has not changed for a day although others of their kind did. Where it is red, check meter and transformer on site.',
  ],
  'meters.excluded': ['剔除（24 小时）', 'Excluded, 24 h'],
  'meters.excluded.about': [
    '近 24 小时剔除的异常读数。变红时在下方看原因，必要时更正或检查接线。',
    'Readings left out in the last 24 hours. Where it is red, see the reasons below; correct them or check the wiring.',
  ],
  'meters.coverage': ['近 7 天完整率', 'Coverage, 7 days'],
  'meters.coverage.about': [
    '各计量点近 7 天实测时间占比的平均值，%。低于 90% 变红：先处理离线最久的。',
    'Mean over all points of the share of the last 7 days that is measured, in %. Red below 90 %: begin with those silent longest.',
  ],
  'meters.silent-course': ['离线表计变化', 'Silent meters over time'],
  'meters.silent-course.about': [
    '所选机构（含下级）的计量点与其中离线的数量。突然上升通常是采集网关或网络中断。',
    'Points of the institution with all below it, and those that are silent. A sudden rise is mostly an agent or a network that failed.',
  ],
  'meters.silent-list': ['离线清单', 'Silent meters, and whom to ask'],
  'meters.silent-list.about': [
    '当前离线的计量点，从未上报的在前，其后离线最久的在前。超过 3 小时黄色，超过 24 小时变红：找联系人（未登记时找采集网关的责任人），核对设备地址与供电。',
    'Points that are silent now: those that never sent, then those silent longest. Red after 24 hours: ask the contact (where none is registered, whoever runs the agent), check address and supply of the device.',
  ],
  'meters.list': ['全部表计', 'All meters'],
  'meters.list.about': [
    '各计量点当前状态，完整率最低的在前。点名称看读数，点建筑看用能。',
    'Each point as it is now, the least covered first. Click its name for readings, its building for consumption.',
  ],
  'meters.exclusions': ['剔除的读数', 'Excluded readings'],
  'meters.exclusions.about': [
    '期间内剔除的读数与原因（不随机构筛选），示值为乘倍率之前。若确认无误，可在接口中更正为接受。',
    'Readings left out in the period, with the reason (of all institutions), before the multiplier. Where one is right after all, accept it by a correction through the API.',
  ],

  'point.title': ['计量点读数', 'Readings of a point'],
  'point.title.about': [
    '一个计量点：收到的读数、每小时的结果、剔除的读数。',
    'One measuring point: what it sent, what became of it by the hour, what was left out.',
  ],
  'point.silent': ['距最新读数', 'Since the newest reading'],
  'point.silent.about': [
    '距最新读数的时间。超过 3 小时黄色，超过 24 小时变红：检查设备与采集网关。',
    'Time since the newest reading. Red after 24 hours: check the device and its agent.',
  ],
  'point.coverage': ['近 7 天完整率', 'Coverage, 7 days'],
  'point.coverage.about': [
    '近 7 天实测时间占比，%。低于 90% 变红：查看下方断点在何时。',
    'Share of the last 7 days that is measured, in %. Red below 90 %: see below when it broke off.',
  ],
  'point.excluded': ['剔除（24 小时）', 'Excluded, 24 h'],
  'point.excluded.about': [
    '近 24 小时剔除的读数。变红时看下方原因。',
    'Readings left out in the last 24 hours. Where it is red, see the reasons below.',
  ],
  'point.readings': ['读数', 'Readings'],
  'point.readings.about': [
    '收到的原始示值（乘倍率之前），各量用其单位；期间较长时取每段最后一条。',
    'As sent, before the multiplier, each quantity in its unit; in a long period the last of each interval.',
  ],
  'point.hours': ['每小时', 'By the hour'],
  'point.hours.about': [
    '每小时用量；瞬时量为小时平均。没有柱条的小时是未知，不是零。',
    'Consumption by the hour; of instantaneous values the mean. An hour without a bar is unknown, not zero.',
  ],
  'point.exclusions': ['剔除的读数', 'Excluded readings'],
  'point.exclusions.about': [
    '期间内剔除的读数与原因，示值为乘倍率之前。',
    'Readings left out in the period, with the reason, before the multiplier.',
  ],

  'pipeline.title': ['采集链路', 'Pipeline'],
  'pipeline.title.about': [
    '从采集网关到汇总：延迟、积压、拒收、告警。',
    'From agents to rollups: lag, queues, refusals, alarms.',
  ],
  'pipeline.lag': ['汇总延迟', 'Rollup lag'],
  'pipeline.lag.about': [
    '最早待汇总数据已等待的时间。超过 1 小时变红：查看入库服务日志。',
    'How long the oldest data has waited to be rolled up. Red after an hour: see the log of ingest.',
  ],
  'pipeline.behind': ['待汇总序列', 'Series behind'],
  'pipeline.behind.about': [
    '等待重算的序列数。大量导入后升高属正常；不下降时查看入库服务日志。',
    'Series that wait to be recomputed. Many are normal after an import; where they do not fall, see the log of ingest.',
  ],
  'pipeline.agents': ['采集网关', 'Agents'],
  'pipeline.agents.about': [
    '在线与全部网关数。在线为 0 变红：检查 MQTT 代理。个别离线见下表。',
    'Agents online, and all of them. Red where none is online: check the MQTT broker. For single ones see the table.',
  ],
  'pipeline.rejects': ['拒收（1 小时）', 'Refused, 1 h'],
  'pipeline.rejects.about': [
    '近一小时拒收的条数。变红时在接口 /api/v1/rejects 看原因。',
    'Rows refused in the last hour. Where it is red, see the reasons at /api/v1/rejects.',
  ],
  'pipeline.alarms': ['未处理告警', 'Open alarms'],
  'pipeline.alarms.about': [
    '未处理的告警数。变红时在接口 /api/v1/alarms 逐条处理。',
    'Alarms that are open. Where it is red, deal with them one by one: /api/v1/alarms.',
  ],
  'pipeline.silent': ['离线计量点', 'Silent points'],
  'pipeline.silent.about': [
    '离线计量点数，清单见“表计与数据质量”看板。',
    'Points that are silent; the list is on the board of meters and data quality.',
  ],
  'pipeline.lag-course': ['汇总延迟变化', 'Rollup lag over time'],
  'pipeline.lag-course.about': [
    '汇总延迟，秒。持续上升说明汇总跟不上入库。',
    'Rollup lag, in seconds. A steady rise: rollups do not keep up with ingest.',
  ],
  'pipeline.behind-course': ['待汇总序列变化', 'Series behind over time'],
  'pipeline.behind-course.about': [
    '等待重算的序列数。导入之后升高属正常；一直不下降时查看入库服务日志。',
    'Series that wait to be recomputed. A rise is normal after an import; where they never fall, see the log of ingest.',
  ],
  'pipeline.rejects-course': ['拒收变化', 'Refusals over time'],
  'pipeline.rejects-course.about': [
    '每小时拒收条数。突然升高通常是某个网关的配置或时钟有误。',
    'Rows refused an hour. A sudden rise is mostly the configuration or the clock of one agent.',
  ],
  'pipeline.alarms-course': ['告警变化', 'Alarms over time'],
  'pipeline.alarms-course.about': [
    '未处理的告警数。只升不降时，说明没有人在处理。',
    'Alarms that are open. Where they only rise, nobody deals with them.',
  ],
  'pipeline.agent-lag': ['网关延迟', 'Lag of agents'],
  'pipeline.agent-lag.about': [
    '各网关最早未确认数据的等待时间，秒。升高说明网络不通或入库忙。',
    'How long the oldest unacknowledged row of each agent waits, in seconds. A rise: the network fails or ingest is busy.',
  ],
  'pipeline.agent-outbox': ['网关待发', 'Outbox of agents'],
  'pipeline.agent-outbox.about': [
    '各网关发件箱中的条数。不下降时检查网络与凭据。',
    'Rows in the outbox of each agent. Where they do not fall, check network and credentials.',
  ],
  'pipeline.agent-quarantine': ['网关隔离批', 'Quarantine of agents'],
  'pipeline.agent-quarantine.about': [
    '各网关隔离的批数，应为 0。否则查看网关与入库服务日志。',
    'Batches that each agent has put aside; should be 0. Else see the logs of the agent and of ingest.',
  ],
  'pipeline.agent-list': ['网关清单', 'Agents'],
  'pipeline.agent-list.about': [
    '各网关当前状态，离线的在前。变红的：检查供电、网络、凭据；隔离批见日志。',
    'Each agent as it is now, those offline first. Red: check supply, network, credentials; for quarantined batches see the logs.',
  ],
} as const;
