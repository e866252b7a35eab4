"""What a county's rooms hold besides listings and people, made up from a seed: employers and holds, reports, papers that were handed in and
judged, terminals as they told, what was published. Nobody is meant.

Listings stand there already (tests.county_year); each employer gets some of those of his station.
"""

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from PIL import Image, ImageDraw

from kiosk.county import assessing, boards, doctor, files
from kiosk.county.editions import Kind, save
from kiosk.county.judge import Author
from kiosk.county.listing_rows import of_employers, refresh
from kiosk.county.publish import publish
from kiosk.county.schema import device
from kiosk.county.settings import HubSettings
from kiosk.domain.assessment import NOTHING, Rubric
from kiosk.domain.board_seen import BoardSeen
from kiosk.domain.codes import AREAS
from kiosk.domain.employer import Employer, EmployerHold, EmployerKind, EmployerSight, Seen
from kiosk.domain.file_kind import FileKind
from kiosk.domain.judgement import band_of
from kiosk.domain.measures import CHINA
from kiosk.domain.notice import Notice
from kiosk.domain.print_job import PrinterState
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.report import Report, ReportReason
from kiosk.domain.review import RuleBook
from kiosk.domain.station import COUNTY as BY_COUNTY
from kiosk.domain.station import Station
from kiosk.domain.yearly import PaperItem, PaperSet
from kiosk.sync.protocol import DoctorLine, DoctorReport, StationHealth
from tests.bench.data import JOBS, SURNAMES
from tests.county_year import keep
from tests.hub_parts import COUNTY

LINKED = 20
"""So many listings name each employer's file."""
HELD = 10
"""Every so many-th employer is held."""
FIRMS = 1500
"""So many names: some firms are on file at several stations."""
LINK = sa.text(
    "UPDATE record SET data = data || jsonb_build_object('employer_id', given.employer)"
    " FROM unnest(CAST(:listings AS text[]), CAST(:employers AS text[])) AS given(listing, employer)"
    " WHERE record.county_id = :county AND record.entity = 'listing' AND record.id = given.listing"
)
POLICY = {
    "title": "一次性求职补贴",
    "summary": "家里困难、出来找工作的，可以申请一次。",
    "who": "脱贫户、低保户里正在找工作的人。",
    "how": "带身份证到村里报名。",
    "body": "一个人只发一次。\n打到本人的银行卡上。",
    "phone": "07124000001",
    "sample": False,
}
TRAINING = {
    "title": "养老护理员",
    "body": "一半时间在福利院里跟着做。",
    "area": "420923100",
    "place": "县职教中心 3 号楼",
    "days": 10,
    "seats": 40,
    "fee_fen": 0,
    "subsidy": "",
    "phone": "12333",
    "sample": False,
}


