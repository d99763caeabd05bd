"""A stored file as an answer. It comes from people and is never shown by the browser on our own address."""

from pathlib import Path
from urllib.parse import quote

from fastapi.responses import FileResponse

from kb_service.models.attachments import Attachment

# What a browser cannot run, whatever the bytes are; everything else, HTML and SVG among it, is a plain download.
_HARMLESS = frozenset(
    {
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.ms-outlook",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/zip",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "message/rfc822",
        "text/csv",
        "text/markdown",
        "text/plain",
    }
)


def download(attachment: Attachment, file: Path) -> FileResponse:
    """The file under its own name (RFC 6266 and 8187), always as a download."""
    media_type = attachment.media_type
    response = FileResponse(
        file, media_type=media_type if media_type in _HARMLESS else "application/octet-stream"
    )
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in attachment.name
    )
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.name, safe='')}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
