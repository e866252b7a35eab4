"""The words that an employer taps instead of writing: there for every trade, and nothing in them that the rules would stop."""

import pytest

from kiosk.domain.codes import Trade
from kiosk.domain.review import check
from kiosk.services.rules import load_rules
from kiosk.text import t
from tests.station import ASSETS, START, a_listing

BOOK = load_rules(ASSETS / "rules", START.date())


@pytest.mark.parametrize("trade", Trade)
def test_ready_words_when_all_are_tapped_break_no_rule_and_fit(trade: Trade) -> None:
    titles, asked = (t(f"post.ready.{what}.{trade.value}").split() for what in ("title", "own"))
    assert (len(titles), len(asked)) == ((0, 0) if trade is Trade.OTHER else (6, 4))
    assert max(map(len, (*titles, *asked)), default=0) <= 8
    assert len(set(titles)) == len(titles)
    usual = [t(f"post.ready.requirements.{n}") for n in range(1, 9)]
    for title in titles or ["活"]:
        listing = a_listing(trade=trade, title=title, requirements="，".join((*asked, *usual, t("post.any"))))
        assert check(listing, BOOK, (), START.date()) == ()
