"""The two files that the county may give to the phone pages: the mini-program's code as a picture, and WeChat's proof of the prefix.

The picture that was published at the console stands before the one that settings name.

WeChat reads the proof in the last folder of the rule, `/k/NAME.txt`; it may be at the root, too. (扫普通链接二维码打开小程序, 校验文件.)
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from kiosk.county import editions
from kiosk.county.schema import edition
from kiosk.errors import ConfigError

PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
PICTURE_MAX = 150 * 1024
"""It is fetched only by who looks for it, but then over the same weak signal."""
FOLDER = "/mini/"
PROOF_MAX = 1024
PROOF_NAME = re.compile(r"[0-9A-Za-z_-]{1,64}\.txt")


@dataclass(frozen=True, slots=True)
class PhoneFile:
    """One file as it is served. `path` begins with a slash; a picture's changes with it, so that it may be kept for ever."""

    path: str
    kind: str
    body: bytes


def open_picture(name: str) -> PhoneFile | None:
    """Read the picture of the code; None where settings name none. Raises ConfigError for what is no picture, or too large for a phone."""
    if not name:
        return None
    body = _read("mini_program_picture", name, PICTURE_MAX)
    kind = next((kind for magic, kind in PICTURES.items() if body.startswith(magic)), None)
    if kind is None:
        raise ConfigError("mini_program_picture: neither PNG nor JPEG")
    return PhoneFile(FOLDER + name_of(body), kind, body)


def open_proof(name: str) -> PhoneFile | None:
    """Read WeChat's proof; None where settings name none. Raises ConfigError for what is not such a file."""
    if not name:
        return None
    if not PROOF_NAME.fullmatch(Path(name).name):
        raise ConfigError("wechat_file: not the name of a text file as WeChat gives it")
    return PhoneFile(f"/{Path(name).name}", "text/plain", _read("wechat_file", name, PROOF_MAX))


def name_of(body: bytes) -> str:
    """Name a picture by what it shows."""
    return hashlib.sha256(body).hexdigest()[:16]


def published_path(connection: sa.Connection, county_id: str, now: datetime) -> str | None:
    """Give where the published code is to be had; None where none is published, or it was taken back."""
    today = now.astimezone(editions.CHINA).date()
    name = edition.c.content["name"].astext
    found = connection.scalar(editions.in_force_query(county_id, editions.Kind.PICTURE, today, name))
    return FOLDER + found if found else None


def published(connection: sa.Connection, county_id: str, name: str) -> PhoneFile | None:
    """Give a code that is or was published by its name: a page that was loaded before may still ask for an earlier one."""
    ours = (edition.c.county_id == county_id, edition.c.kind == editions.Kind.PICTURE, edition.c.content["name"].astext == name)
    content = connection.scalar(sa.select(edition.c.content).where(*ours).limit(1))
    return PhoneFile(FOLDER + name, content["type"], base64.b64decode(content["picture"])) if content else None


def _read(setting: str, name: str, most: int) -> bytes:
    try:
        body = Path(name).read_bytes()
    except OSError as error:
        raise ConfigError(f"{setting}: {error.strerror}") from None
    if not 0 < len(body) <= most:
        raise ConfigError(f"{setting}: empty, or more than {most} bytes")
    return body
