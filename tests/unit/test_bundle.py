"""The bundle of the four papers: what was altered, added, taken out or doubled is named; what is no bundle is said to be none."""

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from kiosk.domain import bundle
from kiosk.domain.bundle import MANIFEST, checked, listed
from kiosk.errors import BadInput

FILES = {"1_申请表.docx": b"one", "证据/1.1_图.jpg": b"two"}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


MADE = json.dumps({"files": {name: digest(content) for name, content in FILES.items()}}).encode()


def packed(*files: tuple[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files:
            made.writestr(name, content)
    return out


def whole() -> io.BytesIO:
    return packed(*FILES.items(), (MANIFEST, MADE))


def test_bundle_when_it_is_as_it_was_has_nothing_altered() -> None:
    assert checked(whole(), digest(MADE)) == []
    assert listed(whole()) == digest(MADE)


ONE, TWO, LIST = ("1_申请表.docx", b"one"), ("证据/1.1_图.jpg", b"two"), (MANIFEST, MADE)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("files", "named"),
    [
        ((TWO, LIST), ["1_申请表.docx"]),
        ((("1_申请表.docx", b"other"), TWO, LIST), ["1_申请表.docx"]),
        ((ONE, TWO, LIST, ("more.txt", b"x")), ["more.txt"]),
        ((ONE, TWO, LIST, ONE), ["1_申请表.docx"]),
        ((ONE, TWO, LIST, LIST), [MANIFEST]),
        ((ONE, TWO), [MANIFEST]),
        ((ONE, TWO, (MANIFEST, b"{}")), [MANIFEST]),
    ],
)
def test_bundle_when_something_is_altered_missing_new_or_there_twice_names_it(files: list[tuple[str, bytes]], named: list[str]) -> None:
    assert checked(packed(*files), digest(MADE)) == named


def test_bundle_when_a_file_in_it_cannot_be_read_to_its_end_names_that_one() -> None:
    broken = whole().getvalue().replace(b"two", b"TWO", 1)
    assert checked(io.BytesIO(broken), digest(MADE)) == ["证据/1.1_图.jpg"]


@pytest.mark.parametrize("manifest", [b"[]", b"hello", b'{"files": []}', b"\xff", b"[" * 100_000])
def test_bundle_when_its_list_is_none_is_no_bundle(manifest: Any) -> None:
    with pytest.raises(BadInput):
        checked(packed((MANIFEST, manifest)), digest(manifest))


def test_bundle_when_it_is_no_zip_or_opens_to_too_much_is_no_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (b"", b"hello", whole().getvalue()[:-30]):
        for read in (listed, lambda file: checked(file, digest(MADE))):
            with pytest.raises(BadInput):
                read(io.BytesIO(content))
    with pytest.raises(BadInput):
        listed(packed(*FILES.items()))
    monkeypatch.setattr(bundle, "OPENED_MAX", len(MADE) + 5)
    with pytest.raises(BadInput):
        checked(whole(), digest(MADE))
    assert checked(packed((MANIFEST, b"{}")), digest(MADE)) == [MANIFEST]