class StationRooms:
    """Makes what one station has. `listing_ids` are of its listings, those of its employers taken from the front, reports from the end."""

    def __init__(self, station: Station, now: datetime, seed: int, listing_ids: Sequence[str]) -> None:
        self.station, self.now, self.rng, self.listing_ids = station, now, random.Random(seed), listing_ids

    def put(self, connection: sa.Connection, employers: int, reports: int, rules: RuleBook) -> None:
        """Keep so many employers and reports, and tell the listings whose they are."""
        made = [(self._employer(), self.listing_ids[n * LINKED : (n + 1) * LINKED]) for n in range(employers)]
        links = {listing_id: one.id for one, some in made for listing_id in some}
        about = [record for n, (one, _) in enumerate(made) for record in self._about(one, held=n % HELD == 0)]
        told = [self._report(listing_id) for listing_id in self.listing_ids[-reports:]] if reports else []
        keep(connection, COUNTY, [one for one, _ in made] + about + told, self.now)
        connection.execute(LINK, {"listings": list(links), "employers": list(links.values()), "county": COUNTY})
        refresh(connection, COUNTY, list(links), self.now, rules)
        refresh(connection, COUNTY, of_employers(connection, COUNTY, [one.id for one, _ in made]), self.now, rules)

    def hand_in(self, connection: sa.Connection, settings: HubSettings, year: int, rubric: Rubric) -> PaperSet:
        """Hand the papers of a year in, with a picture for what nobody measures."""
        shown = _picture(f"{self.station.name} {year}")
        digest = sha256(shown).hexdigest()
        part = files.Part(digest=digest, kind=FileKind.EVIDENCE, size=len(shown), offset=0, data=shown)
        files.take(connection, settings, Author(COUNTY, self.station.id, ""), part, self.now, reserve=0)
        papers = self._papers(year, rubric, digest)
        keep(connection, COUNTY, [papers], self.now)
        return papers

    def judge(self, connection: sa.Connection, papers: PaperSet, rubric: Rubric, *, out: bool) -> None:
        """Judge what was handed in, and let it `out`."""
        year, today = papers.year, self.now.date()
        words = "安全用电的牌子要挂出来"
        assessing.judge(connection, COUNTY, year, self.station.id, 0, {}, {}, words, None, rubric.grades, "周敏", self.now, today)
        if out:
            assessing.publish(connection, COUNTY, papers.year, self.station.id, self.now)

    def install(self, connection: sa.Connection, count: int) -> list[str]:
        """Set so many terminals up; give their ids. They have told nothing yet."""
        ids = [new_id(self.now) for _ in range(count)]
        same = {"county_id": COUNTY, "station_id": self.station.id, "salt": "s", "generation": 1}
        rows = [same | {"id": one, "enrolled_at": self.now, "renewed_at": self.now, "heard_at": self.now} for one in ids]
        connection.execute(sa.insert(device), rows)
        return ids

    def _ago(self, days: float) -> datetime:
        return self.now - timedelta(seconds=self.rng.randrange(1, int(days * 86_400)))

    def _employer(self) -> Employer:
        firm = self.rng.randrange(FIRMS)
        kinds = [kind for job in JOBS.values() for kind in job.employers.split()]
        created = self._ago(300)
        seen: dict[str, Any] = (
            {"verified_on": created.date(), "verified_what": "营业执照", "verified_by": "李芳"} if self.rng.random() < 0.8 else {}
        )
        return Employer(
            id=new_id(created),
            revision=1,
            station_id=self.station.id,
            kind=EmployerKind.UNIT,
            name=f"云梦县{SURNAMES[firm % len(SURNAMES)]}记{kinds[firm % len(kinds)]}",
            phone=Phone(f"1990000{firm:04}"),
            area=self.station.area,
            created_at=created,
            **seen,
        )

    def _about(self, one: Employer, *, held: bool) -> Iterator[Any]:
        """Give what was seen of an employer, and that he is held: by his station, or by the county for all."""
        who: dict[str, Any] = {"station_id": self.station.id, "employer_id": one.id, "by_id": "r", "by_name": "李芳"}
        for what in Seen if one.verified_on else ():
            yield EmployerSight(id=new_id(one.created_at), what=what, note="原件，看过了", seen_at=one.created_at, **who)
        if held:
            at = self._ago(60)
            hold = EmployerHold(id=new_id(at), held=True, reason="三个人没拿到工钱", decided_at=at, **who)
            yield replace(hold, station_id=BY_COUNTY, by_name="县中心 周敏") if self.rng.random() < 0.5 else hold

    def _report(self, listing_id: str) -> Report:
        at, reason = self._ago(20), self.rng.choice(list(ReportReason))
        return Report(id=new_id(at), station_id=self.station.id, listing_id=listing_id, reason=reason, words="和说的不一样", reported_at=at)

    def _papers(self, year: int, rubric: Rubric, shown: str) -> PaperSet:
        made_at = min(self.now, self.now.replace(year=year, month=12, day=20))
        items = []
        for item in rubric.items:
            value = self.rng.choice(item.curve)[0]
            proof = {} if item.measure else {"file_name": "三个区.jpg", "file_digest": shown}
            said = {"value": str(value), "points": str(item.points(value)), "most": str(item.most), "unit": item.unit}
            items.append(PaperItem(code=item.code, area=item.area, name=item.name, measure=item.measure, **said, **proof))
        total = sum((Decimal(item.points) for item in items), NOTHING)
        band = band_of(rubric.grades, total)
        return PaperSet(
            id=new_id(made_at),
            station_id=self.station.id,
            year=year,
            points=str(total),
            grade=band.name,
            money_fen=band.money(self.station.level),
            official=rubric.official,
            rubric=rubric.name,
            rubric_from=rubric.effective_from,
            items=tuple(items),
            digest=sha256(b"list").hexdigest(),
            file_name="四份材料.zip",
            file_size=1,
            file_digest=sha256(b"papers").hexdigest(),
            by_id="r",
            by_name="李芳",
            made_at=made_at,
        )


