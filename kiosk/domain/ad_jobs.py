"""The names of work: which words in an ad say what is to be done, and to which trade they belong. A table and how it is searched.

Three nets, finest first: names of jobs (钢筋工, 服务员), a doing with its object (摘橘子, 卸化肥), and anything that ends like a job (裱画师傅)
right after a word of hiring.
"""

import re
from dataclasses import dataclass

from kiosk.domain.ad_numbers import HAN, HIDDEN
from kiosk.domain.codes import Trade

NAMES: dict[Trade, str] = {
    Trade.CLEANING: "保洁员 保洁阿姨 保洁 清洁工 清洁员 环卫工人 环卫工 钟点工 小时工 家政阿姨 家政员 洗车工 打扫阿姨 客房服务员",
    Trade.LOADING: "搬运工 装卸工 装卸员 搬运 装卸 力工 码货员 码垛工 搬家工 卸货工 装车工 卸车工 扛包工 跟车员 跟车工 跟车 上下货",
    Trade.LABOURER: "建筑小工 小工 大小工 杂工 勤杂工 辅工 土工 壮工 工地杂工 打桩工 挖沟工 修路工 养路工 架子工 架工 拆除工 混凝土工 砼工 防水工 钻孔工 保温工 大工 临时工 零工 临工",
    Trade.MASON: "泥瓦工 瓦工 泥工 砌砖工 砌墙工 砌筑工 抹灰工 粉刷工 贴砖工 贴瓷砖工 贴砖师傅 瓦匠 泥水匠 泥水工 铺砖工 铺路工 二次结构工 镶贴工 石材工 钢筋工 模板工",
    Trade.CARPENTER: "木工 木匠 木模工 家具安装工 橱柜安装工 吊顶工 门窗安装工 板材工",
    Trade.ELECTRICIAN: "水电工 电工 弱电工 电气工 布线工 电力工",
    Trade.PLUMBER: "水管工 管道工 水暖工 管工 消防工 水工",
    Trade.PAINTER: "油漆工 漆工 腻子工 涂料工 喷漆工 外墙工 真石漆工 刮腻子工 油工 打磨工",
    Trade.KITCHEN: "帮厨 厨师 厨工 面点师傅 面点师 面点工 面点 凉菜师傅 凉菜 炒菜师傅 大厨 切配工 切配 配菜工 配菜员 配菜 打荷 洗碗工 洗碗阿姨 洗菜工 洗菜阿姨 做饭阿姨 做饭师傅 煮饭阿姨 后厨帮工 厨房帮工 厨房阿姨 食堂阿姨 早点师傅 白案 红案 烧烤师傅 卤菜师傅 厨房杂工 后厨杂工 帮工 择菜工",
    Trade.WAITING: "服务员 服务生 传菜员 传菜生 传菜 收银员 收银 迎宾 导购员 导购 营业员 店员 促销员 理货员 前台 点菜员 奶茶店员 领班 跑堂 端菜工 销售员",
    Trade.NANNY: "保姆 月嫂 育儿嫂 住家阿姨 带娃阿姨 家政保姆 育婴师 育婴员 阿姨",
    Trade.CARER: "护工 陪护 护理员 养老护理员 陪床 护理工 照护员",
    Trade.REPAIR: "家电维修工 维修工 维修师傅 维修员 修理工 空调安装工 空调师傅 安装工 安装师傅 机修工 汽修工 汽修师傅 修车师傅",
    Trade.DELIVERY: "送货员 送货工 快递员 外卖员 外卖骑手 骑手 送餐员 送水工 配送员 派件员 送奶工 送气工 派送员",
    Trade.DRIVER: "叉车司机 货车司机 大车司机 送货司机 挖机司机 铲车司机 吊车司机 代驾司机 接送司机 校车司机 司机 叉车工 叉车师傅 挖机师傅 吊车师傅 铲车师傅 驾驶员 收割机手 农机手 拖拉机手 塔吊 挖机手 代驾",
    Trade.GUARD: "保安员 保安 门卫 秩序维护员 巡逻员 守夜人 看门人 停车场管理员 停车收费员 值班员 护校员 更夫",
    Trade.FACTORY: "普工 操作工 操作员 包装工 打包工 装配工 组装工 质检员 质检 检验员 流水线工 流水线 车工 钳工 铣工 磨工 冲压工 注塑工 挡车工 纺织工 机台工 学徒工 学徒 厂工 数控操作工 压铸工 钣金工 喷涂工 印刷工 制砖工 生产工 手工活 手工 暑假工 寒假工 杀鸡工 屠宰工 食品工 锅炉工 抛光工 折弯工 技工 工人",
    Trade.SEWING: "缝纫工 平车工 车位工 车位 平车 拷边工 锁边工 裁剪工 裁床工 整烫工 熨烫工 烫工 剪线工 缝制工 绣花工 服装工 针车工 鞋工 裁缝 打版师 衣车工",
    Trade.FARMING: "采摘工 农活工 农工 种植工 摘果工 采茶工 大棚工 拔草工 打药工 插秧工 挑拣工 挖藕工 收割工 饲养员 饲养工 养殖工 养猪工 养鸡工",
    Trade.FISHERY: "捕捞工 渔工 养殖员 拉网工 捞鱼工",
    Trade.GARDENING: "绿化工 园林工 绿化养护工 绿化员 修剪工 种树工 栽树工 养护工 苗圃工 花匠",
    Trade.SORTING: "分拣员 分拣工 分拣 仓管员 仓管 仓库管理员 库管员 库管 打单员 拣货员 拣货工 理货工 扫描员 配货员 打包员 拆包员",
    Trade.WELDER: "电焊工 焊工 氩弧焊工 二保焊工 焊接工 电焊师傅 焊工师傅 铆工 铆焊工 钢构工",
    Trade.OTHER: "文员 会计 出纳 客服 网管 美容师 发型师 理发师 教师 老师 店长 主播 剪辑 业务员 派单员 群演 礼仪 讲解员 管理员 资料员 测量员 施工员 安全员 水手 助理 陪读 统计员 洗头工 迎宾小姐 救生员 采购员",
}
DOINGS: dict[Trade, tuple[str, str]] = {
    Trade.CLEANING: ("打扫|清扫|扫|擦|洗|搞|做|清理|清洗|开荒", "卫生|保洁|玻璃|窗户|窗子|房间|楼道|楼梯|厕所|地毯|抽油烟机|油烟机|车|床单|被子|新房|教室|办公室|院子|酒店房间"),
    Trade.LOADING: (
        "搬运|搬|卸|装卸|装|扛|背|抬|码|上|下|倒|转运|运|挑",
        "货柜|货物|货|车|家具|家电|家|砖头|砖|瓷砖|水泥|沙子|沙|石子|箱子|化肥|肥料|饲料|快递车|快递|大米|粮食|稻谷|谷子|玉米|木头|木板|钢材|钢管|石膏板|板材|地板|东西|办公桌|课桌|桌椅|课桌椅|冰箱|课桌|桌子|钢琴|大件|行李|水|酒|饮料|纸箱|苗木|树苗|西瓜|白菜|萝卜|菜|肥|垛|集装箱|腻子粉|材料|建材|煤|瓦|瓶装水|门窗|机器|设备|猪|棉被|棉花",
    ),
    Trade.LABOURER: (
        "挖|打|砸|拆|搭|铲|清|敲|凿|开|捆|绑|浇|倒|扎|支|修|回填|搅|拌|推|铺|立|架|装",
        "沟|地基|井|桩|混凝土|砼|墙皮|墙|架子|钢管架|脚手架|外架|旧房|房子|棚子|大棚|彩钢瓦|建渣|渣土|垃圾|建筑垃圾|槽|孔|洞|钢筋|模板|模|路|土|灰|沙浆|砂浆|斗车|水泥地|地坪|地砖|瓷砖|管沟|电线杆|围挡|护栏|活动房|天花板|吊顶|门窗|顶|舞台|帐篷|展台",
    ),
    Trade.MASON: ("砌|贴|粉|抹|铺|做|勾|粘|盖", "砖墙|墙砖|地砖|瓷砖|砖|墙|灰|围墙|花坛|地面|石材|马赛克|防水|地坪|缝|房子|瓦|化粪池|灶台"),
    Trade.CARPENTER: ("做|打|装|钉|安装", "柜子|家具|门|吊顶|木门|橱柜|衣柜|模板|踢脚线|木地板|地板"),
    Trade.ELECTRICIAN: ("布|接|装|改|穿|拉|放", "电线|线路|电路|水电|电|灯|线|电缆|网线|监控|光缆|光纤"),
    Trade.PLUMBER: ("通|疏通|装|改|修|接", "下水道|马桶|水管|管道|暖气|水龙头|管子"),
    Trade.PAINTER: ("刷|刮|批|喷|滚|粉刷|打磨|铲", "腻子|墙|漆|油漆|涂料|乳胶漆|墙面|大白|外墙|房子"),
    Trade.KITCHEN: (
        "洗|切|择|摘|做|烧|煮|帮|炒|杀|配|炸|包|蒸|磨|卤|拣|打",
        "油条|卤菜|早饭|晚饭|碗筷|碗|盘子|菜|饭|早餐|早点|中饭|火|锅|厨|鸡|鸭|鱼|包子|饺子|馒头|豆腐|面|盒饭|酒席|流水席|粽子|汤圆|鱼丸|荷",
    ),
    Trade.WAITING: ("端|传|发|看|派|举|收|站|摆|卖", "盘子|菜|传单|单页|广告|店|门店|柜台|摊|摊子|牌|桌|宣传单|海报"),
    Trade.NANNY: ("带|看|接送|照看|照顾|接|陪", "孩子|小孩|娃娃|娃|宝宝|婴儿|小孩子|学生|孙子|小朋友|月子"),
    Trade.CARER: ("照顾|陪护|护理|陪|伺候|服侍|照料|看护", "瘫痪老人|老两口|老人|病人|老年人|老爷子|老太太|婆婆|爹爹|卧床老人|瘫痪老人|床"),
    Trade.REPAIR: ("修|装|拆|安装|维修|移|清洗|加", "空调|家电|冰箱|洗衣机|电视|热水器|机器|电脑|电动车|手机|农机|太阳能|氟"),
    Trade.DELIVERY: ("送|派|跑|配送|投|分发", "外卖|快递|货|水|桶装水|餐|奶|煤气|气|报纸|件|盒饭|蔬菜|菜|酒"),
    Trade.DRIVER: ("开", "叉车|挖机|挖掘机|铲车|货车|大车|吊车|拖拉机|收割机|校车|旋耕机|三轮车|车|压路机|渣土车|装载机|塔吊"),
    Trade.GUARD: ("看|守|巡", "大门|门|夜|工地|仓库|鱼塘|场子|停车场|逻|厂|库|材料|园子|果园"),
    Trade.FACTORY: ("打|拧|装|贴|组装|糊|粘|折|串|做|插|压|包|剥|数|叠|穿|编|绕|扎", "螺丝|包装|零件|标签|纸盒|纸箱|玩具|手工|珠子|包|塑料袋|元件|灯泡|件|袋子|箱|花圈|竹筐|线圈|口罩|数据线|小龙虾尾|小龙虾|虾尾|虾|鸡蛋|礼盒|月饼|胶|砖坯"),
    Trade.SEWING: ("剪|钉|缝|锁|熨|烫|踩|车|做|裁|叠", "线头|扣子|衣服|被套|被子|边|校服|缝纫机|窗帘|裤子|羽绒服|布|毛衣|手套|棉袄|鞋垫"),
    Trade.FARMING: (
        "采摘|采|摘|割|收割|插|栽|种|收|拔|除|锄|挖|砍|捡|拾|剥|掰|扯|打|移栽|施|撒|浇|喷|晒|扬|脱|翻|喂|养|剪|套|起|刨|掐|搭|盖|疏|抓|赶|放|捉|铲|挑|选|洗|捆|绑|育|点|薅",
        "橘子|桔子|柑橘|橙子|桃子|桃|梨子|梨|葡萄|草莓|冬枣|枣子|枣|西瓜|甜瓜|辣椒|茄子|豆角|黄瓜|番茄|西红柿|棉花|花生|玉米|油菜|菜籽|稻子|稻谷|水稻|谷子|稻|谷|麦子|小麦|秧苗|秧|白菜|包菜|大白菜|萝卜|蔬菜|菜|莲藕|藕带|藕|莲子|莲蓬|荷叶|红薯|土豆|洋芋|茶叶|茶|蘑菇|香菇|木耳|豆子|黄豆|芝麻|大蒜|蒜苔|蒜|生姜|芋头|荸荠|苕|猪|鸡|鸭|鹅|牛|羊|鸡蛋|草|杂草|药|农药|肥|肥料|化肥|水|地|田|果子|水果|苹果|柿子|枇杷|杨梅|猕猴桃|柚子|李子|樱桃|蓝莓|火龙果|花椒|菊花|金银花|艾草|栀子|药材|瓜|豆|毛豆|韭菜|香菜|芹菜|菠菜|红菜苔|菜苔|苔|棚膜|薄膜|果袋|袋|枝|花|苗|树叶|粮食|粮|油茶|板栗|粪|竹笋|笋|烟叶|柴|树|棉梗|鱼草|南瓜|冬瓜|丝瓜|苦瓜|豌豆|蚕豆|糯玉米|大葱|葱|莴笋|瓠子",
    ),
    Trade.FISHERY: ("起|捞|打|抓|拉|捕|喂|养|收|分|挑|清|干|捉|下|放", "小龙虾|龙虾|虾|鱼|螃蟹|蟹|黄鳝|泥鳅|网|鱼塘|塘|地笼|虾笼|甲鱼|虾苗|鱼苗|鳝鱼"),
    Trade.GARDENING: ("种|栽|修剪|剪|浇|移|挖|拔|锄|铺|除|打|砍|刷|补种", "树枝|树苗|树木|树|花木|花草|草坪|草皮|苗木|苗|绿篱|花|杂草|行道树|竹子|树坑|灌木|白灰"),
    Trade.SORTING: ("分|拣|挑|打|扫|贴|理|盘|清点|配", "快递|包裹|货|包|码|单|库|件|快件|面单|条码"),
    Trade.WELDER: ("焊|焊接|做|装", "钢架|钢管|护栏|楼梯|栏杆|铁门|钢筋|防盗网|雨棚|钢结构|铁架|钢梁|彩钢棚"),
    Trade.OTHER: ("", ""),
}
LONE_DOINGS: dict[Trade, str] = {
    Trade.CLEANING: "大扫除 开荒保洁 日常保洁",
    Trade.LOADING: "装车卸车 装卸车 装车 卸车 卸货 装货 搬家 搬货 搬砖 上货 下货 装卸货 跟车装货 跟车送货",
    Trade.KITCHEN: "洗碗 做饭 煮饭 洗菜 切菜 端盘子 办酒席帮忙 帮灶 烧火",
    Trade.FARMING: "插秧 除草 打药 采茶 摘果 挖藕 摘棉 捡棉花 收麦 农活 摘菜 拔草 锄草 砍菜 施肥 做农活 干农活 搭大棚 起藕 挖苕",
    Trade.FACTORY: "装配 组装 打包装 打包 包装 拧螺丝 串珠 手工组装 数控",
    Trade.SEWING: "缝纫 剪线头 钉扣子",
    Trade.WAITING: "发传单 端盘 站柜台 派单 充场",
    Trade.MASON: "贴砖 砌砖 砌墙 抹灰 粉墙 扎钢筋 支模 木模",
    Trade.PAINTER: "刮腻子 刷墙 刷漆 喷漆 做油漆 外墙喷涂",
    Trade.LABOURER: "做防水 补漏 防水补漏 拆墙 砸墙 打混凝土 打灰 拆房 拆迁 打孔 钻孔 搭架子 拆架子 铺路 修路 地坪 绑扎钢筋 清渣",
    Trade.NANNY: "带孩子 带小孩 带娃 接送孩子",
    Trade.CARER: "照顾老人 陪护病人",
    Trade.GARDENING: "种树 栽树 植树 修剪 剪枝 绿化",
    Trade.FISHERY: "捞鱼 起虾 起鱼 打鱼 拉网 下地笼 清塘 干塘",
    Trade.DELIVERY: "送外卖 送快递 送水 送货 送餐 送菜",
    Trade.DRIVER: "开叉车 开挖机 开货车 开收割机 代驾",
    Trade.GUARD: "看大门 守夜 值夜班 看工地",
    Trade.SORTING: "快递分拣 分拣 分货 挑拣 装筐 盘点",
    Trade.WELDER: "电焊 焊接",
    Trade.ELECTRICIAN: "布线 拉电缆",
}
_PLACED = (
    "饭店|酒店|餐馆|餐厅|火锅店|烧烤店|烧烤|大排档|小吃店|面馆|食堂|学校|工地|服装厂|电子厂|食品厂|鞋厂|家具厂|超市|商场|药店|快递|仓库|物流|家政|医院|养老院|幼儿园|小区|物业|工厂|车间|"
    "后厨|厨房|大棚|果园|养殖场|养鸡场|养猪场|早餐店|早点店|奶茶店|网吧|包厢|宾馆|客房|客栈|酒席|婚庆|商超|收银|蔬菜|水果|园林|市政|KTV|粮库|冷库|加油站|洗车店|机械|消防|鱼塘|虾田"
)
_KIND = (
    "大货车?|货车|叉车|挖机|外墙|内墙|室内|夜班|白班|住家|不住家|全职|兼职|送货|送餐|外卖|网约车|校车|半挂|[ABCabc][123]证?|数控|注塑|冲压|水电|装修|建筑|临时|专职|"
    "厢式|高空|家庭|熟练|长期|短期|氩弧|二保|手把|服装|食品|电子|快递|包装|打包|流水线|养老|住院|贴砖|刮腻子|砌墙|摘果|采摘"
)
_FIELD = "岗位|工种|职位|活计|工作内容|招聘岗位|招聘职位|招聘工种|干什么|内容|工作|岗位名称|招工岗位|需求工种|活儿?"


