"""Evidence files: a picture made small and freed of where it was taken, or a document as it is; all else is refused in a sentence."""

import hashlib
import io

from PIL import Image, ImageOps, UnidentifiedImageError

from kiosk.domain.file_kind import document_kind
from kiosk.errors import BadInput

SIDE, QUALITY = 1600, 80
DOCUMENT_MAX = 5 * 1024 * 1024
PIXELS_MAX = 80_000_000
"""A phone's picture has twelve to fifty million; more is made to fill the memory."""


def fit(content: bytes) -> tuple[str, bytes]:
    """Give a file's kind (jpg, pdf, docx, xlsx), read off its bytes and never its name, and the bytes to keep; raise BadInput('file')."""
    if not content:
        raise BadInput("file", "bad.evidence.empty")
    kind = document_kind(io.BytesIO(content))
    if kind is None:
        return "jpg", _picture(content)
    if len(content) > DOCUMENT_MAX:
        raise BadInput("file", "bad.evidence.large", most=DOCUMENT_MAX // 1024 // 1024)
    return kind, content


def digest(content: bytes) -> str:
    """Give the SHA-256 under which a file is kept and named in the records."""
    return hashlib.sha256(content).hexdigest()


def _picture(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise BadInput("file", "bad.evidence.pixels")
            opened.draft("RGB", (SIDE, SIDE))
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except BadInput:
        raise
    except UnidentifiedImageError:
        raise BadInput("file", "bad.evidence.kind") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadInput("file", "bad.evidence.broken") from None
    picture.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