def tell(connection: sa.Connection, device_ids: Sequence[str], now: datetime) -> None:
    """Let terminals tell how they are, with what their boards show; every tenth is in trouble, and every tenth answered its doctor."""
    good = StationHealth(
        version="2026.11",
        at=now,
        board=BoardSeen(alive_at=now, state="on", kind="jobs", pages=9),
        board_alive=True,
        printer=PrinterState(since=now),
        free_mb=20_000,
        clock_offset_s=0.4,
    )
    bad = replace(good, printer=PrinterState(trouble="paper", since=now), free_mb=300, clock_offset_s=-4000.0, parked=2, board_alive=False)
    picture = _picture("义堂站 装卸工 260 元/天")
    for number, one in enumerate(device_ids):
        boards.note(connection, COUNTY, one, good if number % 10 else bad, picture, now)
        if number % 10 == 0:
            doctor.ask_one(connection, COUNTY, one, now)
            lines = (DoctorLine(number=1, good=True, text="时间准"), DoctorLine(number=3, good=False, text="打印机：纸用完了"))
            report = DoctorReport(question=doctor.question(connection, COUNTY, one), version="2026.11", at=now, lines=lines)
            doctor.note(connection, COUNTY, one, report, now)


def put_out(connection: sa.Connection, now: datetime, each: int) -> None:
    """Publish so many policies, courses and notices, the policies written twice; some wait for their day, some are over."""
    today = now.astimezone(CHINA).date()
    areas = list(AREAS)
    for number in range(each):
        soon = today + timedelta(days=9) if number % 5 == 4 else today
        policy, course = new_id(now), new_id(now)
        words = POLICY | {"title": f"{POLICY['title']}（{number + 1}）", "published_on": f"{soon}"}
        save(connection, COUNTY, Kind.POLICY, policy, 0, words, today, "", now)
        save(connection, COUNTY, Kind.POLICY, policy, 1, words | {"body": "今年起一个人可以发两次。"}, soon, "", now)
        lesson = TRAINING | {"starts_on": f"{soon + timedelta(days=10)}", "area": areas[number % len(areas)]}
        save(connection, COUNTY, Kind.TRAINING, course, 0, lesson, soon, "", now)
        starts_at = now - timedelta(days=7 * (number % 5) - 8)
        notice = Notice(
            id=new_id(starts_at),
            revision=1,
            station_id=None,
            title=f"十二月 {number + 1} 号停电",
            body="下午两点到五点，终端开不了，请上午来办。",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(days=10),
        )
        publish(connection, COUNTY, [notice], now)


def _picture(words: str) -> bytes:
    """Draw what a board might show, small as a board's picture is sent."""
    made, drawn = io.BytesIO(), Image.new("RGB", (480, 270), "#10233c")
    for row in range(6):
        ImageDraw.Draw(drawn).rectangle((20, 30 + 38 * row, 460, 58 + 38 * row), fill="#1d3a5f")
    drawn.save(made, "JPEG", comment=words.encode())
    return made.getvalue()
