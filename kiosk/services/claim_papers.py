"""四份材料: the papers of article 14 with what they stand on, in one file.

Application, roster, score sheet, report, evidence, the records behind every number, and a list of them all. The county gets the list's
digest as a record: what was altered afterwards is seen.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiosk.domain.assessment import Area, Scored
from kiosk.domain.bundle import MANIFEST
from kiosk.domain.file_kind import FileKind
from kiosk.domain.ledger import standing, sums
from kiosk.domain.pay import capitals, yuan
from kiosk.domain.record import new_id
from kiosk.domain.running import Spending, SpendingKind
from kiosk.domain.yearly import PaperItem, PaperSet
from kiosk.errors import NotFound
from kiosk.services import assessment_words as words
from kiosk.services import roster as rosters
from kiosk.services.assessment import Assessment, assess, years
from kiosk.services.assessment_records import workbook
from kiosk.services.paper_templates import template_of
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.services.table_write import NOT_IN_NAMES, File
from kiosk.services.template import fill_docx, fill_xlsx, makes_pdf, to_pdf
from kiosk.text import t

TEMPLATES = {1: "application.docx", 3: "score.xlsx", 4: "report.docx"}
"""By their number in article 14; the second paper is the roster, which is made by itself, too."""


def papers(here: Here, session: Session, templates: Path, password: str = "", year: int | None = None) -> File:
    """Make the four papers of a year, this one unless another is named, as one zip; with a password the roster is the whole one, locked
    with it.

    Raises NotAllowed for all but the head, NotFound for a year that cannot be chosen, BadInput for a template that cannot be filled or a
    short password. What was made is handed in to the county: as a record of what each item came to, with the digest of the list of files,
    and as the file.
    """
    found = assess(here, session, year)
    if found.year not in years(here).all:
        raise NotFound(f"{found.year}")
    files = _four(here, session, templates, found, password) | _evidence(here, found)
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    total = words.number(found.score.total)
    manifest = json.dumps(
        {"station": here.station_id, "year": found.year, "points": total, "rubric": found.rubric.name, "files": listed},
        ensure_ascii=False,
        indent=1,
        sort_keys=True,
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in (*files.items(), (MANIFEST, manifest)):
            bundle.writestr(name, content)
    zipped = f"{_safe(found.station.name)}_{found.year}_{t('claim_papers.title')}.zip", out.getvalue()
    _hand_in(here, session, found, zipped, hashlib.sha256(manifest).hexdigest())
    return zipped


def _four(here: Here, session: Session, templates: Path, found: Assessment, password: str) -> dict[str, bytes]:
    """Fill the papers, by their names in the zip; each as PDF too where LibreOffice is here."""
    facts, papers = _facts(here, found), dict[str, bytes]()
    period, note = rosters.whole_year(found.year) if found.over else rosters.this_year(here), words.placeholder(found)
    whole = [rosters.full_file(here, session, templates, period, password, note)] if password else []
    # a PDF cannot be locked as Office's files are: that of the roster is never the whole one
    masked = [rosters.masked_file(here, session, templates, period, note)] if makes_pdf() or not whole else []
    papers |= {f"2_{name}": content for name, content in masked}
    for number, name in TEMPLATES.items():
        fill = fill_docx if name.endswith(".docx") else fill_xlsx
        title = f"{number}_{t(f'claim_papers.{Path(name).stem}')}{Path(name).suffix}"
        papers[title] = fill(template_of(here, templates, name), facts)
    pdfs = to_pdf(papers) if makes_pdf() else {}
    if whole and masked:
        del papers[f"2_{masked[0][0]}"]
    return {f"2_{name}": content for name, content in whole} | papers | pdfs


def _evidence(here: Here, found: Assessment) -> dict[str, bytes]:
    """Give what the numbers stand on: the records behind each, and what was shown, by their names in the zip."""
    folder = t("claim_papers.evidence")
    files = {f"{folder}/{t('claim_papers.records_file')}.xlsx": workbook(here, found)}
    with here.store.read() as u:
        for code, claim in sorted(found.claims.items()):
            shown = u.attached(claim.file_digest) if claim.file_digest else None
            if shown is not None:
                files[f"{folder}/{code}_{_safe(claim.file_name)}"] = shown
    return files


def _hand_in(here: Here, session: Session, found: Assessment, zipped: File, digest: str) -> None:
    """Keep what was made as a record and as a file for the county; of each year the last, of another one until the county has it."""
    now, total = here.now(), words.number(found.score.total)
    made = PaperSet(
        id=new_id(now),
        station_id=here.station_id,
        year=found.year,
        points=total,
        grade=found.score.grade.name,
        money_fen=found.score.money,
        official=found.rubric.official,
        rubric=found.rubric.name,
        rubric_from=found.rubric.effective_from,
        items=tuple(_stood(found, one) for one in found.score.items),
        digest=digest,
        file_name=zipped[0],
        file_size=len(zipped[1]),
        file_digest=hashlib.sha256(zipped[1]).hexdigest(),
        by_id=session.staff_id,
        by_name=session.name,
        made_at=now,
    )
    with here.store.write() as u:
        others = {one.year: one.file_digest for one in u.list(PaperSet, station_id=here.station_id) if one.year != made.year}
        lacking = {one[0] for one in u.unsent()} | {one[0] for one in u.refused_files()}
        u.keep(made)
        u.detach(FileKind.PAPERS, lacking.intersection(others.values()))
        u.attach(made.file_digest, zipped[1], FileKind.PAPERS)
        u.audit(now, session.staff_id, "claim_papers", made.id, digest=made.digest, points=total)


def _stood(found: Assessment, one: Scored) -> PaperItem:
    item, claim = one.item, found.claims.get(one.item.code)
    return PaperItem(
        code=item.code,
        area=item.area,
        name=item.name,
        unit=item.unit,
        value=None if one.value is None else words.number(one.value),
        points=words.number(one.points),
        most=words.number(item.most),
        measure=item.measure,
        file_name=claim.file_name if claim else "",
        file_digest=claim.file_digest if claim else "",
    )


def _safe(name: str) -> str:
    return NOT_IN_NAMES.sub("-", name)


def _facts(here: Here, found: Assessment) -> dict[str, Any]:
    """Give every field that a template may name."""
    score, station = found.score, found.station
    with here.store.read() as u:
        spendings = u.list(Spending, station_id=here.station_id)
    spent = sums(spendings).get(found.year, {})
    items = [_item(found, one) for one in score.items]
    return {
        "station": station.name,
        "level": t(f"level_of.{station.level}"),
        "address": station.address,
        "phone": station.phone.grouped(),
        "year": found.year,
        "today": words.day(here.today()),
        "until": words.day(found.until),
        "points": words.number(score.total),
        "grade": score.grade.name,
        "money": yuan(score.money),
        "money_capitals": capitals(score.money),
        "placeholder": words.placeholder(found),
        "spent_network": yuan(spent.get(SpendingKind.NETWORK, 0)),
        "spent_running": yuan(spent.get(SpendingKind.RUNNING, 0)),
        "ledger_lines": len([s for s in standing(spendings) if s.spent_on.year == found.year]),
        "easiest": list(words.lacking(found)),
        "items": items,
        "areas": [
            {
                "number": "一二三四五"[number],
                "name": t(f"area_of.{area}"),
                "points": words.number(score.of(area)),
                "most": words.number(found.rubric.most(area)),
                "items": [item for item, one in zip(items, score.items, strict=True) if one.item.area is area],
            }
            for number, area in enumerate(Area, start=1)
        ],
    }


def _item(found: Assessment, one: Scored) -> Mapping[str, Any]:
    item, claim, measured = one.item, found.claims.get(one.item.code), found.measured.get(one.item.code)
    file = claim.file_name if claim and claim.file_digest else ""
    proof = t("claim_papers.records", count=len(measured.ids)) if measured else file or t("assess.item_unproved")
    return {
        "code": item.code,
        "area": t(f"area_of.{item.area}"),
        "name": item.name,
        "source": item.source,
        "value": words.value(one),
        "aim": words.aim(one),
        "points": words.number(one.points),
        "most": words.number(item.most),
        "note": claim.note if claim else "",
        "file": file,
        "against": len(measured.against) if measured else 0,
        "proof": proof,
    }
