"""`kiosk parse-ads`: files of chat text → one JSON line a file. Needs no store and no settings."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from kiosk.domain.ad_text import parse_ads, plain
from kiosk.errors import BadInput
from kiosk.services.table_read import decoded
from kiosk.text import t

TEXT_FILE_MAX = 2 * 1024 * 1024


def print_ads(paths: Sequence[Path], out: TextIO, err: TextIO) -> int:
    """Print each file's ads; say on `err` which file cannot be read and why. Gives the exit status: 1 when there was one."""
    status = 0
    for path in paths:
        try:
            text = read_text(path)
        except BadInput as error:
            print(
                t("parse_ads.unreadable", file=os.fsencode(path).decode("utf-8", "replace"), reason=t(error.key, **error.words)),
                file=err,
                flush=True,
            )
            status = 1
            continue
        print(
            json.dumps(
                {"file": os.fsencode(path).decode("utf-8", "replace"), "ads": [plain(ad) for ad in parse_ads(text)]}, ensure_ascii=False
            ),
            file=out,
            flush=True,
        )
    return status


def read_text(path: Path) -> str:
    """Read a text file in UTF-8, UTF-16 or GB18030; raise BadInput('file') saying why it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(TEXT_FILE_MAX + 1)
    except FileNotFoundError:
        raise BadInput("file", "parse_ads.missing") from None
    except IsADirectoryError:
        raise BadInput("file", "parse_ads.folder") from None
    except PermissionError:
        raise BadInput("file", "parse_ads.denied") from None
    except (OSError, ValueError):
        raise BadInput("file", "parse_ads.other") from None
    if len(data) > TEXT_FILE_MAX:
        raise BadInput("file", "parse_ads.large", most=TEXT_FILE_MAX // 1024 // 1024)
    text = decoded(data)
    if text is None or "\x00" in text:
        raise BadInput("file", "parse_ads.encoding")
    return text
