"""Every state of every page, in every look: nothing cut, crossing, faint, foreign or out of reach; nobody is named aloud.

The table is tests/gallery/states.py, the rules tests/gallery/lint.py; `python -m tests.gallery DIR` leaves the pictures.
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import bootstrap
from kiosk.config import Settings
from kiosk.domain.listing import Listing
from kiosk.domain.worker import Worker
from kiosk.screens import pages
from kiosk.screens.theme import Palette
from kiosk.trial.display import VirtualScreen
from tests.gallery.run import FORMS, Finding, Look, looks_of, walk
from tests.gallery.states import STATES
from tests.gallery.stations import make

SCREENS = Path(__file__).parents[2] / "kiosk" / "screens"
HAN = re.compile("[\u4e00-\u9fff]")
READS_CHINESE = {"wrap.py", "search.py", "keys.py"}
"""Where lines break, which sign stands behind a number, the five strokes: characters that are looked for, not words that are shown."""
ASKED_FOR = {"phone whole"}
"""His own number, read back digit by digit to who has keyed it in and pressed 读给我听."""

Walk = Callable[[str, list[Look]], list[Finding]]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make both stations once."""
    return make(tmp_path_factory.mktemp("stations"))


@pytest.fixture(scope="module")
def walked(folders: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Give a function that walks all states; what was walked is not walked again."""
    known: dict[str, list[Finding]] = {}

    def look(form: str, looks: list[Look]) -> list[Finding]:
        key = f"{form} {looks}"
        if key not in known:
            known[key] = walk(form, looks, *folders, tmp_path_factory.mktemp("walk") / form)
        return known[key]

    return look


def _wrong(found: list[Finding]) -> list[str]:
    return [f"{one.look}: {one.state}: {text}" for one in found for text in one.wrong]


def test_gallery_when_a_page_is_known_has_a_state_of_it() -> None:
    assert set(pages.PAGES) == {state.page for state in STATES}
    titles = [state.title for state in STATES]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("form", list(FORMS))
def test_state_when_shown_is_whole_in_both_sizes(walked: Walk, form: str) -> None:
    found = walked(form, looks_of(form, short=True))
    assert len(found) == 2 * len(STATES)
    assert _wrong(found) == []


def test_state_when_in_high_contrast_is_readable(walked: Walk) -> None:
    """Colours are the same in every form and size: the long run has the others."""
    assert _wrong(walked("lying", [(False, True, False)])) == []


@pytest.mark.long
@pytest.mark.parametrize("form", list(FORMS))
def test_state_when_shown_in_every_other_look_is_whole(walked: Walk, form: str) -> None:
    """High contrast in every form and size; lowered, everything can be brought within reach."""
    assert _wrong(walked(form, looks_of(form)[2:])) == []


@pytest.mark.long
def test_state_when_letters_grow_and_shrink_is_as_it_was(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """大字 builds the page anew: what was entered stands there again."""
    assert _wrong(walk("lying", looks_of("lying")[:1], *folders, tmp_path / "work", keep=True)) == []


def test_page_when_read_aloud_names_nobody(walked: Walk, folders: tuple[Path, Path]) -> None:
    here = bootstrap.open_here(Settings(state=str(folders[0])))
    with here.store.read() as u:
        workers, listings = u.list(Worker), u.list(Listing)
    secret = {str(w.name) for w in workers} | {str(one.contact_name) for one in listings if len(one.contact_name) > 1} | {"王秀兰"}
    numbers = {str(w.phone) for w in workers} | {w.code for w in workers} | {str(one.contact_phone) for one in listings} | {"19900009876"}
    found = walked("lying", looks_of("lying", short=True))
    assert sum(bool(one.spoken) for one in found) > 0.95 * len(found)
    named = [
        f"{one.state}: {one.spoken}"
        for one in found
        if one.state not in ASKED_FOR
        and (any(name in one.spoken for name in secret) or any(n in re.sub(r"[\s，\-]", "", one.spoken) for n in numbers))
    ]
    assert named == []
    assert [one.state for one in found if one.said] == [], "nothing is read that nobody asked for"


def test_fingers_when_several_touch_at_once_only_the_one_that_is_meant_acts(folders: tuple[Path, Path], tmp_path: Path) -> None:
    screen = VirtualScreen(1920, 1080)
    wanted = {"full": str(folders[0]), "empty": str(folders[1]), "work": str(tmp_path)}
    try:
        command = [sys.executable, "-m", "tests.gallery.fingers", json.dumps(wanted)]
        run = subprocess.run(command, env=os.environ | {"DISPLAY": screen.name}, capture_output=True, text=True, check=False)
    finally:
        screen.close()
    assert run.returncode == 0, run.stderr[-2000:]
    assert json.loads(run.stdout.splitlines()[-1]) == {
        "a finger while a palm rests": "consent",
        "the palm is lifted": "consent",
        "two at once": "jobs",
        "once": "pay",
        "the echo of a tap": "pay",
        "a tap that is meant": "done",
        "warned": True,
        "warned after a touch beside": False,
        "what was entered is kept": True,
        "rows after others came": 35,
        "of them twice": 0,
        "come back to the same place": True,
    }


def test_words_when_shown_come_from_the_tables_of_words() -> None:
    wrong = []
    for path in (p for p in sorted(SCREENS.rglob("*.py")) if p.name not in READS_CHINESE):
        tree = ast.parse(path.read_text("utf-8"))
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
        wrong += [f"{path.name}:{node.lineno} {node.value!s}" for node in strings if id(node) not in said and HAN.search(str(node.value))]
    for path in sorted(SCREENS.rglob("*.kv")):
        lines = enumerate(path.read_text("utf-8").splitlines(), start=1)
        wrong += [f"{path.name}:{number} {line.strip()}" for number, line in lines if HAN.search(line.split("#")[0])]
    assert wrong == []


def test_colours_when_a_class_is_made_are_not_read_yet() -> None:
    """A colour read when a module or a class is made stays as it was in high contrast: name it with `tint`, or read it when needed."""

    def outside(node: ast.AST) -> list[ast.AST]:
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            return [one for part in (*node.args.defaults, *node.args.kw_defaults) if part for one in ast.walk(part)]
        return [node, *(one for child in ast.iter_child_nodes(node) for one in outside(child))]

    colours = {name for name in vars(Palette) if not name.startswith("_")}
    wrong = []
    for path in (p for p in sorted(SCREENS.rglob("*.py")) if "board" not in p.parts and p.name != "theme.py"):
        for node in outside(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in colours and ast.unparse(node.value) == "theme":
                wrong.append(f"{path.name}:{node.lineno} {ast.unparse(node)}")
    assert wrong == []
