"""The bundle of a station's papers at the console: held against what was handed in, file by file, wherever it came from."""

import io
import zipfile
from collections.abc import Mapping

from kiosk.county import files
from kiosk.county.console.audit import acts
from kiosk.county.console.counter import local
from kiosk.domain.bundle import MANIFEST
from kiosk.sync.protocol import BODY_MAX_BYTES
from kiosk.text import t
from tests.console.conftest import Browser, Console
from tests.console.handed_in import PAGE, hand_in, papers_of, site
from tests.hub_parts import COUNTY, OURS
from tests.safety.parts import Site, add

__all__ = ["site"]
SAME, ALTERED, ABSENT = (f">{t(f'console.bundle.{state}')}" for state in ("same", "altered", "absent"))


def changed(bundle: bytes, files_: Mapping[str, bytes]) -> bytes:
    """Give a bundle in which these files are others, or new."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in sorted({*before.namelist(), *files_}):
            after.writestr(name, files_[name] if name in files_ else before.read(name))
    return out.getvalue()


def bring(browser: Browser, content: bytes, name: str = "材料.zip") -> str:
    browser.open(PAGE)
    return browser.send(f"{PAGE}/check", files={"bundle": (name, content)})


def test_bundle_when_it_came_over_the_line_is_held_against_its_record_each_time(console: Console, site: Site) -> None:
    centre = console.signed_in()
    page = centre.open(PAGE)
    assert SAME in page
    assert ALTERED not in page
    path = files.path_of(console.hub.settings, OURS.id, papers_of(site).file_digest)
    whole = path.read_bytes()
    score = next(name for name in zipfile.ZipFile(io.BytesIO(whole)).namelist() if name.startswith("3_"))
    other = changed(whole, {score: b"another"})
    # the hub's own disk was written to: as long as before, so that the file counts as there
    path.write_bytes(other[: len(whole)] if len(other) >= len(whole) else other + bytes(len(whole) - len(other)))
    page = centre.open(PAGE)
    assert f"{ALTERED}{score}" in page
    assert SAME not in page
    path.write_bytes(b"x" * len(whole))
    assert f"{ALTERED}{papers_of(site).file_name}" in centre.open(PAGE)
    path.unlink()
    assert ABSENT in centre.open(PAGE)


def test_bundle_when_brought_on_a_stick_is_told_the_same(console: Console, site: Site) -> None:
    centre = console.signed_in()
    path = files.path_of(console.hub.settings, OURS.id, papers_of(site).file_digest)
    first = path.read_bytes()
    page = bring(centre, first)
    assert page.count(SAME) == 2
    assert t("console.bundle.brought", name="材料.zip") in page
    large = {"more.bin": bytes(BODY_MAX_BYTES + 1), "3_工作考核评分表.xlsx": b"another"}
    assert f"{ALTERED}3_工作考核评分表.xlsx、more.bin<" in bring(centre, changed(first, large))
    assert f"{ALTERED}{MANIFEST}<" in bring(centre, changed(first, {MANIFEST: b"{}"}))
    older = t("console.bundle.older", when=f"{local(papers_of(site).made_at):%Y-%m-%d %H:%M}")
    assert older not in bring(centre, first)
    site.clock.tick(minutes=1)
    add(site.station.here, "13900001235", "刘桂香")
    hand_in(site, console)
    assert older in bring(centre, first)
    for content, key in ((b"hello", "none"), (b"", "none"), (first[:-100], "none")):
        assert (t(f"bad.bundle.{key}") in bring(centre, content), centre.status) == (True, 422)
    centre.open(PAGE)
    assert t("bad.bundle.empty") in centre.send(f"{PAGE}/check")
    with console.hub.engine.connect() as connection:
        said = [one.facts["result"] for one in acts(connection, COUNTY) if one.act == "bundle_checked"]
    assert said == ["same", "same", "altered", "altered", "same"]
