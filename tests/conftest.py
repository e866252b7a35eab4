"""What every test may use: golden files, and the long proofs that run only with --long."""

from binascii import crc32
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files anew instead of comparing with them")
    parser.addoption("--long", action="store_true", help="run the long proofs too")


FORMS = ("lying", "upright")
DEAREST = ("screens/test_gallery.py", "screens", "desk", "integration", "contract", "flows", "unit")
"""Files in the order in which workers take them: long ones first, or the last one is waited for by all."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    tests = Path(__file__).parent
    items.sort(key=lambda item: next((n for n, at in enumerate(DEAREST) if item.path.is_relative_to(tests / at)), len(DEAREST)))
    if not config.getoption("--long"):
        for item in items:
            if "long" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="a long proof: --long"))
            elif _in_other_form(item):
                item.add_marker(pytest.mark.skip(reason="in the other form: --long runs both"))


def _in_other_form(item: pytest.Item) -> bool:
    """Say whether a walk through the terminal is left out in this form: of lying and upright the short run takes one, by the test's name.

    How pages look in both is the gallery's, which takes every page in every form.
    """
    form = getattr(getattr(item, "callspec", None), "params", {}).get("screen")
    return form in FORMS and form != FORMS[crc32(item.nodeid.replace(form, "").encode()) % len(FORMS)]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Compare bytes with tests/golden/NAME; a missing file fails."""

    def compare(name: str, actual: bytes) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(actual)
        assert path.exists(), f"{name} is missing; look at what was made, then run with --update-golden"
        assert actual == path.read_bytes(), f"{name} differs; look at what was made, then run with --update-golden"

    return compare
