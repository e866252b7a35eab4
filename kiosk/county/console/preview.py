"""How terminal and board will show what is being written: the words that stand there, by the same keys, and how large the board sets them.

The terminal's and the board's own program (Kivy) cannot run in the hub. So this draws their look again, in their measures of 1920×1080;
what is not here: 大字, upright screens, other reading distances, and breaking a title at the end of a thought.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any

from kiosk.domain.codes import AREAS
from kiosk.domain.notice import Notice
from kiosk.domain.pay import yuan
from kiosk.domain.station import Policy, Training
from kiosk.text import t

Line = tuple[str, str]
TEXT, SMALL = 45, 36
"""The board's sizes at its usual reading distance, in pixels of 1080."""
LADDER = (1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3)
GROWN = (2.2, 1.8, 1.5, 1.2, 1.0)
TITLE, LEAD, BODY, TIGHT_TITLE = 1.5, 1.2, 0.85, 1.2
PITCH, LINE, GAP, FACT_GAP, DISC, ICON = 1.46, 1.25, 0.7, 0.35, 1.7, 1.65
NARROW, WIDE, HIGH = 1267, 1728, 633
"""The room for words on the board, beside the code and without one."""
SHEET, ROOM = 1216, 771
"""The width of words on the terminal's page, and its height."""
TITLE_LINES, LEAD_LINES, FACT_LINES = 2, 3, 3
SHORTENED = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One screen. `facts`: icons and words, on the board in `rows` of one or two; `sizes`: of title, lead, facts and body on the board, as
    steps of the style sheet.

    `long`: the terminal cannot show all of it at once, and has buttons to go up and down.
    """

    screen: str
    kind: str
    title: str
    lead: str = ""
    facts: tuple[Line, ...] = ()
    rows: tuple[tuple[Line, ...], ...] = ()
    body: str = ""
    foot: str = ""
    ask: str = ""
    hint: str = ""
    sizes: tuple[int, int, int, int] = (0, 0, 0, 0)
    long: bool = False


def policy(one: Policy) -> list[Look]:
    """Show a policy on the terminal, and on the board."""
    on = one.published_on
    facts = (("account-group", t("policy.who", text=one.who)), ("walk", t("policy.how", text=one.how)))
    foot = t("policy.published", year=on.year, month=on.month, day=on.day)
    ask = t("policy.ask", phone=one.phone.grouped())
    said: dict[str, Any] = {"kind": "policy", "title": one.title, "lead": one.summary}
    told = (
        ("account-check", t("board.policy_page.who", text=_shortened(one.who))),
        ("clipboard-check", t("board.policy_page.how", text=_shortened(one.how))),
        ("account-voice", t("board.policy_page.ask")),
    )
    board = Look(screen="board", **said, facts=told, body=t("board.sample") if one.sample else "", hint=t("board.policy_page.hint"))
    return [_rolled(Look(screen="terminal", **said, facts=facts, body=one.body, foot=foot, ask=ask)), _fitted(board, NARROW)]


def training(one: Training, today: date) -> list[Look]:
    """Show a course on the terminal, and on the board."""
    starts = t("day.date", month=one.starts_on.month, day=one.starts_on.day)
    fee = t("policy.fee", yuan=yuan(one.fee_fen)) if one.fee_fen else t("policy.free")
    place = t("policy.where", place=AREAS.get(one.area, "") + one.place)
    seats = t("policy.seats", count=one.seats, fee=fee)
    terminal = Look(
        screen="terminal",
        kind="training",
        title=one.title,
        lead=t("policy.when", day=starts, days=one.days),
        facts=(("map-marker", place), ("account-group", seats)),
        body=one.body,
        foot=one.subsidy,
        ask=t("policy.ask", phone=one.phone.grouped()),
        hint=t("policy.seats_left", count=one.seats),
    )
    told = (("map-marker", place), ("account-multiple", seats), ("cash", one.subsidy), ("account-edit", t("board.training_page.sign_up")))
    key = "board.training_page.begun" if one.starts_on < today else "board.training_page.lead"
    board = Look(
        screen="board",
        kind="training",
        title=one.title,
        lead=t(key, day=starts, days=one.days),
        facts=tuple((icon, text) for icon, text in told if text),
        body=t("board.sample") if one.sample else "",
        hint=t("board.training_page.hint"),
    )
    return [_rolled(terminal), _fitted(board, NARROW)]


def notice(one: Notice) -> list[Look]:
    """Show a notice on the board."""
    return [_fitted(Look(screen="board", kind="notice", title=one.title, body=_shortened(one.body)), WIDE)]


def _rolled(look: Look) -> Look:
    """Say whether the terminal's page is longer than its screen."""
    heights = [
        _lines(look.title, SHEET, 56) * 74,
        _lines(look.lead, SHEET, 36) * 53,
        *(_lines(text, SHEET - 72, 36) * 53 for _, text in look.facts),
        _lines(look.body, SHEET, 36) * 53,
        47,
        53,
    ]
    return replace(look, long=sum(heights) + 24 * (len(heights) + 1) + 72 > ROOM)


