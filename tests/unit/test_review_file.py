"""`kiosk review FILE…`: positions as in the file, files that cannot be read, and nothing needed but the files."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.services.review_file import MOST_BYTES, review_files
from tests.corpus import TODAY, book

BOOK = book()


def _run(*files: Path) -> tuple[int, list[dict[str, Any]], str]:
    out, err = io.StringIO(), io.StringIO()
    status = review_files([str(f) for f in files], BOOK, TODAY, out, err)
    return status, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_review_when_a_text_is_honest_finds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "好.txt"
    file.write_text("招押运员，男女不限，不收押金。", "utf-8")
    assert _run(file) == (0, [{"file": str(file), "findings": []}], "")


def test_review_when_many_things_are_wrong_gives_one_finding_a_place_heaviest_first(tmp_path: Path) -> None:
    text = "押金两百。\n十四岁就可以来。押金要交。50岁以下。"
    file = tmp_path / "a.txt"
    file.write_text(text, "utf-8")
    status, (line,), _ = _run(file)
    assert status == 0
    found = [(f["severity"], f["rule"], text[slice(*f["span"])]) for f in line["findings"]]
    assert [f[:2] for f in found] == [("BLOCK", "under_16"), ("HOLD", "fee"), ("HOLD", "fee"), ("WARN", "age_cap")]
    assert [f[2] for f in found[1:3]] == ["押金两百", "押金"] or all("押金" in f[2] for f in found[1:3])
    assert all(f["source"] for f in line["findings"])


def test_review_when_lines_end_in_crlf_after_a_byte_order_mark_counts_them(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("\ufeff活不重。\r\n押金交齐".encode())
    _, (line,), _ = _run(file)
    (finding,) = line["findings"]
    assert file.read_bytes().decode()[slice(*finding["span"])] == "押金"


def test_review_when_files_cannot_be_read_says_so_and_goes_on(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.txt", "gb.txt", "bin.txt", "big.txt", "none.txt", "b.txt")]
    files[0].write_text("", "utf-8")
    files[1].write_bytes("押金".encode("gb18030"))
    files[2].write_bytes(b"\0\1\2")
    files[3].write_bytes(b"a" * (MOST_BYTES + 1))
    files[5].write_text("只要男的", "utf-8")
    status, lines, said = _run(*files[:5], tmp_path, files[5])
    assert status == 1
    assert [line["file"] for line in lines] == [str(files[0]), str(files[5])]
    assert lines[1]["findings"][0]["rule"] == "sex"
    assert [text in said for text in ("UTF-8", "太大了", "没有这个文件", "文件夹")] == [True] * 4
    assert len(said.splitlines()) == 5


def test_review_when_run_as_a_command_needs_neither_settings_nor_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.txt"
    file.write_text("信教的不要", "utf-8")
    assert main(["--state", str(tmp_path / "nowhere"), "review", str(file)]) == 0
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["severity"], finding["rule"]) == ("HOLD", "religion")
    assert not (tmp_path / "nowhere").exists()
