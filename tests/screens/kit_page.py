"""A page with every widget on it, to look at: python -m tests.screens.play 1920 1080 0 kit (or kitlist)."""

from typing import Any

from kivy.lang import Builder

from kiosk.errors import StoreBusy
from kiosk.screens.page import Page
from kiosk.screens.widgets.listing_row import row_height

Builder.load_string("""
<KitScreen>:
    spacing: px(16)
    title: '样子'
    main_text: '选好了 3 样，下一步'
    StepBar:
        steps: ['同意', '名字', '电话', '想干什么活', '工钱']
        current: 1
    BoxLayout:
        spacing: px(24)
        BoxLayout:
            orientation: 'vertical'
            spacing: px(16)
            WritingBox:
                hint: '用手指写在这里'
            BoxLayout:
                size_hint_y: None
                height: px(112)
                spacing: px(16)
                CandidateButton:
                    text: '王秀兰'
                    chosen: True
                CandidateButton:
                    text: '王秀蓝'
                Widget:
            BoxLayout:
                size_hint_y: None
                height: px(96)
                spacing: px(16)
                Chip:
                    text: '离我近'
                    chosen: True
                Chip:
                    text: '工钱高'
                Chip:
                    text: '搜一搜'
                    icon: 'magnify'
                Widget:
            BoxLayout:
                size_hint_y: None
                height: px(200)
                spacing: px(16)
                Tile:
                    icon: 'broom'
                    text: '保洁'
                Tile:
                    icon: 'truck'
                    text: '搬运装卸'
                    chosen: True
                FilterTile:
                    icon: 'magnify'
                    text: '全部 128'
                    chosen: True
                FilterTile:
                    icon: 'truck'
                    text: '装卸 31'
        Column:
            size_hint_x: .8
            spacing: px(16)
            Card:
                orientation: 'vertical'
                size_hint_y: None
                height: self.minimum_height
                padding: px(32)
                spacing: px(12)
                PayWords:
                    amount: '260'
                    unit: '元/天'
                    size_px: 128
                    unit_px: 56
                PayBar:
                    share: .82
                    mark: .57
                    mark_text: '最低 20 元/小时'
                    end_text: '28.9'
                IconLine:
                    icon: 'clock-outline'
                    text: '7:00 到 17:00，歇 1 小时'
                Notice:
                    text: '不交押金，不押身份证。谁要你先交钱，马上告诉我们。'
            BigButton:
                kind: 'main'
                text: '对，下一步'
                icon: 'arrow-right'
                icon_after: True
            BigButton:
                text: '打印小票'
                icon: 'printer'
            NumberPad:
                size_hint_y: None
                height: px(360)
""")


class KitScreen(Page):
    pass


class KitListScreen(Page):
    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **args)
        from kiosk.screens.widgets.kit import ListingRow, PagedScroll

        box = PagedScroll()
        self.add_widget(box)
        for n in range(6):
            badges = [("已核实", "check-decagram", "green"), (f"需 {n} 人", "", "peach"), ("管午饭", "", "peach")]
            box.add_widget(
                ListingRow(
                    title="装卸工",
                    badges=badges,
                    where="义堂镇 ・ 3 公里 ・ 汉十物流园",
                    when="明早 7:00 到 17:00",
                    amount="260",
                    unit="元/天",
                    terms="约 28.9 元/小时 ・ 日结",
                    height=row_height(),
                )
            )
        self.visit.touched = True


class KitRowsScreen(Page):
    """10,000 rows, all different."""

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **args)
        from kiosk.screens.widgets.kit import RowList

        titles = ("装卸工", "建筑小工", "酒席帮厨", "摘冬枣")
        rows = [
            {
                "listing_id": str(n),
                "title": f"{titles[n % 4]}{n}",
                "badges": [("已核实", "check-decagram", "green")] * (n % 2) + [(f"需 {n % 9 + 1} 人", "", "peach")],
                "where": f"义堂镇 ・ {n % 30} 公里 ・ 汉十物流园",
                "when": f"明天 {n % 12}:00 到 17:00",
                "amount": str(100 + n % 300),
                "unit": "元/天",
                "terms": f"约 {n % 40 + 10} 元/小时 ・ 日结",
            }
            for n in range(10_000)
        ]
        self.list = RowList(row_height=row_height())
        self.list.show(rows)
        self.add_widget(self.list)


class BrokenScreen(Page):
    """A page that fails when its main action is pressed, with a name in the message."""

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, main_text="坏了", **args)

    def on_main(self) -> None:
        raise ValueError("王秀兰 13812345678")


class KitClingingScreen(Page):
    """A page that fails whenever it is to be left."""

    def remember(self) -> dict[str, Any]:
        raise ReferenceError("王秀兰")

    def on_leave(self) -> None:
        raise ReferenceError("王秀兰")


class KitFailingScreen(Page):
    """A page whose every question fails."""

    def on_enter(self) -> None:
        for _ in range(5):
            self.ask(self._fail, lambda _: None)

    @staticmethod
    def _fail() -> None:
        raise StoreBusy("locked")
