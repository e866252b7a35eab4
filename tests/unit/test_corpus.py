"""The labelled texts: enough of them, read well enough, and the report says so."""

import pytest

from tests.corpus import REPORT, book, read, report, rules, sittings, tallies, texts

BOOK = book()
READ = read(BOOK)
NAMES = rules(BOOK)
TALLIES = tallies(READ, NAMES)


@pytest.mark.parametrize("rule", NAMES)
def test_corpus_when_read_reaches_precision_and_recall_for_each_rule(rule: str) -> None:
    tally = TALLIES[rule]
    assert tally.wanted >= 2, "too few texts to say anything"
    assert tally.precision >= 0.97, tally
    assert tally.recall >= 0.97, tally


def test_corpus_when_honest_texts_are_read_marks_almost_none() -> None:
    honest = [r for r in READ if not r.wanted]
    marked = [(r.text, set(r.found)) for r in honest if r.found]
    assert len(marked) <= len(honest) // 100, marked


def test_corpus_when_counted_is_large_and_nearly_half_honest() -> None:
    assert len(READ) >= 400
    assert sum(not r.wanted for r in READ) >= 0.4 * len(READ)
    assert len({r.text for r in READ}) == len(READ)
    known = set(NAMES)
    assert all(set(entry["rules"]) <= known for entry in texts())
    assert {entry["sitting"] for entry in texts()} == {sitting["number"] for sitting in sittings()}


def test_report_when_the_corpus_or_the_rules_changed_is_written_anew() -> None:
    assert REPORT.read_text("utf-8") == report(BOOK), "run python -m tests.corpus"
