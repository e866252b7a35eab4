"""The assessment in words: which year and up to when, values with their units, what an area comes to, and what is easiest."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from kiosk.domain.assessment import Area, Scored, cheapest
from kiosk.services.assessment import Assessment
from kiosk.services.station import local
from kiosk.text import t

WAN_FEN = 1_000_000
FACTS = 3
EASIEST = 3


def title(found: Assessment) -> str:
    """Name the year: 2026 年考核."""
    return t("assess.title", year=found.year)


def stands(found: Assessment) -> str:
    """Say up to when it is counted."""
    return t("assess.over", year=found.year) if found.over else t("assess.now")


def day(when: date) -> str:
    """Write a day as papers do."""
    return t("claim_papers.day", year=when.year, month=when.month, day=when.day)


def handed_in(found: Assessment) -> str:
    """Say when the papers of the year were made last, and that those of a year that is over are still to be made."""
    made = found.handed_in
    if made is None:
        judged_already = found.judgement is not None and found.judgement.year == found.year
        return t("claim_papers.not_yet", year=found.year) if found.over and not judged_already else ""
    when = local(made.made_at)
    said = t("claim_papers.made", day=day(when.date()), name=made.by_name, points=made.points)
    early = found.over and when.year <= found.year
    return said + (t("claim_papers.early", year=found.year) if early else "")


def placeholder(found: Assessment) -> str:
    """Say that the rubric is none of the county's, where it is not."""
    return "" if found.rubric.official else t("assess.placeholder")


def number(value: Decimal) -> str:
    """Write a number without idle zeros: 84.5, 90."""
    return f"{value.quantize(Decimal('0.1')):f}".rstrip("0").rstrip(".")


def wan(fen: int) -> str:
    """Write money in 万元."""
    return number(Decimal(fen) / WAN_FEN)


def value(one: Scored) -> str:
    """Say an item's value with its unit, or that there is none."""
    if one.value is None:
        return t("assess.item_none" if one.item.measure else "assess.item_unclaimed")
    return _with_unit(one.value, one)


def facts(found: Assessment, area: Area) -> str:
    """Say what an area stands on, in a line: what brings most first."""
    items = sorted((one for one in found.score.items if one.item.area is area), key=lambda one: -one.item.most)
    return " ・ ".join(f"{one.item.short} {value(one)}" for one in items[:FACTS])


def gap(found: Assessment) -> str:
    """Say what is missing to the next grade, and what it would bring."""
    score = found.score
    if score.next_grade is None:
        return t("assess.best")
    words = {"gap": number(score.gap), "grade": score.next_grade.name, "wan": wan(score.more_money)}
    return t("assess.gap_money" if score.more_money else "assess.gap", **words)


def judged(found: Assessment) -> str:
    """Say what the county made of the last year that it judged, and what is to be put right until when; nothing before the first."""
    made = found.judgement
    if made is None:
        return ""
    said = t("assess.judged", year=made.year, points=made.total, grade=made.grade, wan=wan(made.money_fen))
    until = t("assess.judged_until", day=made.deadline) if made.deadline else ""
    if made.accepted_on is not None:
        until = t("assess.judged_accepted", day=made.accepted_on)
    words = made.words.rstrip("。") + "。" if made.words else ""
    return said + words + until


def money(found: Assessment) -> str:
    """Say what the grade pays."""
    return t("assess.money", wan=wan(found.score.money)) if found.score.money else t("assess.no_money")


def easiest(found: Assessment) -> Sequence[str]:
    """Say what would bring the most points an hour, best first; of a year that is over only what can still be done."""
    doable = [one for one in cheapest(found.score, len(found.score.items)) if _can_be_done(found, one)]
    return [t("assess.easy", advice=_advice(one), gain=number(one.gain)) for one in doable[:EASIEST]]


def lacking(found: Assessment) -> Sequence[str]:
    """Say what the report names as lacking: the easiest as the year stood."""
    return [t("assess.easy", advice=_advice(one), gain=number(one.gain)) for one in cheapest(found.score, EASIEST)]


def todo(found: Assessment, one: Scored) -> str:
    """Say what can still be done about an item; nothing where there is nothing."""
    return t("assess.todo", advice=_advice(one)) if one.gain > 0 and _can_be_done(found, one) else ""


def _can_be_done(found: Assessment, one: Scored) -> bool:
    """Say whether an item can still rise: what is counted of a year that is over cannot."""
    return not (found.over and one.item.measure)


def _advice(one: Scored) -> str:
    return one.item.advice.format(missing=number(one.missing.to_integral_value()))


def how(one: Scored) -> str:
    """Say what all points need."""
    return t("assess.full", aim=aim(one))


def aim(one: Scored) -> str:
    """Say the value that brings all points."""
    return _with_unit(one.item.aim, one)


def _with_unit(figure: Decimal, one: Scored) -> str:
    return f"{number(figure)}{'' if one.item.unit == '%' else ' '}{one.item.unit}"
