"""Reading rules and areas: what is in force on a day, and clear refusals of data that contradicts itself."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from kiosk.domain.codes import AREAS
from kiosk.domain.words import Say, Word
from kiosk.errors import ConfigError
from kiosk.services.rules import load_areas, load_rules, say

ASSETS = Path(__file__).parent.parent.parent / "assets"
WORD = """
[[word]]
name = "fee"
severity = "hold"
source = "某法第 1 条"
effective_from = 2026-06-01
patterns = ['押金']
"""
CHECK = """
[[check]]
name = "long_day"
severity = "hold"
source = "某法第 2 条"
effective_from = 1995-01-01
limits = { most_min = 660 }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Rules in their smallest form: the minimum wage, the term of papers and the hazards."""
    for name in ("wages.toml", "age.toml", "negation.toml", "employers.toml"):
        shutil.copy(ASSETS / "rules" / name, tmp_path)
    return tmp_path


def test_load_rules_when_the_shipped_ones_are_read_knows_every_rule_of_the_list() -> None:
    book = load_rules(ASSETS / "rules", date(2026, 11, 23))
    names = [r.name for r in book.words] + [r.name for r in book.fields]
    assert len(names) == len(set(names))
    assert {"fee", "papers", "sex", "family", "ethnic", "religion", "health", "region", "age_cap", "under_16", "fraud", "link"} <= set(
        names
    )
    assert all([*(r.source for r in book.words), *(r.source for r in book.fields)])
    assert (book.wages.month_fen[book.wages.hold_tier], book.wages.hour_fen[book.wages.hold_tier]) == (197000, 2000)


def test_load_rules_when_a_rule_is_not_yet_or_no_longer_in_force_leaves_it_out(folder: Path) -> None:
    (folder / "x.toml").write_text(WORD + "effective_until = 2026-06-30\n", "utf-8")
    for day, there in ((date(2026, 5, 31), False), (date(2026, 6, 1), True), (date(2026, 6, 30), True), (date(2026, 7, 1), False)):
        assert any(r.name == "fee" for r in load_rules(folder, day).words) is there


def test_load_rules_when_a_new_minimum_wage_takes_effect_uses_it_from_that_day(folder: Path) -> None:
    later = '[[wage]]\neffective_from = 2027-12-01\nmonth = [2500]\nhour = [25]\nhold_tier = 1\nwarn_tier = 1\nsource = "后来"\n'
    (folder / "later.toml").write_text(later, "utf-8")
    assert load_rules(folder, date(2027, 11, 30)).wages.hour_fen == (2400, 2150, 2000)
    assert load_rules(folder, date(2027, 12, 1)).wages.hour_fen == (2500,)
    assert load_rules(folder, date(1970, 1, 1)).wages.hour_fen == (2400, 2150, 2000)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (WORD.replace('"hold"', '"heavy"'), "severity"),
        (WORD.replace("['押金']", "['(押金']"), "x.toml: fee"),
        (WORD.replace("['押金']", "['<nowhere>']"), "nowhere"),
        (WORD.replace("['押金']", "[]"), "no_patterns"),
        (WORD.replace("effective_from = 2026-06-01", ""), "effective_from"),
        (WORD + 'negation = "nobody"\n', "nobody"),
        (CHECK.replace("long_day", "no_such_check"), "no_such_check"),
        (CHECK.replace("most_min", "most_minutes"), "most_min"),
        ("[[wage]]\nmonth = [1]\nhour = [1, 2]\nhold_tier = 1\nwarn_tier = 1\n", "tiers"),
        ("[hazard]\n", "patterns"),
        ("[[word]\n", "x.toml"),
    ],
)
def test_load_rules_when_the_data_is_wrong_names_file_and_reason(folder: Path, text: str, reason: str) -> None:
    (folder / "x.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=reason):
        load_rules(folder, date(2026, 11, 23))


def test_load_rules_when_the_folder_is_empty_refuses(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="wage"):
        load_rules(tmp_path, date(2026, 11, 23))


def test_load_areas_when_the_shipped_table_is_read_has_every_area_and_says_it_is_an_estimate() -> None:
    path = ASSETS / "areas.toml"
    areas = load_areas(path)
    assert areas.centres.keys() == AREAS.keys()
    assert "PLACEHOLDER: approximate, own estimate" in path.read_text("utf-8")


def test_load_areas_when_one_is_missing_names_it(tmp_path: Path) -> None:
    text = (ASSETS / "areas.toml").read_text("utf-8")
    path = tmp_path / "areas.toml"
    path.write_text("\n".join(line for line in text.splitlines() if not line.startswith("420923108")), "utf-8")
    with pytest.raises(ConfigError, match="420923108"):
        load_areas(path)
    path.write_text("neighbours_km = 'far'\n[area]\n", "utf-8")
    with pytest.raises(ConfigError):
        load_areas(path)


def test_say_when_a_value_is_a_key_says_its_words() -> None:
    assert say(Say("match.trade", {"trade": Word("trade.loading")})) == "您选了搬运装卸"
    assert say(Say("match.near", {"km": 3})) == "离您约 3 公里"