def _fitted(look: Look, width: int) -> Look:
    """Set a board's page as large as it stands whole, as kiosk.screens.board.sheet_fitting does; else at the smallest sizes."""
    for grown in GROWN:
        body = BODY if look.lead else LEAD
        steps = (_step(TITLE * grown), _step(LEAD * grown), _step(grown), _step(body * grown))
        title, lead, fact, _ = (size_of(step) for step in steps)
        one = replace(look, sizes=steps, rows=_in_rows(look.facts, width, fact))
        whole = (
            _lines(look.title, width - (DISC + 0.4) * title, title) <= (TITLE_LINES if title <= LADDER[3] * TEXT else 1)
            and _lines(look.lead, width, lead) <= LEAD_LINES
            and all(_lines(text, width - ICON * fact, fact) <= FACT_LINES for _, text in look.facts)
        )
        if whole and _height(one, width) <= HIGH:
            return one
    tight = replace(look, sizes=(_step(TIGHT_TITLE), _step(1.0), 0, 0), rows=_in_rows(look.facts, width, SMALL))
    return replace(tight, body="") if look.lead and _height(tight, width) > HIGH else tight


def _in_rows(facts: Sequence[Line], width: int, size: float) -> tuple[tuple[Line, ...], ...]:
    """Put two facts beside one another where both are short."""
    half, rows = width / 2 - ICON * size, list[tuple[Line, ...]]()
    for fact in facts:
        if rows and len(rows[-1]) == 1 and max(_wide(fact[1], size), _wide(rows[-1][0][1], size)) < half:
            rows[-1] = (rows[-1][0], fact)
        else:
            rows.append((fact,))
    return tuple(rows)


def size_of(step: int) -> float:
    """Give the pixels of a step: 0 is the smallest size, 1 the board's text size, and so on."""
    return SMALL if step == 0 else LADDER[step - 1] * TEXT


def _step(grown: float) -> int:
    return sum(rung <= grown + 0.01 for rung in LADDER)


def _height(look: Look, width: int) -> float:
    title, lead, fact, small = (size_of(step) for step in look.sizes)
    rows = [max(_lines(text, width - ICON * fact, fact) for _, text in row) for row in look.rows]
    parts = [
        max(_high(_lines(look.title, width - (DISC + 0.4) * title, title), title), DISC * title),
        _high(_lines(look.lead, width, lead), lead),
        sum(_high(lines, fact) for lines in rows) + FACT_GAP * fact * max(0, len(rows) - 1),
        _high(_lines(look.body, width, small), small),
    ]
    return sum(parts) + GAP * fact * (sum(1 for part in parts if part) - 1)


def _high(lines: int, size: float) -> float:
    return (PITCH * (lines - 1) + LINE) * size + lines if lines else 0.0


def _lines(text: str, width: float, size: float) -> int:
    return sum(max(1, ceil(_wide(line, size) / width)) for line in text.splitlines())


def _wide(line: str, size: float) -> float:
    """Measure a line: a Chinese character is as wide as high, a letter or digit about half as wide, a blank less."""
    return sum(1.0 if c > "\u2000" else 0.22 if c == " " else 0.56 for c in line) * size


def _shortened(text: str) -> str:
    if len(text) <= SHORTENED:
        return text
    kept = text[:SHORTENED]
    stop = max(kept.rfind(mark) for mark in "。；，\n")
    return (kept[:stop] if stop > SHORTENED // 2 else kept) + "…"