def _words(*tables: str) -> str:
    return "|".join(sorted({re.escape(w) for table in tables for w in table.split()}, key=lambda w: (-len(w), w)))


_NAME = rf"(?:(?:{_PLACED}|{_KIND}){{0,2}})(?:{_words(*NAMES.values())})(?!大?酒店|饭店|宾馆|公司|市场|大道|路|街|中心|学校|群|驿站|平台|信息|站)(?:师傅|学徒|组长|班长)?"
_QUANTITY = rf"(?:[一二两三几\d]{{1,3}}(?:[个位车袋棵亩家户间套台]|吨)?)?(?:了|一下|点|一些|些)?"
_OBJECTS = {verbs: "|".join(sorted(objects.split("|"), key=lambda w: -len(w))) for verbs, objects in DOINGS.values() if verbs}
_OBJECT = "|".join(f"(?:{verbs}){_QUANTITY}(?:{objects})" for verbs, objects in _OBJECTS.items())
_EACH_DOING = tuple(re.compile(f"(?:{verbs}){_QUANTITY}(?:{objects})") for verbs, objects in _OBJECTS.items())
_ANY_OBJECT = "|".join(sorted({w for objects in _OBJECTS.values() for w in objects.split("|") if len(w) > 1}, key=lambda w: (-len(w), w)))
_WHERE_DONE = "快递|家具|蔬菜|水果|棉花|酒席|婚宴|货柜|集装箱|夜里|晚上|小区|学校|仓库|大棚"
_DOING = rf"(?:(?:{_WHERE_DONE})?)(?:{_OBJECT}|(?:{_words(*LONE_DOINGS.values())})(?:{_ANY_OBJECT})?)(?![场厂户业园]|上门|车间|机(?!器))(?:师傅|工)?"
_HAND = "采摘|采|摘|卸|搬|装|洗|挖|拆|砸|砌|贴|刷|刮|焊|剪|缝|插|割|收割|收|拔|除|剥|捞|扎|编|串|糊|拧|打扫|打磨|修|疏通|通|拖|拉|运|扛|抬|炸|炒|切|照顾|伺候|看守|喂|腌|晒|种|栽|钉|磨|喷|铺|锄|砍|捡|挑|择|熨|绑|浇|铲"
_LOOSE_DOING = re.compile(rf"(?:^|[\s,;。!:]|去|来|人|个|位|名|帮忙|要|活是|的)(?P<title>(?:{_HAND}){_QUANTITY}{HAN}{{1,3}}?)(?=$|[\s,;。!:{HIDDEN}]|的(?!$)|到|去|工)", re.MULTILINE)
_TURNED = re.compile(rf"(?P<what>{_ANY_OBJECT})(?:要|需要|等着)(?:人)?(?P<do>[割摘卸搬挖插收装拆栽砍洗挑剥运])(?!求)")
_LISTED = re.compile(rf"^\s*(?:急?招聘?|急?需)?(?P<title>(?:(?![一二两三四五六七八九十几]){HAN}){{2,6}})\s*[:：]?\s*(?={HIDDEN}|[\d一二两三四五六七八九十]+\s*[名人个位])")
_COUNTED = re.compile(rf"(?:^|[\s,;。!:])(?P<title>{HAN}{{1,5}}(?:工|员|师傅|师|司机|阿姨))\s*:?\s*(?=[\d一二两三四五六七八九十]+\s*[名人个位])", re.MULTILINE)
_NOT_LISTED = re.compile(r"工资|待遇|薪|价|人数|时间|电话|联系|地[点址]|年龄|要求|每|一[天个]|今天|明天|后天|上午|下午|晚上|早上|镇|乡|村|路|街|小区|中餐|午餐|先生|女士|老板|经理|师傅$|主任|补|奖|加班|底薪|保底|包|管|需要?|还|招|急|共|各|大概|左右|大家|男|女|以上|另|另外|满|全勤|押金|[一二三]班|[我你他她]|[的了]$")
_ENDING = rf"{HAN}{{1,4}}?(?:工人?|员|师傅|师|司机|阿姨|学徒|助理)(?!{HAN}*(?:资|价|作|地|钱|具|伤|期|业|时|程|厂))"
_HIRING = (
    r"招聘|诚招|诚聘|急招|急聘|招收|招工|招募|现招|再招|招|聘请|聘|急需|需要|需|急缺|还缺|缺|急找|找|还要|要|雇|请|求|寻|来|差"
)
_FILLER = rf"(?:\s|[:,!]|{'[0-9]'}|[一二两三四五六七八九十几多]|来|数|左右|若干|大量|多|名|个|位|人|男女|男|女|不限|熟练|长期|短期|临时|全职|兼职|有经验的?|能吃苦的?|会做事的?|工人|员工|的|以下|岗位|工种|一批|几|各|专业|优秀|急|现|年轻|勤快的?|手脚麻利的?|\ue000)"

