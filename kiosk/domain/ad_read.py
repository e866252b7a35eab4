"""Reading all that some words of an ad say, finest net first; what one reader took, the next does not see. Knows no ads."""

from dataclasses import dataclass

from kiosk.domain.ad_jobs import Title, find_title
from kiosk.domain.ad_numbers import hide
from kiosk.domain.ad_pay import PayTalk, choose, hide_settlement, loose_pay, settlement, sure_pay
from kiosk.domain.ad_place import Place, find_place
from kiosk.domain.ad_words import DURATION, LODGING, headcount, hide_meals, hide_other_figures, meals, phones
from kiosk.domain.codes import Meals, Settlement


@dataclass(slots=True)
class Read:
    """What is in some words."""

    title: Title | None
    count: int | None
    has_count: bool
    pay: PayTalk | None
    phones: list[str]
    settlement: Settlement | None
    meals: Meals | None
    lodging: bool
    place: Place | None


def read_words(text: str, *, bare: bool = True) -> Read:
    """Read some words, finest net first; what one reader took, the next does not see."""
    numbers, clear = phones(text)
    settled, fed, lodged = settlement(clear), meals(clear), LODGING.search(clear) is not None
    open_text = hide_other_figures(clear)
    sure, rest = sure_pay(open_text)
    rest = DURATION.sub(lambda m: "\ue000" * len(m[0]), rest)
    # the job's name first: 小工220 leaves a figure that nothing else explains, and 2个贴砖师傅 is two people
    title = find_title(hide_meals(_kept(clear, rest, open_text)))
    if title is not None:
        rest = hide(rest, [(title.start, title.end)])
    loose, rest = loose_pay(rest, bare=False)
    people, spans = headcount(rest)
    rest = hide(rest, spans)
    if bare and not sure and not loose:
        loose, rest = loose_pay(hide_meals(rest), bare=True)
    pay = choose(sure + loose, clear)
    where = _where(clear, rest, open_text, title)
    return Read(title, people, people is not None or bool(spans), pay, numbers, settled, fed, lodged, where)


def pay_of(text: str) -> tuple[PayTalk | None, Settlement | None, Meals | None, bool]:
    """Read a folded table cell such as 260/天 日结 管饭: pay, when it is paid, meals, lodging. A bare figure is pay."""
    read = read_words(f"工资 {text}" if text.strip() else "")
    return read.pay, read.settlement, read.meals, read.lodging


def _kept(clear: str, rest: str, open_text: str) -> str:
    """Give the text with only pay hidden: dates and sizes may be part of a name or a place."""
    return "".join(c if r == o else r for c, r, o in zip(clear, rest, open_text, strict=True))


def _where(clear: str, rest: str, open_text: str, title: Title | None) -> Place | None:
    if len(rest) != len(clear):
        return None
    text = _kept(clear, rest, open_text)
    if title is not None:
        text = hide(text, [(title.start, title.end)])
    return find_place(hide_settlement(hide_meals(text)))
