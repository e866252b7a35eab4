"""A small office for looking at pages by hand before a store exists, with invented listings."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kiosk.domain.codes import Meals, PayUnit, Settlement, Trade
from kiosk.domain.listing import PublicListing, Published
from kiosk.domain.privacy import Phone
from kiosk.domain.station import StaffCall
from kiosk.errors import StoreBusy, WrongKey
from kiosk.services.call import Called

NOW = datetime(2026, 11, 23, 7, 42, tzinfo=UTC)


def listing(n: int, title: str, trade: Trade, headcount: int, yuan: float, unit: PayUnit, area: str, start: date, **more: Any) -> Published:
    one = PublicListing(
        id=f"sample-{n}",
        revision=1,
        station_id="s",
        title=title,
        trade=trade,
        headcount=headcount,
        employer_name="云梦县汉十物流有限公司",
        requirements="",
        description="",
        area=area,
        place="汉十物流园",
        starts_on=start,
        ends_on=start + timedelta(days=9),
        pay_fen=round(yuan * 100),
        pay_unit=unit,
        settlement=Settlement.DAILY,
        meals=more.pop("meals", Meals.NONE),
        **more,
    )
    return Published(seq=n, number=n, published_at=NOW, day_fen=None, listing=one)


TODAY = date(2026, 11, 23)
LISTINGS = (
    listing(
        17, "装卸工", Trade.LOADING, 3, 260, PayUnit.DAY, "420923101", date(2026, 11, 24), day_start_min=420, day_end_min=1020, break_min=60
    ),
    listing(18, "酒席帮厨", Trade.KITCHEN, 2, 180, PayUnit.DAY, "420923100", date(2026, 11, 28), meals=Meals.TWO),
    listing(19, "摘冬枣", Trade.FARMING, 10, 22, PayUnit.HOUR, "420923102", date(2026, 11, 24), meals=Meals.TWO),
)


class SampleOffice:
    @property
    def here(self) -> Any:
        return None

    def home(self) -> Any:
        return SimpleNamespace(
            station=SimpleNamespace(name="义堂站", phone=Phone("07124000001")), total=128, newest=LISTINGS, updated_at=NOW
        )

    def call_staff(self, where: str) -> Any:
        call = StaffCall(id="c", where=where, called_at=NOW)
        return Called(call=call, shut=False, hours="", phone=Phone("07124000001"))

    def call_of(self, call_id: str) -> Any:
        return StaffCall(id=call_id, where="", called_at=NOW)

    def take_back(self, call_id: str) -> None:
        return None

    def mini_program(self) -> str:
        return "https://hubei.example/k/mini"

    def mini_program_picture(self, folder: Path) -> str:
        return ""


class FaultyOffice(SampleOffice):
    """A station whose key does not fit."""

    def home(self) -> Any:
        raise WrongKey("station.key")


class OldOffice(SampleOffice):
    """A station that has not heard of the county for a day."""

    def home(self) -> Any:
        facts = super().home()
        facts.updated_at = NOW - timedelta(days=1)
        facts.newest = ()
        facts.total = 0
        return facts


class BusyOffice(SampleOffice):
    """A station whose store cannot be read just now."""

    @property
    def here(self) -> Any:
        return SimpleNamespace(store=self)

    def read(self) -> Any:
        raise StoreBusy("database is locked")