NAME = re.compile(_NAME)
DOING = re.compile(_DOING)
_LABELLED = re.compile(rf"(?:^|[\s,;。、])(?:{_FIELD})\s*[一二三四五六七八九\d]?\s*[:：]\s*(?P<title>[^\s,;。:\ue000(]{{2,12}})", re.MULTILINE)
_HIRED = re.compile(rf"(?:{_HIRING}){_FILLER}{{0,16}}?(?P<title>{_ENDING})(?!{HAN}{{0,1}}厂)")
HIRING = re.compile(rf"(?:{_HIRING}){_FILLER}{{0,16}}?$")
_NO_TITLE = re.compile(
    r"(?:招|用|开|上|务|打|做|收|完|停|加|员|民|男|女|双|职|全|日|手|包|点|计|施|动|出|返|夫妻|老|熟练|技术|农民|计时|计件|每|一个|多少)工人?$|人员$|会员$|成员$|群员$|官员$|动员$|演员$|.{0,2}(?:老师|律师)$|工作|^(?:或|和|及|与|的|会|能|懂|有|个)"
)
_WANTED_OF_HIM = re.compile(r"(?:会|懂|其中|能|有|带|要会|要求|最好|不用|不需要?|优先|免费|持|没|不)\s*$")
_LEADS = re.compile(r"(?:带|配合|跟着)一?个?$")


