"""资金台账: what the subsidy was spent on (管理办法 13), newest first, with what it comes to. The head's alone."""

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.domain.pay import yuan
from kiosk.domain.running import SpendingKind
from kiosk.screens.staff.facilities import day_words
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.screens.widgets.labels import NothingHere
from kiosk.screens.widgets.panel import Card
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.ledger import Book, Line


class LedgerLine(Card):
    """One line; `gone` when it was taken back, and then nothing can be pressed."""

    title = StringProperty("")
    text = StringProperty("")
    amount = StringProperty("")
    gone = BooleanProperty(False)
    take_back: Any = ObjectProperty(None, allownone=True)


class LedgerScreen(StaffPage):
    """`said` is what was entered just now."""

    said = StringProperty("")
    head = StringProperty("")
    total = StringProperty("")
    parts = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.ledger"), main_text=t("ledger.add"), main_icon="plus", **args)
        self.ids.halves.orientation = "vertical" if theme.upright else "horizontal"

    def begin(self) -> None:
        """Ask for the ledger."""
        from kiosk.services import ledger

        session = self.session
        self.ask(lambda: ledger.book(self.here, session), self._take)

    def _take(self, book: "Book") -> None:
        this_year = self.terminal.today().year
        sums = book.sums.get(this_year, {})
        self.head = t("ledger.year", year=this_year)
        self.total = t("ledger.yuan", yuan=yuan(sum(sums.values())))
        self.parts = "\n".join(t(f"ledger.sum_{kind.value}", yuan=yuan(sums.get(kind, 0))) for kind in SpendingKind)
        earlier = [(year, sum(of.values())) for year, of in sorted(book.sums.items(), reverse=True) if year != this_year]
        self.parts += "".join("\n" + t("ledger.sum_year", year=year, yuan=yuan(fen)) for year, fen in earlier)
        box = self.ids.lines
        box.clear_widgets()
        for line in book.lines:
            box.add_widget(self._line(line))
        if not book.lines:
            box.add_widget(NothingHere(head=t("ledger.nothing"), text=t("ledger.nothing_more")))

    def _line(self, line: "Line") -> LedgerLine:
        one = line.spending
        facts = (t(f"ledger.{one.kind.value}"), one.payee, t("ledger.voucher", number=one.voucher) if one.voucher else "")
        state = t("ledger.gone") if line.gone else t("ledger.by", name=one.by_name)
        card = LedgerLine(
            title=f"{day_words(one.spent_on, self.terminal.today())} ・ {one.purpose}",
            text=" ・ ".join(p for p in (*facts, state) if p),
            amount=t("ledger.yuan", yuan=yuan(one.amount_fen)),
            gone=line.gone,
        )
        card.take_back = lambda: self._sure(line)
        return card

    def _sure(self, line: "Line") -> None:
        one = line.spending
        text = t("ledger.sure_text", purpose=one.purpose, yuan=yuan(one.amount_fen))
        choices: list[Choice] = [
            (t("ledger.take_back"), "danger", lambda: self._take_back(one.id)),
            (t("running.keep"), "station", lambda: None),
        ]
        self.terminal.open_dialog(Dialog(title=t("ledger.sure"), text=text, icon="information", choices=choices))

    def _take_back(self, spending_id: str) -> None:
        from kiosk.services import ledger

        session = self.session
        self.ask(lambda: ledger.cancel(self.here, session, spending_id), lambda _: self._done())

    def _done(self) -> None:
        self.said = t("ledger.taken_back")
        self.begin()

    def on_main(self) -> None:
        """Enter a line."""
        self.visit.go("ledger_entry")

    def remember(self) -> dict[str, Any]:
        """Keep nothing: what was said is said once."""
        return {"said": ""}

    def spoken(self) -> str:
        """Read the sums."""
        return f"{self.head}，{self.total}。{self.parts}"
