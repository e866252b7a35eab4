"""Trying rules out before they are published, in a process of its own: a pattern that goes astray on some text would hold up every station.

The worker that answers cannot be interrupted while a pattern runs; a process can be ended.
"""

import multiprocessing
from collections.abc import Iterator, Mapping
from datetime import date
from multiprocessing.connection import Connection

from kiosk.domain.review import RuleBook
from kiosk.domain.review_text import TextRule, fold
from kiosk.domain.rule_text import read_rules

LIMIT_S, START_S = 3.0, 20.0
"""The shipped rules take a hundredth of a second; a process may start slowly on a busy machine."""
LONG = 300
SIGNS = "收交押金工钱天1a ，。"
TEXTS = (*(sign * LONG for sign in SIGNS), SIGNS * (LONG // len(SIGNS)), "交押金" * (LONG // 3), "1a" * (LONG // 2), "收1" * (LONG // 2))
"""What people write who dodge the rules, and what patterns that repeat within a repetition cannot bear."""


def lasts(texts: Mapping[str, str], on: date, limit_s: float = LIMIT_S) -> bool:
    """Say whether rules that were read before get through long texts in time; raise OSError where no process can be had."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    trial = context.Process(target=_try, args=(dict(texts), on, theirs), daemon=True)
    trial.start()
    theirs.close()
    try:
        return _heard(ours, START_S) and _heard(ours, limit_s)
    finally:
        trial.kill()
        trial.join()
        ours.close()


def _heard(line: Connection, within_s: float) -> bool:
    try:
        return line.poll(within_s) and bool(line.recv())
    except EOFError:
        return False


def _try(texts: Mapping[str, str], on: date, line: Connection) -> None:
    """Tell when the rules are read, and when they were through every text."""
    book = read_rules(texts, on)
    line.send(True)
    for text in TEXTS:
        folded = fold(text, book.folding).text
        for rule in _rules(book):
            for pattern in (rule.pattern, rule.exception, rule.denied_before, rule.denied_after, rule.still):
                if pattern is not None:
                    sum(1 for _ in pattern.finditer(folded))
    line.send(True)


def _rules(book: RuleBook) -> Iterator[TextRule]:
    yield from (rule.text for rule in book.words)
    yield book.hazard.text