@dataclass(frozen=True, slots=True)
class Title:
    """A job's name and where it stands. `sure` is a name or a doing of the table, or what stands behind a label."""

    text: str
    start: int
    end: int
    sure: bool


def find_title(text: str) -> Title | None:
    """Find the job's name: behind a label, behind a word of hiring, the first name, the first doing, then what only ends like a job."""
    labelled = _LABELLED.search(text)
    if labelled:
        span = labelled.span("title")
        words = _trimmed(labelled["title"])
        if 2 <= len(words) <= 6:
            return Title(words, *span, True)
        inner = NAME.search(text, *span) or DOING.search(text, *span)
        if inner and inner.end() - inner.start() >= (span[1] - span[0]) - 4:
            return _title(inner)
        if len(words) >= 2:
            return Title(words, span[0], span[1], True)
    names = [m for m in NAME.finditer(text) if not _asked_of_him(text, m)]
    doings = [m for m in DOING.finditer(text) if not _asked_of_him(text, m) and not any(n.start() < m.end() and m.start() < n.end() for n in names)]
    found = names + doings
    for m in sorted(found, key=lambda m: m.start()):
        if HIRING.search(text[max(0, m.start() - 24) : m.start()]):
            return _title(m)
    hired = _HIRED.search(text)
    if hired and not _NO_TITLE.search(hired["title"]) and not any(m.start() < hired.start("title") for m in found):
        return Title(_trimmed(hired["title"]), *hired.span("title"), False)
    found.sort(key=lambda m: m.start())
    followed = [m for m in found if text[m.end() : m.end() + 1] in (HIDDEN, ":") or text[m.end() : m.end() + 2].strip()[:1].isdigit()]
    best = followed or ([m for m in found if not _LEADS.search(text[max(0, m.start() - 3) : m.start()])] or found)
    if best:
        return _title(best[0])
    return _loose(text)


