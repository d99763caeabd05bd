"""What the knowledge bank makes of the names of uploaded files."""

import mimetypes
import re
import unicodedata

NAME_MAX = 255
_UNNAMED = "名称なし"
# Control characters, lone surrogates, and marks that turn the reading direction: "報告書\u202efdp.exe" is shown as
# "報告書exe.pdf".
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# Not in every system's table, and wards use them.
_TYPES = {
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".msg": "application/vnd.ms-outlook",
    ".eml": "message/rfc822",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".webp": "image/webp",
}


def safe_name(name: str) -> str:
    """The last component of what the browser sent, composed (NFC: macOS sends が as two characters), without
    characters that mislead, at most 255 characters; the suffix survives the cut."""
    last = re.split(r"[/\\]", name)[-1]
    clean = " ".join(_UNFIT.sub("", unicodedata.normalize("NFC", last)).split()).strip(". ")
    if not clean:
        return _UNNAMED
    if len(clean) <= NAME_MAX:
        return clean
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 10:
        return clean[:NAME_MAX]
    return f"{stem[: NAME_MAX - len(suffix) - 1]}.{suffix}"


def media_type_of(name: str) -> str:
    """The type that the name tells; what the bytes are is found out when the file is read."""
    lower = name.lower()
    for suffix, media_type in _TYPES.items():
        if lower.endswith(suffix):
            return media_type
    return mimetypes.guess_type(lower, strict=True)[0] or "application/octet-stream"
