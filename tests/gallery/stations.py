"""The two stations of the gallery: one full of the samples, with what is long and rare besides; one that opened today."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk import bootstrap
from kiosk.config import Settings
from kiosk.domain.codes import AgeBand, PayUnit, Trade
from kiosk.domain.listing import Listing, Review
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id
from kiosk.domain.station import Role
from kiosk.domain.worker import Worker, WorkerState
from kiosk.services.fill import STATION as SAMPLE_STATION
from kiosk.services.fill import fill_station
from kiosk.services.sample import load_sample
from kiosk.services.sign_in import add_staff
from kiosk.store.migrate import make_key, migrate
from kiosk.store.store import Store, open_store
from tests.station import PIN, a_listing, a_review

NOW = datetime(2026, 11, 23, 7, 42, tzinfo=UTC)
LONG_TITLE = "急招装卸工：物流园夜班卸货，自带手套，包吃住，工钱当天结清不拖欠"
LONG_NAME = "阿卜杜热依木·买买提·吐尔逊江·艾买提江"
LONG_FIRM = "湖北省孝感市云梦县汉十高速物流园装卸搬运服务有限责任公司第三分公司"
LONG_CODE, LONG_PHONE = "73190462", "19900007319"


def make(folder: Path) -> tuple[Path, Path]:
    """Make both in `folder`; give their folders."""
    full, empty = folder / "full", folder / "empty"
    store = _new(full)
    fill_station(store, bootstrap.ASSETS / "sample", NOW)
    _add_the_long(store)
    _new_station(_new(empty))
    return full, empty


def _new(state: Path) -> Store:
    settings = Settings(state=str(state))
    state.mkdir(parents=True)
    migrate(settings.store_path, make_key(settings.key_path))
    return open_store(settings.store_path, settings.key_path.read_text().strip(), clock=lambda: NOW)


def _add_the_long(store: Store) -> None:
    """Add the county's policies and courses, and a listing and a worker whose every word is as long as it may be."""
    sample = load_sample(bootstrap.ASSETS / "sample", NOW)
    station = next(s for s in sample.stations if s.name == SAMPLE_STATION)
    long = a_listing(
        NOW - timedelta(hours=1),
        id=new_id(NOW - timedelta(hours=1)),
        station_id=station.id,
        title=LONG_TITLE,
        employer_name=LONG_FIRM,
        place="汉十物流园三号仓库北门往里走两百米红色大棚",
        requirements="能吃苦，穿平底鞋（自备），自带手套，听从安排，不迟到不早退，年满十八岁",
        description="搬 25 公斤以内的箱子，上下货车。夜里两点有夜宵。下雨照常。" * 3,
        contact_name=PersonName(LONG_NAME),
    )
    with store.write() as u:
        for record in (*sample.policies, *sample.trainings, *(n for n in sample.notices if n.station_id is None)):
            u.put(record)
        u.keep(long)
        u.keep(a_review(long, NOW - timedelta(minutes=30)))
        u.keep(
            Worker(
                id=new_id(NOW),
                revision=1,
                station_id=station.id,
                name=PersonName(LONG_NAME),
                phone=Phone(LONG_PHONE),
                age_band=AgeBand.ADULT,
                trades=tuple(Trade),
                pay_fen=18000,
                pay_unit=PayUnit.DAY,
                area=None,
                code=LONG_CODE,
                state=WorkerState.ACTIVE,
                consented_at=NOW,
                registered_at=NOW,
                number="YT-1123-0099",
                notice_version="1",
            )
        )


def _new_station(store: Store) -> None:
    sample = load_sample(bootstrap.ASSETS / "sample", NOW)
    station = next(s for s in sample.stations if s.name == SAMPLE_STATION)
    with store.write() as u:
        u.put(station)
        u.remember("station.id", station.id)
        add_staff(u, NOW, station.id, "李芳", Role.HEAD, PIN)


__all__ = ["LONG_CODE", "LONG_FIRM", "LONG_NAME", "LONG_PHONE", "LONG_TITLE", "NOW", "Listing", "Review", "make"]