def listed_title(text: str) -> Title | None:
    """Read the word before a count or figure as a job's name (墩子一名6000): only in a list of jobs, where the others are known."""
    m = _LISTED.match(text)
    if m is None or _NOT_LISTED.search(m["title"]):
        return None
    return Title(m["title"], *m.span("title"), False)


def _loose(text: str) -> Title | None:
    m = _LOOSE_DOING.search(text)
    if m:
        return Title(_plain(m["title"]), *m.span("title"), False)
    m = _COUNTED.search(text)
    if m and not _NO_TITLE.search(m["title"]) and not _NOT_LISTED.search(m["title"]):
        return Title(m["title"], *m.span("title"), False)
    m = _TURNED.search(text)
    return Title(m["do"] + m["what"], *m.span(), False) if m else None


def trade_of(title: str) -> Trade | None:
    """Give the trade whose words fit a title best, the longest word first; None when no word does."""
    best: tuple[int, Trade] | None = None
    for table in (NAMES, LONE_DOINGS):
        for trade, words in table.items():
            for word in words.split():
                if word in title and (best is None or len(word) > best[0]):
                    best = (len(word), trade)
    if best is None:
        for trade, (verbs, objects) in DOINGS.items():
            m = re.search(rf"(?:{verbs})(?:{objects})", title) if verbs else None
            if m and (best is None or m.end() - m.start() > best[0]):
                best = (m.end() - m.start(), trade)
    return best[1] if best else None


