"""The hub's web application: routes, who is calling, and how every failure is said. Rules and statements stand in the modules it calls.

Nothing is kept outside the database. The API answers JSON and typed errors only, the phone pages HTML only; both never show a value
that was sent.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Body, Depends, FastAPI, Header, Query, Request, Response
from fastapi import Path as PathParam
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from kiosk.body_limit import BodyLimit
from kiosk.config import is_loopback
from kiosk.county import authority, boards, digest, doctor, enrolment, feed, files, health, limits, logs, metrics, releases, witness
from kiosk.county.bell import LINE, Bell
from kiosk.county.console.app import make_console
from kiosk.county.console.counter import ROOT
from kiosk.county.enrolment import Device, EnrolError
from kiosk.county.feed import CursorGoneError, Reader
from kiosk.county.judge import Author, EpochUsedError
from kiosk.county.limits import TooOftenError
from kiosk.county.migrate import migrate
from kiosk.county.phone import PhoneDesk
from kiosk.county.phone_routes import PhoneLimit, add_pages
from kiosk.county.pull import Page, Pages
from kiosk.county.push import push
from kiosk.county.rulings import Rulings
from kiosk.county.settings import HubSettings
from kiosk.county.vault import open_vault
from kiosk.domain.file_kind import FileKind
from kiosk.domain.matching import AreaTable
from kiosk.domain.record import RecordError
from kiosk.errors import NotFound
from kiosk.sync.protocol import (
    AUTHORITY,
    BATCH_MAX,
    BLOBS,
    BODY_MAX_BYTES,
    CHANGES,
    DIGESTS,
    DOCTOR,
    ENROL,
    EPOCH,
    FILE_MAX_BYTES,
    FILES,
    HEALTH,
    KEYS,
    NAME_MAX,
    PULL_MAX,
    PUSH_MAX,
    RELEASES,
    VERSION,
    WAIT_MAX_S,
    WITNESS,
    AuthorityAnswer,
    BucketBody,
    Digests,
    DoctorNoted,
    DoctorReport,
    EnrolAnswer,
    EnrolRequest,
    ErrorBody,
    FileList,
    FileState,
    Health,
    HealthNoted,
    Keys,
    Problem,
    PullBody,
    PushAnswer,
    PushBody,
    PushRequest,
    ReleaseAnswer,
    StationHealth,
    WitnessAnswer,
    WitnessBody,
    WitnessRequest,
    decode,
    encode,
    text_of,
)

STATUS_OF = {
    Problem.BAD_REQUEST: 422,
    Problem.TOO_LARGE: 413,
    Problem.UNAUTHORIZED: 401,
    Problem.REVOKED: 403,
    Problem.EPOCH_USED: 409,
    Problem.CURSOR_GONE: 410,
    Problem.CODE_UNKNOWN: 403,
    Problem.CODE_USED: 403,
    Problem.CODE_EXPIRED: 403,
    Problem.CODE_OTHER_STATION: 403,
    Problem.TOO_MANY: 429,
    Problem.NOT_FOUND: 404,
    Problem.FILE_KIND: 422,
    Problem.FILE_BROKEN: 422,
    Problem.STATION_FULL: 413,
    Problem.NO_ROOM: 507,
    Problem.UNAVAILABLE: 503,
    Problem.INTERNAL: 500,
}


SHA256 = "^[0-9a-f]{64}$"
LARGE = {rf"{ROOT}/assessment/\d+/[^/]+/check": FILE_MAX_BYTES[FileKind.PAPERS] + 64 * 1024}
"""Where a body may be larger: a station's papers that came by another way."""
AWAY_S = "5"
"""So long a station waits at least when the database is away or busy, or its disk is full."""
STATEMENT_S, LOCK_S = 20, 5
"""So long a statement may take, or wait for another's, while a station waits: it gives up after thirty seconds, and nobody would hear."""


class ProblemError(Exception):
    """A whole request is refused."""

    def __init__(self, problem: Problem, message: str = "") -> None:
        super().__init__(problem)
        self.problem, self.message = problem, message


