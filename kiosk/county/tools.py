"""The county's few tools, each one act on the database that settings name: codes, terminals, keys, feed, notices. Prints plain lines."""

import argparse
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from time import monotonic, sleep

import sqlalchemy as sa

from kiosk.county import backup, board_table, boards, doctor, enrolment, feed, notices, releases
from kiosk.county.app import make_engine
from kiosk.county.cluster import PrivateCluster
from kiosk.county.console import accounts
from kiosk.county.console.counter import ROOT
from kiosk.county.console.roles import Role
from kiosk.county.migrate import migrate
from kiosk.county.schema import device, record
from kiosk.county.settings import HubSettings
from kiosk.county.vault import open_vault
from kiosk.domain.notice import Notice, end_of
from kiosk.domain.release import UpdateStage
from kiosk.errors import ConfigError, NotFound
from kiosk.text import t

CHINA = timezone(timedelta(hours=8))
DOCTOR_LOOK_S = 1.0


def run(settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> int:
    """Run the tool that was chosen; raise KioskError."""
    engine = make_engine(settings.database)
    try:
        migrate(engine)
        print(TOOLS[chosen.command](engine, settings, chosen, now))
    finally:
        engine.dispose()
    return 0


def new_code(engine: sa.Engine, settings: HubSettings, station_name: str, now: datetime) -> str:
    """Make the line that enrols a terminal of the station with this name; raise NotFound."""
    with engine.begin() as connection:
        named = (record.c.county_id == settings.county, record.c.entity == "station", record.c.data["name"].astext == station_name)
        station_id = connection.scalar(sa.select(record.c.id).where(*named))
        if station_id is None:
            raise NotFound(f"station {station_name}")
        return enrolment.enrol_line(connection, open_vault(settings.key_path), settings, station_id, now)


def restore(settings: HubSettings, folder: Path, to: datetime | None) -> str:
    """Put the private cluster back from a backup; raise ConfigError, StoreError."""
    if settings.database:
        raise ConfigError("database: not a private cluster; see the installation guide for how to restore one of your own")
    backup.restore(PrivateCluster(settings.cluster_path), folder, to)
    return t("county_tool.restored")


def _devices(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    del chosen, now
    same = sa.and_(record.c.county_id == device.c.county_id, record.c.entity == "station", record.c.id == device.c.station_id)
    columns = (record.c.data["name"].astext.label("station"), device)
    query = sa.select(*columns).select_from(device.outerjoin(record, same)).where(device.c.county_id == settings.county)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(device.c.id)).all()
    return "\n".join(_line(row) for row in rows) or t("county_tool.no_devices")


def _line(row: sa.Row[tuple[object, ...]]) -> str:
    state = "revoked" if row.revoked_at else "renewing" if row.renew_asked_at and row.renew_asked_at > row.renewed_at else "good"
    heard = f"{row.heard_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if row.heard_at else t("county_tool.never")
    return f"{row.id}\t{row.station or ''}\t{t('county_tool.heard', when=heard)}\t{t(f'county_tool.{state}')}"


def _revoke(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    with engine.begin() as connection:
        enrolment.revoke(connection, settings.county, _named(connection, settings, chosen.device), now)
    return t("county_tool.revoke_done")


def _rotate(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    """Renew keys. The hub's own is renewed only when all terminals have taken those of the last time: one key is forgotten each time."""
    vault = open_vault(settings.key_path)
    with engine.begin() as connection:
        if chosen.hub:
            late = (device.c.county_id == settings.county, device.c.revoked_at.is_(None), device.c.renew_asked_at > device.c.renewed_at)
            count = connection.scalar(sa.select(sa.func.count()).where(*late))
            if count:
                raise ConfigError(t("county_tool.too_early", count=count))
            enrolment.reseal(connection, vault)
            accounts.reseal(connection, vault)
    if chosen.hub:
        vault.renew()
    with engine.begin() as connection:
        if chosen.hub:
            enrolment.reseal(connection, vault)
            accounts.reseal(connection, vault)
        one = _named(connection, settings, chosen.device) if chosen.device and not chosen.hub else None
        enrolment.ask_to_renew(connection, settings.county, one, now)
    return t("county_tool.rotate_done")


def _named(connection: sa.Connection, settings: HubSettings, beginning: str) -> str:
    """Find the one terminal whose id begins so; raise NotFound."""
    begins = (device.c.county_id == settings.county, device.c.id.startswith(beginning, autoescape=True))
    found = connection.scalars(sa.select(device.c.id).where(*begins).limit(2)).all()
    if len(found) != 1:
        raise NotFound(t("county_tool.not_one", beginning=beginning))
    return str(found[0])


def _code(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    return new_code(engine, settings, chosen.station, now)


def _renew(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    del chosen
    with engine.begin() as connection:
        feed.renew(connection, settings.county, now)
    return t("county_tool.renew_done")


def _backup(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    del engine, now
    cluster = PrivateCluster(settings.cluster_path)
    if settings.database != cluster.url():
        raise ConfigError("database: not a private cluster; see the installation guide for how to back one of your own up")
    made = backup.backup(cluster, chosen.folder)
    return t("county_tool.backed_up", folder=made)


def _boards(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    with engine.connect() as connection:
        said = board_table.table(connection, settings.county, now)
        if chosen.pictures is None:
            return said
        return f"{said}\n{board_table.save_pictures(connection, settings.county, chosen.pictures)}"


def _doctor(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    """Ask a station's terminals how they are; wait for their answers, and give the newest there are."""
    with engine.begin() as connection:
        try:
            ids = doctor.ask(connection, settings.county, chosen.station, now)
        except NotFound:
            raise NotFound(t("county_doctor.no_station", station=chosen.station)) from None
    until = monotonic() + chosen.wait
    while True:
        with engine.connect() as connection:
            found = doctor.answers(connection, settings.county, ids)
        if all(one.is_new for one in found) or monotonic() >= until:
            return "\n".join(line for one in found for line in _answer_lines(one))
        sleep(DOCTOR_LOOK_S)


def _answer_lines(one: doctor.Answer) -> Iterator[str]:
    device_id = one.device_id[: board_table.DEVICE_DIGITS]
    if one.report is None or one.answered_at is None:
        yield t("county_doctor.nothing_yet", device=device_id)
        return
    when = f"{one.answered_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    yield t("county_doctor.head" if one.is_new else "county_doctor.earlier", device=device_id, when=when, version=one.report.version)
    for line in one.report.lines:
        yield f"{t('doctor.good' if line.good else 'doctor.bad')}\t{t('doctor.numbered', number=line.number, text=line.text)}"


def _notice(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    with engine.begin() as connection:
        if chosen.back is not None:
            try:
                gone = notices.take_back(connection, settings.county, chosen.back, now)
            except NotFound:
                raise NotFound(t("county_tool.not_one_notice", beginning=chosen.back)) from None
            return t("county_tool.notice_back", title=gone.title)
        if chosen.title is not None:
            first = datetime.combine(chosen.first, time(), CHINA) if chosen.first else now
            ends_at = end_of(chosen.last or first.astimezone(CHINA).date())
            made = notices.put_up(connection, settings.county, chosen.title, chosen.body, chosen.urgent, first, ends_at, now)
            return t("county_tool.notice_up", title=made.title)
        standing = notices.standing(connection, settings.county, now)
    return "\n".join(map(_notice_line, standing)) or t("county_tool.no_notices")


def _notice_line(notice: Notice) -> str:
    first, last = notice.starts_at.astimezone(CHINA), notice.ends_at.astimezone(CHINA)
    urgent = t("county_tool.urgent") if notice.urgent else ""
    return f"{notice.id}\t{first:%Y-%m-%d %H:%M}\t{last:%Y-%m-%d %H:%M}\t{urgent}\t{notice.title}"


def _release(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    with engine.begin() as connection:
        match chosen.act:
            case "add":
                made = releases.add(connection, settings, chosen.file, now)
                return t("county_release.added", version=made.version, name=made.name)
            case "offer":
                stations = [name for name in chosen.stations.split(",") if name]
                releases.offer(connection, settings.county, chosen.version, stations, now)
                return t("county_release.offered")
            case "withdraw":
                releases.withdraw(connection, settings.county, chosen.version)
                return t("county_release.withdrawn", version=chosen.version)
        known, told = releases.known(connection, settings.county), boards.told(connection, settings.county)
    lines = [f"{version}\t{added_at.astimezone(CHINA):%Y-%m-%d %H:%M}\t{_offered_to(names)}" for version, added_at, names in known]
    lines = lines or [t("county_release.none")]
    for one in told:
        report = one.report
        update = report.update if report else None
        known_word = update is not None and update.stage in set(UpdateStage)  # a later program may say others
        stage = t(f"county_release.{update.stage}", version=update.version, done=update.done) if update and known_word else ""
        lines.append(f"{one.station}\t{one.device_id}\t{report.version if report else ''}\t{stage}")
    return "\n".join(lines)


def _offered_to(names: list[str]) -> str:
    if not names:
        return t("county_release.to_nobody")
    return t("county_release.to_all") if "" in names else t("county_release.to_some", names="、".join(names))


def invite(settings: HubSettings, login: str, name: str, now: datetime) -> str:
    """Invite somebody of the county centre to the console, anew where the account is there; give what to tell him."""
    engine = make_engine(settings.database)
    book = accounts.Accounts(settings.county, open_vault(settings.key_path))
    with engine.begin() as connection:
        known = {user.login: user.id for user in book.all(connection)}
        if login.lower() in known:
            code = book.invite(connection, now, "", known[login.lower()])
        else:
            _, code = book.add(connection, now, "", login, name or t("console.role.centre"), Role.CENTRE)
    engine.dispose()
    return t("county_tool.invited", address=f"{settings.phone_base}{ROOT}/join", login=login, code=code)


def _user(engine: sa.Engine, settings: HubSettings, chosen: argparse.Namespace, now: datetime) -> str:
    del engine
    return invite(settings, chosen.login, chosen.name or "", now)


TOOLS: dict[str, Callable[[sa.Engine, HubSettings, argparse.Namespace, datetime], str]] = {
    "code": _code,
    "devices": _devices,
    "boards": _boards,
    "doctor": _doctor,
    "revoke": _revoke,
    "rotate": _rotate,
    "renew": _renew,
    "notice": _notice,
    "user": _user,
    "backup": _backup,
    "release": _release,
}