def _title(m: re.Match[str]) -> Title:
    end = _longest(m)
    return Title(_plain(m.string[m.start() : end]), m.start(), end, True)


def _longest(m: re.Match[str]) -> int:
    """Give the end of the longest doing that begins there: 摘菜苔, not 摘菜."""
    if m.re is not DOING:
        return m.end()
    return max([m.end(), *(longer.end() for p in _EACH_DOING if (longer := p.match(m.string, m.start())))])


def _plain(words: str) -> str:
    """Leave how many out of a doing: 照顾一个老人, 拖两车砖."""
    return re.sub(r"(?<=.)(?:[一二两三几\d]{1,3}(?:[个位车袋棵亩家户间套台]|吨)|了|一下|一些|些)(?=.)", "", words)


def _asked_of_him(text: str, m: re.Match[str]) -> bool:
    if re.search(r"(?:有没有|有|找|需要?|招|谁|来个|要个)会$", text[max(0, m.start() - 5) : m.start()]) and re.match(r"的(?!优先|更)", text[m.end() :]):
        return False
    return _WANTED_OF_HIM.search(text[max(0, m.start() - 5) : m.start()]) is not None or text[m.end() : m.end() + 1] in ("证", "资", "价")


def _trimmed(words: str) -> str:
    return re.sub(r"[的若干多名位个]+$", "", words)
