"""发布, the county's rules and rubric: each sheet as it holds, to be read, written anew, compared, and put back."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from kiosk.county import editions
from kiosk.county.console import sheet_views
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated, local
from kiosk.county.console.publish_forms import read_day
from kiosk.county.console.publishing import note, show_page
from kiosk.county.console.roles import Role
from kiosk.county.console.sheet_trial import lasts
from kiosk.county.editions import Kind
from kiosk.county.rulings import without_rubric
from kiosk.domain.rubric_text import RubricError, read_rubric
from kiosk.domain.rule_sheet import RUBRIC
from kiosk.domain.rule_text import SheetError
from kiosk.errors import BadInput, NotFound, WrongState
from kiosk.text import t
from kiosk.web.pages import go

router = APIRouter()
ORDER = (RUBRIC, "wages", "checks", "fees", "fraud", "discrimination", "age", "employers", "retention", "holidays", "negation", "folding")
"""What is changed most often first."""
WAGES = "wages"
PLAIN = frozenset({RUBRIC, WAGES, "checks", "employers", "retention", "holidays"})
"""In these stand no patterns that could take long."""
TEXT_MOST = 200_000
TIERS_MOST, YUAN_MOST, SOURCE_MOST = 5, 100_000, 80
WAGE_FIELDS = ("month", "hour", "hold_tier", "warn_tier", "source")
SAID = ("out", "waits", "retired", "taken_back")


@router.get("/publish/sheet")
def show(desk: Desk, seat: Seated, said: str = "") -> HTMLResponse:
    """List the sheets: what of each holds today, and what waits."""
    now = desk.clock()
    with desk.reading.connect() as connection:
        held = {e.id: e for e in editions.in_force(connection, desk.county_id, Kind.SHEET, local(now).date())}
        waits = {e.id: e for e in reversed(editions.waiting(connection, desk.county_id, Kind.SHEET))}
        texts, rubric = desk.rulings.texts(connection, now), desk.rulings.rubric(connection, now)
    official = rubric is not None and rubric.official
    names = [name for name in ORDER if name in texts] + sorted(texts.keys() - set(ORDER))
    said = t(f"console.publish.said_{said}") if said in SAID else ""
    return show_page(
        desk, "sheets.html.j2", seat, tab="sheets", names=names, held=held, waits=waits, official=official, rubric=RUBRIC, said=said
    )


@router.get("/publish/sheet/{name}")
def show_one(desk: Desk, seat: Seated, name: str, number: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> HTMLResponse:
    """Show a sheet as it holds, or, with `number`, as one of its editions has it."""
    return _one(desk, seat, name, number=number)


@router.post("/publish/sheet/{name}")
def write(desk: Desk, form: Form, name: str) -> Response:
    """Show what a new text changes, or publish it. One that cannot be used is refused with every line at fault, and stays in the form."""
    form.seat.need(Role.CENTRE)
    now = desk.clock()
    typed = {"text": _plain(form.text("text", TEXT_MOST + 1)), "effective_on": form.text("effective_on")}
    shown: dict[str, Any] = {"typed": typed, "base": form.number("base")}
    try:
        effective_on = read_day("effective_on", typed["effective_on"])
        with desk.engine.connect() as connection:
            texts = desk.rulings.texts(connection, now)
        wrong = _faults(name, typed["text"], texts, effective_on, going_out=form.text("act") == "publish")
        if wrong or form.text("act") != "publish":
            return _one(desk, form.seat, name, wrong=wrong, **shown)
        content, who = {"text": typed["text"]}, form.seat.user.id
        with desk.engine.begin() as connection:
            saved = editions.save(connection, desk.county_id, Kind.SHEET, name, shown["base"], content, effective_on, who, now)
            note(desk, connection, form.seat, "edition_published", saved)
    except BadInput as error:
        return _one(desk, form.seat, name, troubles={error.field: t(error.key, **error.words)}, **shown)
    except WrongState:
        return _one(desk, form.seat, name, stale=True, **shown)
    return go(f"{ROOT}/publish/sheet?said={'waits' if saved.state is editions.State.WAITING else 'out'}")


@router.post("/publish/wage")
def write_wage(desk: Desk, form: Form) -> HTMLResponse:
    """Put a new minimum wage behind the earlier ones, and show what the sheet says then; nothing is published yet."""
    form.seat.need(Role.CENTRE)
    wage = {name: form.text(name) for name in (*WAGE_FIELDS, "effective_on")}
    with desk.engine.connect() as connection:
        text = desk.rulings.texts(connection, desk.clock()).get(WAGES, "")
    try:
        typed = {"text": f"{text.rstrip()}\n\n{_wage(wage)}", "effective_on": wage["effective_on"]}
    except BadInput as error:
        return _one(desk, form.seat, WAGES, wage=wage, troubles={f"wage_{error.field}": t(error.key, **error.words)})
    return _one(desk, form.seat, WAGES, typed=typed, base=form.number("base"))


def _one(
    desk: Counter,
    seat: Seat,
    name: str,
    *,
    number: int = 0,
    typed: Mapping[str, str] | None = None,
    base: int | None = None,
    wage: Mapping[str, str] | None = None,
    wrong: list[str] | None = None,
    troubles: Mapping[str, str] | None = None,
    stale: bool = False,
) -> HTMLResponse:
    now = desk.clock()
    with desk.engine.connect() as connection:
        texts = desk.rulings.texts(connection, now)
        past = editions.history(connection, desk.county_id, Kind.SHEET, name)
        held = next(iter(editions.in_force(connection, desk.county_id, Kind.SHEET, local(now).date(), name)), None)
    if name not in texts:
        raise NotFound(f"sheet {name}")
    chosen = next((e for e, _ in past if e.number == number), None)
    shown = chosen.content["text"] if chosen and chosen.content else desk.rulings.shipped[name] if chosen else texts[name]
    typed = typed or {"text": shown, "effective_on": f"{local(now):%Y-%m-%d}"}
    newest = past[0][0].number if past else 0
    values = {
        "name": name,
        "number": number,
        "past": past,
        "held": held,
        "newest": newest,
        "base": base if base is not None and not stale else newest,
        "typed": typed,
        "wage": wage or {"effective_on": "", "hold_tier": "3", "warn_tier": "2"},
        "wrong": wrong or [],
        "troubles": troubles or {},
        "stale": stale,
        "changes": sheet_views.changes(texts[name], typed["text"]),
        "is_rubric": name == RUBRIC,
        "is_wages": name == WAGES,
        **_read(name, typed["text"]),
    }
    status = 409 if stale else 422 if wrong or troubles else 200
    return show_page(desk, "sheet.html.j2", seat, status, tab="sheets", **values)


def _faults(name: str, text: str, texts: Mapping[str, str], on: date, *, going_out: bool) -> list[str]:
    """Say what is wrong with a text; one that is to go out is tried out, too. Raises NotFound, BadInput."""
    if name not in texts:
        raise NotFound(f"sheet {name}")
    if len(text) > TEXT_MOST:
        raise BadInput("text", "bad.publish.long", most=TEXT_MOST)
    wrong = sheet_views.faults(name, text, texts, on)
    if wrong or not going_out or name in PLAIN or lasts(without_rubric({**texts, name: text}), on):
        return wrong
    return [t("bad.publish.slow")]


def _read(name: str, text: str) -> dict[str, Any]:
    """Give a sheet for reading; nothing of one that cannot be read, whose faults are said."""
    try:
        if name == RUBRIC:
            one = read_rubric(text)
            return {"rubric": one, "by_area": sheet_views.areas(one), "rows": []}
        return {"rubric": None, "by_area": [], "rows": sheet_views.rows(name, text)}
    except (SheetError, RubricError, AttributeError, KeyError, TypeError, ValueError):
        return {"rubric": None, "by_area": [], "rows": []}


def _plain(text: str) -> str:
    """Give a text with the lines as files have them."""
    return "".join(c for c in text.replace("\r\n", "\n") if c.isprintable() or c in "\n\t") + "\n"


def _wage(typed: Mapping[str, str]) -> str:
    """Write a minimum wage as the sheet has it; raise BadInput for the first field that is wrong."""
    from_day: date = read_day("effective_on", typed["effective_on"])
    month, hour = (_tiers(field, typed[field]) for field in ("month", "hour"))
    if len(month) != len(hour):
        raise BadInput("hour", "bad.publish.wage_tiers")
    tiers = {field: typed[field] for field in ("hold_tier", "warn_tier")}
    for field, tier in tiers.items():
        if not (tier.isascii() and tier.isdigit() and 1 <= int(tier) <= len(month)):
            raise BadInput(field, "bad.publish.wage_tier", most=len(month))
    source = "".join(c for c in typed["source"] if c.isprintable() and c not in '"\\')
    if not 1 <= len(source) <= SOURCE_MOST:
        raise BadInput("source", "bad.publish.source")
    lines = (
        "[[wage]]",
        f"effective_from = {from_day}",
        f"month = [{', '.join(month)}]",
        f"hour = [{', '.join(hour)}]",
        *(f"{field} = {int(tier)}" for field, tier in tiers.items()),
        f'source = "{source}"',
    )
    return "\n".join(lines) + "\n"


def _tiers(field: str, text: str) -> list[str]:
    found = [part for part in re.split(r"[\s、，,；;]+", text.strip()) if part]
    try:
        sums = [Decimal(part) for part in found]
    except InvalidOperation:
        raise BadInput(field, "bad.publish.wage_tiers") from None
    if not 1 <= len(sums) <= TIERS_MOST or not all(one.is_finite() and 0 < one < YUAN_MOST for one in sums):
        raise BadInput(field, "bad.publish.wage_tiers")
    return [f"{one.normalize():f}" for one in sums]
