"""Seeded listings such as a Hubei county might have, as many as a bench wants. All names are made up of word lists; nobody is meant."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from kiosk.domain.codes import AREAS, Meals, PayUnit, Settlement, Trade
from kiosk.domain.listing import PublicListing

TODAY = date(2026, 11, 23)


class Job(NamedTuple):
    """The words of one trade."""

    titles: str
    tasks: str
    needs: str
    employers: str


JOBS: dict[Trade, Job] = {
    Trade.CLEANING: Job(
        "保洁员 开荒保洁 家庭保洁 擦玻璃 楼道清扫工 酒店客房保洁 医院保洁 日常打扫",
        "打扫楼道和电梯间 擦窗户玻璃 拖地抹桌子 清洗油烟机 新房开荒 收垃圾倒垃圾 换床单被套 清洗地毯",
        "手脚麻利 做过保洁的优先 自带抹布 会用洗地机 爱干净",
        "家政服务部 物业管理有限公司 保洁服务有限公司 大酒店",
    ),
    Trade.LOADING: Job(
        "装卸工 搬运工 搬家工 卸货小工 上下货工 叉车装卸",
        "搬25公斤以内的箱子 上下货车 搬化肥袋子 卸瓷砖 抬家具上楼 码垛 给超市上货 搬米袋子",
        "能吃苦 有力气 穿平底鞋 腰腿好 会开叉车的加钱",
        "物流有限公司 搬家服务部 建材批发部 粮油贸易有限公司",
    ),
    Trade.LABOURER: Job(
        "工地小工 建筑小工 杂工 和灰小工 拆墙工 挖沟工 钢筋工",
        "提灰桶 递砖 推斗车 清理建筑垃圾 拆旧墙 挖管沟 绑钢筋 支模板 浇水养护",
        "戴安全帽 身体好 不恐高 听师傅安排 有安全帽和胶鞋",
        "建筑工程有限公司 劳务有限公司 装饰工程队 市政工程有限公司",
    ),
    Trade.MASON: Job(
        "砌墙师傅 贴砖师傅 泥瓦工 抹灰工 盖房大工 贴地砖",
        "砌240墙 贴地砖墙砖 抹灰找平 修补屋顶 砌灶台 铺院子地坪 做散水",
        "三年以上手艺 自带工具 活要细 会看图纸",
        "建筑工程队 装饰装修部 农户自建房",
    ),
    Trade.CARPENTER: Job(
        "木工师傅 吊顶木工 模板木工 家具安装 做衣柜 门窗安装",
        "吊石膏板顶 打柜子 装门 钉模板 修家具 铺木地板 装橱柜",
        "自带电锯 手艺好 会看CAD图 做过全屋定制",
        "装饰工程有限公司 家具厂 全屋定制馆 模板班组",
    ),
    Trade.ELECTRICIAN: Job(
        "水电工 电工 布线工 弱电安装工 配电房值班电工 路灯维修",
        "装灯 换开关插座 穿线布管 检修配电箱 装监控 拉网线 值班抄表",
        "有低压电工证 持证上岗 会登高 懂380伏线路",
        "机电安装有限公司 供电服务部 物业管理有限公司 弱电工程队",
    ),
    Trade.PLUMBER: Job(
        "水管工 疏通下水道 装水龙头 水暖工 打井工 PPR热熔工",
        "疏通马桶 换水管 装热水器 焊PPR管 修水泵 打压试水 铺地暖管",
        "自带工具 随叫随到 会热熔 能下井",
        "水暖安装部 管道疏通服务部 自来水公司",
    ),
    Trade.PAINTER: Job(
        "油漆工 刮腻子工 刷墙工 外墙喷涂 家具喷漆",
        "刮腻子 打磨墙面 滚乳胶漆 喷木器漆 铲墙皮 补裂缝 贴墙纸",
        "带口罩 做过两年 不怕灰 能上吊篮",
        "装饰工程有限公司 涂料经营部 家具厂",
    ),
    Trade.KITCHEN: Job(
        "帮厨 切配工 洗碗工 早餐店帮工 红白喜事帮厨 食堂阿姨 面点师 炒菜师傅",
        "洗菜切菜 洗碗 包包子 炸油条 打饭 杀鱼 配菜 蒸扣肉 端盘子",
        "有健康证 手脚快 早上五点到 会做鱼丸鱼面",
        "酒家 早餐店 小学食堂 农家乐 餐饮管理有限公司 鱼面坊",
    ),
    Trade.WAITING: Job(
        "服务员 传菜员 收银员 前台接待 茶楼服务员 宴席端盘",
        "点菜上菜 收拾桌子 收银 迎宾 倒茶 摆台 打包外卖",
        "会说普通话 有健康证 笑脸迎人 会用收款机",
        "大酒店 火锅店 茶楼 宴会中心 超市",
    ),
    Trade.NANNY: Job(
        "带孩子阿姨 月嫂 育儿嫂 接送孩子 住家保姆",
        "带一岁宝宝 接送小学生 做两顿饭 给产妇做月子餐 洗孩子衣服 陪写作业",
        "有耐心 有月嫂证 不抽烟 会做饭 本地人",
        "家政服务部 母婴护理中心 住户",
    ),
    Trade.CARER: Job(
        "护工 医院陪护 照顾老人 养老院护理员 居家照护",
        "喂饭翻身 陪老人说话 推轮椅 量血压 擦身换洗 夜间陪床 送药",
        "有爱心 照顾过老人 能上夜班 有健康证",
        "人民医院 养老服务中心 福利院 家政服务部 住户",
    ),
    Trade.REPAIR: Job(
        "空调安装工 家电维修 修洗衣机 空调清洗 电视安装",
        "装空调外机 加氟 修冰箱 清洗空调 修电视 上门检修洗衣机 换压缩机",
        "有高空证 会焊铜管 有电动车 自带工具",
        "电器维修部 空调工程有限公司 家电商场",
    ),
    Trade.DELIVERY: Job(
        "送货员 外卖骑手 快递员 送水工 送菜工 送煤气",
        "骑电动车送外卖 送桶装水 派件 早上送菜到食堂 送煤气罐 送家具上门",
        "有电动车 认得路 会用手机导航 有驾照",
        "快递服务站 外卖站点 桶装水经营部 生鲜配送有限公司",
    ),
    Trade.DRIVER: Job(
        "货车司机 面包车司机 铲车司机 挖机师傅 班车司机 拖拉机手 叉车司机",
        "跑武汉短途 送货到孝感 开4.2米货车 接送工人 开铲车上料 旋耕 拉砂石",
        "有B2驾照 有C1驾照 五年驾龄 有叉车证 不喝酒",
        "运输有限公司 砂石料场 农机合作社 物流有限公司",
    ),
    Trade.GUARD: Job(
        "保安 门卫 停车场管理员 巡逻员 活动安保 看工地",
        "看大门 登记来访 巡逻 收停车费 维持秩序 看监控 夜里看材料",
        "无犯罪记录 会写字 能上夜班 退伍军人优先",
        "保安服务有限公司 物业管理有限公司 中学 工业园",
    ),
    Trade.FACTORY: Job(
        "进厂普工 包装工 流水线工人 质检员 盐化工操作工 纸箱厂普工 塑料厂注塑工",
        "流水线上料 打包贴标 看机器 质量检查 装箱 注塑机取件 剪水口 裁纸板",
        "两班倒 视力好 坐得住 认得字 能长期干",
        "盐化有限公司 塑业有限公司 包装有限公司 电子有限公司 食品有限公司",
    ),
    Trade.SEWING: Job(
        "缝纫工 车位工 裁剪工 剪线头 锁边工 手工串珠 羽绒服车工",
        "做平车 锁边 剪线头 熨烫 钉扣子 裁布 可以拿回家做",
        "会用电动缝纫机 做过衣服 眼睛好 按件算钱",
        "服饰有限公司 制衣厂 服装加工坊 手套厂",
    ),
    Trade.FARMING: Job(
        "摘菜工 插秧工 收稻谷 采茶工 大棚种菜 摘草莓 挖藕 栽油菜 掰玉米 打农药",
        "摘辣椒 摘西红柿 插秧 挖莲藕 栽红薯苗 割油菜 晒稻谷 采茶叶 盖大棚膜 除草施肥",
        "会干农活 自带草帽 不怕晒 早上六点出工 穿雨靴",
        "蔬菜种植专业合作社 家庭农场 草莓园 莲藕基地 种粮大户",
    ),
    Trade.FISHERY: Job(
        "养虾工 捞鱼工 起虾 鱼塘看守 投料工 小龙虾分拣",
        "收地笼 捞鱼装车 投饲料 清塘 起小龙虾 挑蟹 巡塘",
        "会水 能起早 穿下水裤 夜里三点开工",
        "水产养殖专业合作社 虾稻基地 渔场 水产批发部",
    ),
    Trade.GARDENING: Job(
        "园林工 种树工 割草工 绿化养护 苗圃工 修剪工",
        "栽树挖坑 浇水 割草坪 修剪绿篱 打药 搬花盆 铺草皮",
        "会用割草机 不怕太阳 身体好",
        "园林绿化有限公司 苗木基地 市政养护队",
    ),
    Trade.SORTING: Job(
        "快递分拣员 仓库理货 挑拣工 打单员 分拣夜班 电商打包",
        "分拣包裹 扫码 理货上架 挑坏果子 贴快递单 盘点 装车",
        "能上夜班 认得字 手快 可以日结",
        "快递分拨中心 电商仓库 果蔬批发市场 仓储有限公司",
    ),
    Trade.WELDER: Job(
        "电焊工 氩弧焊工 焊防盗窗 钢结构焊工 二保焊",
        "焊防盗网 焊钢架棚 切割下料 焊护栏 打磨焊缝 装卷闸门",
        "有焊工证 会二保焊 自带面罩 能看图",
        "钢结构有限公司 门窗加工部 机械厂",
    ),
    Trade.OTHER: Job(
        "发传单 展会搭建 群众演员 打字录入 理发学徒 看店 搭戏台 舞台搭建 扎花圈 数钢管",
        "发宣传单 搭展台 录资料 看小卖部 布置会场 贴海报 充气拱门",
        "准时到 会用电脑 能说会道 女性不限男性不限",
        "广告传媒有限公司 婚庆公司 文印店 小卖部 文化站",
    ),
}

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢姜崔钟"
    "谭陆汪范金石廖贾夏韦方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
NAMES = (
    "国建军华明红春秀兰英玉桂凤珍梅霞娟丽芳燕洪波涛海江山峰岩松柏林森栋梁才俊杰雄伟强刚毅勇志远鹏飞云龙虎彪德福禄寿喜财旺盛兴隆昌茂泰安康宁和顺祥瑞吉庆丰裕富贵荣耀光辉"
    "晨曦旭东升阳照耿亮清泉润泽浩瀚渊博文武斌彬礼义仁信诚忠孝廉耻善美慧敏捷静雅淑贤惠婷婉柔颖莹晶洁雪冰霜露霖雨虹彩星月"
)
TRADE_NAMES = "楚鑫汉荆湘宏旺达通顺利源泰恒盛嘉佳美家乐福万众联合聚友亿博瑞祥和诚信义丰收田园绿野金穗银河曲阳泗洲睡虎伍子胥孝感府河漳水"
PLACE_HEADS = (
    "东西南北前后上下大小新老高长黄白红青石土沙水桥塘湖河堰畈岗冲湾台墩庙寺楼店铺集市场坡岭李王张刘陈杨吴周徐胡郭何罗彭曾肖潘余邓程熊万龚"
)
PLACE_TAILS = (
    "家湾 家畈 家台 家岗 家墩 桥村 塘村 湖村 店村 庙村 楼村 河村 堰村 集 大道 路 街 巷 小区 花园"
    " 工业园 物流园 市场 学校旁 卫生院对面 国道边 老街口 高铁站 汽车站 码头 水库"
)
RIDES = ("", "", "", "包车接送", "大巴到镇口", "报销路费", "自己来")
METHODS = ("现金", "微信", "银行卡", "")
RARE = "𬬻㛃喆垚堃鑫犇龘赟玥甯亓仉逄昝郗璟"
STARTS = ("早上7点开工", "早上8点到", "晚上8点到天亮", "中午休息1小时", "一天干10小时", "两头不见太阳", "下雨停工工钱照算半天", "干完就走")


def make_listings(n: int, seed: int = 1) -> Iterator[PublicListing]:
    """Make `n` listings, the same ones for the same seed; none has ended on TODAY."""
    rng = random.Random(seed)
    trades = list(Trade)
    weights = [9, 8, 7, 4, 4, 3, 3, 3, 8, 5, 4, 5, 2, 6, 5, 4, 10, 5, 8, 4, 3, 6, 3, 2]
    areas = list(AREAS)
    for i, trade in enumerate(rng.choices(trades, weights, k=n)):
        yield _listing(rng, f"{i:08x}-0000-7000-8000-{seed:012x}", trade, rng.choice(areas))


def _listing(rng: random.Random, listing_id: str, trade: Trade, area: str) -> PublicListing:
    job = JOBS[trade]
    unit = rng.choices(list(PayUnit), [10, 50, 3, 22, 8, 3, 4])[0]
    starts_on = TODAY + timedelta(days=int(rng.expovariate(1 / 6)))
    long_term = unit is PayUnit.MONTH or rng.random() < 0.1
    ends_on = starts_on + timedelta(days=rng.choice((90, 180)) if long_term else rng.randrange(30))
    start = rng.choice((5, 6, 7, 7, 8, 8, 9, 14, 20)) * 60
    pay = _pay(rng, unit)
    return PublicListing(
        id=listing_id,
        revision=1,
        station_id=f"00000000-0000-7000-8000-{int(area):012d}",
        title=rng.choice(job.titles.split()) + rng.choice(("", "", "", "（急招）", "，日结", f"{rng.randint(2, 9)}名", " 包吃住")),
        trade=trade,
        headcount=rng.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 20)),
        employer_name=_employer(rng, job),
        requirements="，".join(rng.sample(job.needs.split(), rng.randint(1, 3))),
        description=_description(rng, job),
        area=area,
        place=_place(rng),
        starts_on=starts_on,
        ends_on=ends_on,
        day_start_min=start,
        day_end_min=(start + rng.choice((4, 8, 9, 10)) * 60) % 1440,
        break_min=rng.choice((0, 30, 60)),
        pay_fen=pay,
        pay_max_fen=pay + rng.choice((2000, 5000)) if rng.random() < 0.2 else None,
        pay_unit=unit,
        settlement=rng.choices(list(Settlement), [55, 10, 20, 15])[0],
        pay_method=rng.choice(METHODS),
        meals=rng.choices(list(Meals), [50, 25, 15, 10])[0],
        lodging=rng.random() < 0.15,
        transport=rng.choice(RIDES),
        long_term=long_term,
    )


def _pay(rng: random.Random, unit: PayUnit) -> int:
    low, high, step = {
        PayUnit.HOUR: (18, 40, 1),
        PayUnit.DAY: (120, 420, 10),
        PayUnit.WEEK: (900, 2200, 50),
        PayUnit.MONTH: (2400, 8000, 100),
        PayUnit.PIECE: (1, 12, 1),
        PayUnit.TRIP: (30, 200, 10),
        PayUnit.WHOLE: (200, 5000, 100),
    }[unit]
    return rng.randrange(low, high, step) * 100 + (50 if unit is PayUnit.PIECE and rng.random() < 0.5 else 0)


def _employer(rng: random.Random, job: Job) -> str:
    kind = rng.choice(job.employers.split())
    if rng.random() < 0.25:
        given = "".join(rng.choices(NAMES + (RARE if rng.random() < 0.05 else ""), k=rng.randint(1, 2)))
        return rng.choice(SURNAMES) + given + rng.choice(("", f"（{kind}）"))
    return rng.choice(("云梦县", "云梦", "孝感市", "湖北", "")) + "".join(rng.sample(TRADE_NAMES, 2)) + kind


def _place(rng: random.Random) -> str:
    tail = rng.choice(PLACE_TAILS.split())
    return rng.choice(PLACE_HEADS) + tail + rng.choice(("", "", f"{rng.randint(1, 99)}号", f"{rng.randint(1, 12)}组", "东头"))


def _description(rng: random.Random, job: Job) -> str:
    parts = rng.sample(job.tasks.split(), rng.randint(2, 4)) + rng.sample(STARTS, rng.randint(0, 3))
    if rng.random() < 0.3:
        parts.append(f"干{rng.randint(1, 30)}天")
    if rng.random() < 0.3:
        parts.append(f"找{rng.choice(SURNAMES)}{rng.choice(('师傅', '老板', '经理', '大姐'))}报到")
    return "，".join(parts) + "。"