def make_engine(url: str, *, serving: bool = False) -> sa.Engine:
    """Open the pool. Parameters never stand in an error's text: they are people.

    `serving`: somebody waits for the answer, so no statement and no wait for a lock lasts for ever, and none is compiled first: that took
    longer than it saved (10 of 75 ms of a year's recount *(tried)*). What counts, migrates or backs up may take its time.
    """
    waits = {"options": f"-c statement_timeout={STATEMENT_S}s -c lock_timeout={LOCK_S}s -c jit=off"} if serving else {}
    line: dict[str, Any] = {**LINE, **waits}
    return sa.create_engine(url, pool_size=8, max_overflow=8, pool_timeout=10, pool_pre_ping=True, hide_parameters=True, connect_args=line)


def make_app(
    settings: HubSettings,
    *,
    sheets: Mapping[str, str] | None = None,
    areas: AreaTable | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """Make the hub for the database that settings name, bringing it to the newest version.

    `sheets`: by name what the program came with of what the county may publish anew: the tables of the rules, and the rubric.
    """
    patient = make_engine(settings.database)
    migrate(patient)
    patient.dispose()
    engine = make_engine(settings.database, serving=True)
    # each statement by itself: half as many ways to the database and back
    single = engine.execution_options(isolation_level="AUTOCOMMIT")
    replica = make_engine(settings.replica, serving=True) if settings.replica else engine
    reading = replica.execution_options(isolation_level="AUTOCOMMIT")
    rulings, pages = Rulings(settings.county, sheets), Pages()
    vault, pem = open_vault(settings.key_path), authority.authority_pem(settings)

    def open_county() -> None:
        with engine.begin() as connection:
            feed.open_county(connection, settings.county, clock())

    bell = Bell(engine.url.set(drivername="postgresql").render_as_string(hide_password=False), settings.county, open_county)
    open_county()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        bell.start()
        yield
        await bell.stop()
        engine.dispose()
        replica.dispose()

    app = FastAPI(title="Yunmeng gig-worker stations: county hub", version=str(VERSION), lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.bell, app.state.engine = bell, engine
    sa.event.listen(engine, "checkout", lambda *_: metrics.POOL.inc())
    sa.event.listen(engine, "checkin", lambda *_: metrics.POOL.dec())
    app.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=6)
    app.add_middleware(BodyLimit, most=BODY_MAX_BYTES, more=LARGE)
    _add_errors(app)
    add_pages(app, engine, settings, PhoneDesk(settings.county, vault, rulings, areas), clock)

    def count(who: str, most: int) -> None:
        with single.connect() as connection:
            limits.count(connection, settings.county, who, most, clock())

    def caller(request: Request, authorization: Annotated[str, Header()] = "") -> Device:
        scheme, _, token = authorization.partition(" ")
        with single.connect() as connection:
            device = enrolment.identify(connection, vault, settings.county, token, clock()) if scheme.lower() == "bearer" else None
            if device is not None and not device.revoked:
                limits.count(connection, settings.county, device.id, limits.TERMINAL, clock())
        if device is None or device.revoked:
            count(limits.source(request), limits.STRANGER)
            raise ProblemError(Problem.REVOKED if device else Problem.UNAUTHORIZED)
        request.state.device = device.id
        return device

    app.mount(ROOT, make_console(engine, replica, settings, vault, rulings, clock))
    app.add_middleware(PhoneLimit, count=lambda request: count("phone " + limits.source(request), limits.PHONE))
    app.add_middleware(logs.Observed)

    errors: dict[int | str, dict[str, Any]] = {s: {"model": ErrorBody} for s in sorted({*STATUS_OF.values()})}

    @app.post(CHANGES, response_model=PushAnswer, responses=errors)
    def push_changes(body: PushBody, device: Annotated[Device, Depends(caller)]) -> Response:
        """Take a batch of changes. Sent again, it changes nothing; a refused change never blocks the others."""
        try:
            changes = {"order": body.changes.order, "groups": body.changes.groups}
            request = decode(PushRequest, {"epoch": body.epoch, "batch": body.batch, "key": body.key, "changes": changes})
        except RecordError as error:
            raise ProblemError(Problem.BAD_REQUEST, error.field) from None
        if not (EPOCH.fullmatch(request.epoch) and EPOCH.fullmatch(request.key) and 1 <= request.batch <= BATCH_MAX):
            raise ProblemError(Problem.BAD_REQUEST, "epoch, batch, key")
        if len(request.changes) > PUSH_MAX:
            raise ProblemError(Problem.TOO_LARGE, f"at most {PUSH_MAX} changes")
        author = Author(settings.county, device.station_id, device.id)
        with engine.begin() as connection:
            answer = push(connection, author, request.changes, clock(), (request.epoch, request.batch, request.key))
        return _json(answer)

    @app.get(CHANGES, response_model=PullBody, responses=errors)
    async def pull_changes(
        request: Request,
        device: Annotated[Device, Depends(caller)],
        epoch: Annotated[str, Query(max_length=NAME_MAX)] = "",
        batch: Annotated[int, Query(ge=0, le=BATCH_MAX)] = 0,
        after: Annotated[str, Query(max_length=NAME_MAX)] = "",
        wait: Annotated[float, Query(ge=0, le=WAIT_MAX_S)] = 0,
        limit: Annotated[int, Query(ge=1, le=PULL_MAX)] = 100,
        own: bool = False,
        urgent: bool = False,
    ) -> Response:
        """Give what follows the cursor; with `wait`, hold the answer until there is something or the seconds are over.

        `epoch` and `batch` number the caller's last answered push. `own` gives its own changes, too; `urgent` only what must leave the
        boards first.
        """
        if not device.follows(epoch, batch):
            raise EpochUsedError(epoch)
        reader = Reader(settings.county, device.station_id, device.id)
        until = monotonic() + wait

        def look() -> Page:
            with reading.connect() as connection:
                return pages.read(connection, reader, after, limit, own=own, urgent=urgent)

        with bell.waiter(reader.audiences) as waiter, metrics.waiting():
            while True:
                page = await run_in_threadpool(look)
                after = page.answer.cursor
                if page.answer.changes or (not page.answer.more and not await waiter.rung(until - monotonic())):
                    break
        if page.deflated and "gzip" in request.headers.get("Accept-Encoding", ""):
            return Response(page.deflated, media_type="application/json", headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        return await run_in_threadpool(_json, page.answer)

    @app.get(DIGESTS, response_model=Digests, responses=errors)
    def give_digests(device: Annotated[Device, Depends(caller)]) -> Response:
        """Give the digests of all that the caller's station may see."""
        with reading.connect() as connection:
            return _json(digest.digests(connection, Reader(settings.county, device.station_id, device.id)))

    @app.get(DIGESTS + "/{entity}/{bucket}", response_model=BucketBody, responses=errors)
    def give_bucket(
        device: Annotated[Device, Depends(caller)],
        entity: Annotated[str, PathParam(max_length=NAME_MAX)],
        bucket: Annotated[str, PathParam(pattern="^[0-9a-f]{2}$")],
    ) -> Response:
        """Give all that the caller's station may see of one bucket."""
        with reading.connect() as connection:
            return _json(digest.bucket(connection, Reader(settings.county, device.station_id, device.id), entity, bucket))

    @app.post(WITNESS, response_model=WitnessAnswer, responses=errors)
    def take_witness(body: WitnessBody, device: Annotated[Device, Depends(caller)]) -> Response:
        """Take back takedowns and holds of the county's that the database lost when it was put back; nothing else is taken so."""
        try:
            request = decode(WitnessRequest, {"changes": {"order": body.changes.order, "groups": body.changes.groups}})
        except RecordError as error:
            raise ProblemError(Problem.BAD_REQUEST, error.field) from None
        if len(request.changes) > PUSH_MAX:
            raise ProblemError(Problem.TOO_LARGE, f"at most {PUSH_MAX} changes")
        author = Author(settings.county, device.station_id, device.id)
        with engine.begin() as connection:
            return _json(WitnessAnswer(taken=witness.take(connection, author, request.changes, clock())))

    @app.get(AUTHORITY, response_model=AuthorityAnswer, responses=errors)
    def give_authority(request: Request) -> Response:
        """Give the county's own authority. Believe it only by the mark that the county told."""
        count(limits.source(request), limits.STRANGER)
        if not pem:
            raise ProblemError(Problem.NOT_FOUND)
        return _json(AuthorityAnswer(certificate=pem))

    @app.post(ENROL, response_model=EnrolAnswer, responses=errors)
    def enrol(body: EnrolRequest, request: Request) -> Response:
        """Make the terminal that holds a one-time code one of the county's."""
        source = limits.source(request)
        count(source, limits.STRANGER)
        return _json(enrolment.enrol(engine, vault, settings.county, settings.phone_base, body, source, clock()))

    @app.post(KEYS, response_model=Keys, responses=errors)
    def give_keys(device: Annotated[Device, Depends(caller)]) -> Response:
        """Give the keys to use from now on. The old token works until a new one was first used, so asking again does no harm."""
        with engine.begin() as connection:
            keys = enrolment.keys(connection, vault, settings.county, device.id, settings.phone_base, clock())
        return _json(replace(keys, authority=pem))

    @app.post(HEALTH, response_model=HealthNoted, responses=errors)
    def note_health(body: StationHealth, device: Annotated[Device, Depends(caller)]) -> Response:
        """Note how the caller is; only its last word is kept."""
        now = clock()
        try:
            picture = boards.picture_of(body)
        except boards.PictureError:
            raise ProblemError(Problem.TOO_LARGE, "picture") from None
        if field := boards.wrong(body):
            raise ProblemError(Problem.BAD_REQUEST, field)
        with engine.begin() as connection:
            boards.note(connection, settings.county, device.id, body, picture, now)
            offer = releases.offered(connection, settings.county, device.station_id)
            asked = doctor.question(connection, settings.county, device.id)
        return _json(HealthNoted(at=now, offer=offer, doctor=asked))

    @app.get(RELEASES + "/{version}", response_model=ReleaseAnswer, responses=errors)
    def give_release(device: Annotated[Device, Depends(caller)], version: Annotated[str, PathParam(max_length=NAME_MAX)]) -> Response:
        """Give a release's manifest and signature; the caller believes it by the signature alone."""
        del device
        with engine.connect() as connection:
            return _json(releases.give(connection, settings.county, version))

    @app.get(BLOBS + "/{digest}", response_class=FileResponse, responses=errors)
    def give_blob(device: Annotated[Device, Depends(caller)], digest: Annotated[str, PathParam(pattern=SHA256)]) -> Response:
        """Give a content of a release by its SHA-256, or the part of it that a Range names."""
        del device
        path = releases.blob_path(settings, digest)
        if not path.is_file():
            raise ProblemError(Problem.NOT_FOUND)
        return FileResponse(path, media_type="application/octet-stream")

    @app.get(FILES, response_model=FileList, responses=errors)
    def give_files(device: Annotated[Device, Depends(caller)], kind: FileKind) -> Response:
        """Give the whole files of the caller's station, newest first."""
        with engine.connect() as connection:
            return _json(FileList(files=tuple(files.kept(connection, settings, device.station_id, kind))))

    @app.get(FILES + "/{digest}", response_model=FileState, responses=errors)
    def give_file_state(device: Annotated[Device, Depends(caller)], digest: Annotated[str, PathParam(pattern=SHA256)]) -> Response:
        """Say how much of a file of the caller's station is here."""
        with engine.connect() as connection:
            return _json(files.state(connection, settings, device.station_id, digest))

    @app.put(FILES + "/{digest}", response_model=FileState, responses=errors)
    def take_part(
        device: Annotated[Device, Depends(caller)],
        digest: Annotated[str, PathParam(pattern=SHA256)],
        kind: FileKind,
        size: Annotated[int, Query(ge=1, le=BATCH_MAX)],
        offset: Annotated[int, Query(ge=0, le=BATCH_MAX)],
        data: Annotated[bytes, Body(media_type="application/octet-stream")],
    ) -> Response:
        """Take a part of a file, named by the SHA-256 of the whole. Sent again, it changes nothing."""
        part = files.Part(digest=digest, kind=kind, size=size, offset=offset, data=data)
        author = Author(settings.county, device.station_id, device.id)
        with engine.begin() as connection:
            answer = files.take(connection, settings, author, part, clock())
        if isinstance(answer, Problem):
            raise ProblemError(answer)
        return _json(answer)

    @app.get(FILES + "/{digest}/content", response_class=FileResponse, responses=errors)
    def give_file(device: Annotated[Device, Depends(caller)], digest: Annotated[str, PathParam(pattern=SHA256)]) -> Response:
        """Give a whole file of the caller's own station, or the part of it that a Range names."""
        with engine.connect() as connection:
            there = files.state(connection, settings, device.station_id, digest).whole
        if not there:
            raise ProblemError(Problem.NOT_FOUND)
        return FileResponse(files.path_of(settings, device.station_id, digest), media_type="application/octet-stream")

    @app.post(DOCTOR, response_model=DoctorNoted, responses=errors)
    def note_doctor(body: DoctorReport, device: Annotated[Device, Depends(caller)]) -> Response:
        """Note what the caller's doctor found; only its newest answer is kept, and none that nobody asked for."""
        now = clock()
        if field := doctor.wrong(body):
            raise ProblemError(Problem.BAD_REQUEST, field)
        with engine.begin() as connection:
            doctor.note(connection, settings.county, device.id, body, now)
        return _json(DoctorNoted(at=now))

    @app.get("/healthz", response_model=Health, responses=errors)
    def healthz() -> Response:
        """Say whether the hub can do its work: the database answers and takes writes, its tables are ours, there is room on the disk."""
        wrong = health.wrong(engine, settings)
        if wrong:
            raise ProblemError(Problem.UNAVAILABLE, ", ".join(wrong))
        return _json(Health(status="ok", version=VERSION))

    @app.get("/metrics", include_in_schema=False)
    def give_metrics(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
        """Give the figures, to this machine itself or to whoever has the token."""
        told = bool(settings.metrics_token) and secrets.compare_digest(
            authorization.encode(errors="replace"), f"Bearer {settings.metrics_token}".encode()
        )
        if not told and not (request.client and is_loopback(request.client.host) and "x-forwarded-for" not in request.headers):
            raise ProblemError(Problem.NOT_FOUND)
        return Response(metrics.render(lambda: health.facts(engine, settings.county, clock())), media_type=CONTENT_TYPE_LATEST)

    return app


def _add_errors(app: FastAPI) -> None:
    def problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)
        return _error(error.problem, error.message)

    def enrol_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, EnrolError)
        waits = {"Retry-After": str(enrolment.GUESS_WINDOW.seconds)} if error.problem is Problem.TOO_MANY else None
        return _error(error.problem, headers=waits)

    def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return _error(Problem.BAD_REQUEST, "; ".join(".".join(map(str, e["loc"])) for e in error.errors()[:5]))

    def http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        known = {400: Problem.BAD_REQUEST, 404: Problem.NOT_FOUND, 405: Problem.NOT_FOUND, 413: Problem.TOO_LARGE}
        # a body that is no JSON at all is as bad as one of the wrong shape: protocol 1 knows no 400
        status = None if error.status_code == 400 else error.status_code
        return _error(known.get(error.status_code, Problem.BAD_REQUEST), status=status, headers=error.headers)

    def too_often(_: Request, error: Exception) -> Response:
        assert isinstance(error, TooOftenError)
        return _error(Problem.TOO_MANY, headers={"Retry-After": str(error.wait_s)})

    app.add_exception_handler(ProblemError, problem)
    app.add_exception_handler(TooOftenError, too_often)
    app.add_exception_handler(NotFound, lambda _r, _e: _error(Problem.NOT_FOUND))
    app.add_exception_handler(EnrolError, enrol_error)
    app.add_exception_handler(EpochUsedError, lambda _r, _e: _error(Problem.EPOCH_USED))
    app.add_exception_handler(CursorGoneError, lambda _r, _e: _error(Problem.CURSOR_GONE))
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(sa.exc.DataError, lambda _r, _e: _error(Problem.BAD_REQUEST))
    app.add_exception_handler(HTTPException, http)
    for away in (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError):
        app.add_exception_handler(away, lambda _r, _e: _error(Problem.UNAVAILABLE, headers={"Retry-After": AWAY_S}))
    app.add_exception_handler(Exception, lambda _r, _e: _error(Problem.INTERNAL))


def _json(body: Any) -> Response:
    return Response(text_of(body), media_type="application/json")


def _error(problem: Problem, message: str = "", status: int | None = None, headers: Any = None) -> Response:
    body = ErrorBody(code=problem, message=message)
    return JSONResponse(encode(body), status or STATUS_OF[problem], headers)
