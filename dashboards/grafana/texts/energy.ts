// Texts of the boards of energy and water: city, institution, building, water.
export const energyTexts = {
  'home.title': ['城市总览', 'City overview'],
  'home.title.about': [
    '所选年度、月份的用能与上年同期；谁最高；哪些表计离线。',
    'Consumption of the chosen year and month against last year; who is highest; which meters are silent.',
  ],
  'home.electricity': ['$period 年用电', 'Electricity $period'],
  'home.electricity.about': [
    '所选机构（含下级）所选年度用电与同比，单位 kWh。同比变红（上升超过 10%）时，看下方哪个机构上升最多。',
    'Electricity of the institution with all below it in the chosen year, and its change against last year, in kWh. Where the change is red (above 10 %), see below which institution rose most.',
  ],
  'home.water': ['$period 年用水', 'Water $period'],
  'home.water.about': [
    '所选年度用水与同比，单位 m³。变红时查看“用水”看板的夜间最小流量。',
    'Water of the chosen year and its change against last year, in m³. Where it is red, look at the night minimum on the water board.',
  ],
  'home.gas': ['$period 年用气', 'Gas $period'],
  'home.gas.about': [
    '所选年度天然气与同比，单位 m³。变红时先核对食堂与锅炉的用气表。',
    'Natural gas of the chosen year and its change against last year, in m³. Where it is red, check the meters of canteens and boilers first.',
  ],
  'home.heat': ['$period 年用热', 'Heat $period'],
  'home.heat.about': [
    '所选年度用热与同比，单位 GJ。变红时核对供暖起止日期与室内温度。',
    'Heat of the chosen year and its change against last year, in GJ. Where it is red, compare the dates of the heating season and indoor temperatures.',
  ],
  'home.coverage': ['$month 数据完整率', 'Coverage $month'],
  'home.coverage.about': [
    '所选月份用电中有数据的时间占比；什么都没有收到时为 0。低于 90% 变红：指标不可采信，点击查看离线表计。',
    'Share of the time of the chosen month for which electricity is known; 0 where nothing was received. Red below 90 %: figures cannot be relied upon; open the silent meters.',
  ],
  'home.silent': ['离线表计', 'Silent meters'],
  'home.silent.about': [
    '所选机构（含下级）当前离线的计量点数。变红时点击查看清单与联系人。',
    'Points of the institution with all below it that are silent now. Where it is red, open the list with whom to ask.',
  ],
  'home.electricity-year': ['各机构 $period 年用电', 'Electricity by institution, $period'],
  'home.electricity-year.about': [
    '所选机构的直属下级，所选年度用电，由高到低，灰色为上年同期，单位 kWh。点击柱条查看该机构。',
    'Institutions right below the chosen one, electricity of the chosen year in kWh, the highest first, last year in grey. Click a bar to open the institution.',
  ],
  'home.water-year': ['各机构 $period 年用水', 'Water by institution, $period'],
  'home.water-year.about': [
    '所选机构的直属下级，所选年度用水，灰色为上年同期，单位 m³。明显高于上年的，查夜间最小流量。',
    'Institutions right below the chosen one, water of the chosen year in m³, last year in grey. Where it is far above last year, see the night minimum.',
  ],
  'home.electricity-months': ['$period 年逐月用电', 'Electricity by month, $period'],
  'home.electricity-months.about': [
    '所选机构（含下级）所选年度逐月用电，灰色为上年同月，单位 kWh。没有柱条的月份是未知，不是零。',
    'Electricity of the institution with all below it, by month of the chosen year, in kWh; last year in grey. A month without a bar is unknown, not zero.',
  ],
  'home.water-months': ['$period 年逐月用水', 'Water by month, $period'],
  'home.water-months.about': [
    '所选机构（含下级）所选年度逐月用水，灰色为上年同月，单位 m³。没有柱条的月份是未知，不是零。',
    'Water of the institution with all below it, by month of the chosen year, in m³; last year in grey. A month without a bar is unknown, not zero.',
  ],
  'home.electricity-month': ['各机构 $month 用电', 'Electricity by institution, $month'],
  'home.electricity-month.about': [
    '所选月份（当月为至今）与上年同期，单位 kWh。点击柱条查看该机构。',
    'The chosen month (so far, where it runs) and the same stretch of last year, in kWh. Click a bar to open the institution.',
  ],
  'home.water-month': ['各机构 $month 用水', 'Water by institution, $month'],
  'home.water-month.about': [
    '所选月份（当月为至今）与上年同期，单位 m³。点击柱条查看该机构。',
    'The chosen month (so far, where it runs) and the same stretch of last year, in m³. Click a bar to open the institution.',
  ],
  'home.highest': ['$period 年用电排名', 'Ranking by electricity, $period'],
  'home.highest.about': [
    '所选机构的直属下级，由高到低，单位 kWh。同比变红：与该机构核实原因；数据完整率变红：先修复表计再比较。',
    'Institutions right below the chosen one, the highest first, in kWh. A red change: ask the institution why. Red coverage: mend the meters before comparing.',
  ],
  'home.silent-course': ['离线表计变化', 'Silent meters over time'],
  'home.silent-course.about': [
    '所选机构（含下级）离线计量点数随时间的变化。突然上升通常是某个采集网关或网络中断，见“采集链路”看板。',
    'Number of silent points of the institution with all below it. A sudden rise is mostly an agent or a network that failed: see the pipeline board.',
  ],

  'institution.title': ['机构', 'Institution'],
  'institution.title.about': [
    '一个机构（含下级）的用能：分品种、分项、按月按日、分建筑，与上年比较。',
    'One institution with all below it: by carrier, by kind of use, by month and day, by building, against last year.',
  ],
  'institution.carriers': ['$period 年用量', 'By carrier, $period'],
  'institution.carriers.about': [
    '所选年度各能源品种用量，各用其单位。未列出的品种没有数据。',
    'The chosen year by carrier, each in its unit. A carrier that is not listed has no data.',
  ],
  'institution.changes': ['$period 年同比', 'Change against last year, $period'],
  'institution.changes.about': [
    '所选年度（当年为至今）与上年同期之比的变化，%。变红（上升超过 10%）时，从下方按月、分项、分建筑查找。',
    'The chosen year (so far, where it runs) against the same stretch of last year, in %. Where it is red (above 10 %), search below by month, kind of use and building.',
  ],
  'institution.months': ['$period 年逐月用量', 'By month, $period'],
  'institution.months.about': [
    '所选品种、所选年度逐月用量，灰色为上年同月。没有柱条的月份是未知，不是零。',
    'The chosen carrier by month of the chosen year, last year in grey. A month without a bar is unknown, not zero.',
  ],
  'institution.days': ['逐日用量', 'By day'],
  'institution.days.about': [
    '所选品种逐日用量（按右上角时间范围），灰线为上年同日。周末不下降的，检查是否有设备常开。',
    'The chosen carrier by day in the range of time, last year as a grey line. Where rest days do not fall, look for what is left on.',
  ],
  'institution.items': ['$period 年分项用电', 'Electricity by kind of use, $period'],
  'institution.items.about': [
    '逐月分项用电（照明插座、空调、动力、特殊等），单位 kWh，来自分表。与总表的差额是没有分表的部分。',
    'Electricity by month and kind of use (lighting and sockets, air-conditioning, power, special), in kWh, from sub-meters. What is missing to the total has no sub-meter.',
  ],
  'institution.coverage': ['$period 年数据完整率', 'Coverage, $period'],
  'institution.coverage.about': [
    '逐月各品种有数据的时间占比，%；什么都没有收到的月份为 0。低于 90% 的月份指标不可采信，见“表计与数据质量”看板。',
    'Share of the time that is known, by month and carrier, in %; 0 in a month of which nothing was received. Months below 90 % give no figures to rely upon: see the board of meters and data quality.',
  ],
  'institution.electricity-buildings': ['各建筑 $period 年用电', 'Electricity by building, $period'],
  'institution.electricity-buildings.about': [
    '机构及下级的建筑，所选年度用电与上年同期，单位 kWh。点击柱条查看该建筑。',
    'Buildings of the institution and of all below it, electricity of the chosen year and of the year before, in kWh. Click a bar to open the building.',
  ],
  'institution.water-buildings': ['各建筑 $period 年用水', 'Water by building, $period'],
  'institution.water-buildings.about': [
    '机构及下级的建筑，所选年度用水与上年同期，单位 m³。点击柱条查看该建筑。',
    'Buildings of the institution and of all below it, water of the chosen year and of the year before, in m³. Click a bar to open the building.',
  ],
  'institution.buildings': ['$period 年建筑用电排名', 'Buildings by electricity, $period'],
  'institution.buildings.about': [
    '建筑由高到低，所选年度用电，单位 kWh。同比变红的，打开该建筑看夜间与日形状。',
    'Buildings, the highest first, electricity of the chosen year in kWh. Where the change is red, open the building: its nights and the shape of its day.',
  ],

  'building.title': ['建筑', 'Building'],
  'building.title.about': [
    '一栋建筑：逐日用量、一天的形状、夜间留开了什么、表计。',
    'One building: day by day, the shape of its day, what was left on at night, its meters.',
  ],
  'building.days': ['逐日用量', 'By day'],
  'building.days.about': [
    '所选品种逐日用量，灰线为上年同日。没有柱条的日子是未知，不是零。',
    'The chosen carrier by day, last year as a grey line. A day without a bar is unknown, not zero.',
  ],
  'building.items': ['分项用电', 'Electricity by kind of use'],
  'building.items.about': [
    '逐日分项用电，单位 kWh，来自分表。某一分项突然升高，就查该回路。',
    'Electricity by day and kind of use, in kWh, from sub-meters. Where one kind jumps, look at its circuit.',
  ],
  'building.profile': ['典型日用电', 'The typical day'],
  'building.profile.about': [
    '期间内工作日与休息日各小时的平均用电，单位 kWh。休息日与工作日一样高，说明有设备没关。',
    'Mean electricity of each hour, workdays and rest days of the period, in kWh. Rest days as high as workdays: something is not switched off.',
  ],
  'building.heat-map': ['各日各时用电', 'Hours of each day'],
  'building.heat-map.about': [
    '横轴为日期，纵轴为小时，颜色为 kWh。夜里的亮带是留开的设备；空白是未知，不是零。',
    'Days across, hours downwards, colour in kWh. A bright band at night is what was left on; a gap is unknown, not zero.',
  ],
  'building.nights': ['夜间用电', 'Electricity at night'],
  'building.nights.about': [
    '22:00 至 06:00 用电，单位 kWh；灰线是前 28 夜的中位数。高出灰线的那一夜有东西没关。',
    '22:00 to 06:00, in kWh; the grey line is the median of the 28 nights before. In a night above it something was left on.',
  ],
  'building.base-load': ['夜间最小一小时', 'Least hour of the night'],
  'building.base-load.about': [
    '夜里用电最少的一小时，单位 kWh：基础负荷。逐渐上升时，查常开设备（机房、饮水机、空调）。',
    'The least hour of the night, in kWh: the base load. Where it creeps up, look for what runs always (server rooms, water heaters, air-conditioning).',
  ],
  'building.left-on': ['夜间留开了什么', 'What was left on'],
  'building.left-on.about': [
    '所选机构各建筑最近一夜，按夜间与白天功率之比由高到低。30% 以上值得看，50% 以上变红：当晚巡查。',
    'The newest night of each building of the institution, by its power to that of the day before. Worth a look from 30 %; red from 50 %: make a round tonight.',
  ],
  'building.meters': ['本建筑表计', 'Meters of the building'],
  'building.meters.about': [
    '当前状态。完整率低于 90% 或离线超过一天变红：点表计看读数，按采集网关联系运维。',
    'As they are now. Red below 90 % coverage or after a day of silence: open its readings, then ask whoever runs its agent.',
  ],

  'water.title': ['用水', 'Water'],
  'water.title.about': [
    '用水与夜间最小流量：漏水最先在夜里看出来。',
    'Water and its night minimum, where a leak shows first.',
  ],
  'water.night-minimum': ['夜间最小流量', 'Night minimum flow'],
  'water.night-minimum.about': [
    '夜里用水最少的一小时，单位 m³。无人时应接近零；连续多夜抬高就是漏水，按分区关阀查找。',
    'The least hour of the night, in m³. Near zero where nobody is there; risen for several nights it is a leak: search by closing valves one by one.',
  ],
  'water.nights': ['夜间用水', 'Water at night'],
  'water.nights.about': [
    '22:00 至 06:00 用水，单位 m³；灰线是前 28 夜的中位数。',
    '22:00 to 06:00, in m³; the grey line is the median of the 28 nights before.',
  ],
  'water.left-running': ['夜间用水排名', 'Buildings by water at night'],
  'water.left-running.about': [
    '所选机构各建筑最近一夜，按夜间与白天流量之比由高到低。变红（50% 以上）时当晚查漏。',
    'The newest night of each building of the institution, by its flow to that of the day before. Red from 50 %: look for the leak tonight.',
  ],
  'water.profile': ['典型日用水', 'The typical day'],
  'water.profile.about': [
    '期间内工作日与休息日各小时的平均用水，单位 m³。',
    'Mean water of each hour, workdays and rest days of the period, in m³.',
  ],
  'water.heat-map': ['各日各时用水', 'Hours of each day'],
  'water.heat-map.about': [
    '横轴为日期，纵轴为小时，颜色为 m³。夜里不断的亮带是漏水；空白是未知，不是零。',
    'Days across, hours downwards, colour in m³. An unbroken band at night is a leak; a gap is unknown, not zero.',
  ],
  'water.days': ['逐日用水', 'By day'],
  'water.days.about': [
    '逐日用水，灰线为上年同日，单位 m³。没有柱条的日子是未知，不是零。',
    'Water by day, last year as a grey line, in m³. A day without a bar is unknown, not zero.',
  ],
} as const;
