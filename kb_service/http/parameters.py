"""Parameters that several endpoints share, with limits that keep every value storable and comparable."""

from typing import Annotated

from fastapi import Header, Path, Query
from pydantic import AfterValidator, WithJsonSchema

from kb_service.rules.content import unfit

IDENTIFIER = "^[0-9a-f]{32}$"
EXAMPLE = "0199c3f7a5b27c3e8d1f4a6b9c0d2e4f"


def _plain(value: str) -> str:
    if unfit(value):
        raise ValueError("control characters are not allowed")
    return value


EntryId = Annotated[str, Path(pattern=IDENTIFIER, description="Identifier of an entry.", examples=[EXAMPLE])]
AttachmentId = Annotated[
    str, Path(pattern=IDENTIFIER, description="Identifier of an attachment.", examples=[EXAMPLE])
]
JobId = Annotated[str, Path(pattern=IDENTIFIER, description="Identifier of a job.", examples=[EXAMPLE])]
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="Version of the entry, from 1.")]
Plain = Annotated[str, AfterValidator(_plain)]
Value = Annotated[Plain, Query(max_length=200)]
Values = Annotated[list[Annotated[str, AfterValidator(_plain)]], Query(max_length=50)]
Cursor = Annotated[
    str | None, Query(max_length=500, description="`next` of the page before; empty for the first page.")
]
Limit = Annotated[int, Query(ge=1, le=100, description="Most items of one page.")]
_Tag = Annotated[str, WithJsonSchema({"type": "string", "pattern": '^"[1-9][0-9]{0,9}"$'})]
IfMatch = Annotated[
    _Tag | None,
    Header(alias="If-Match", description="ETag of the version that is changed. Required.", examples=['"3"']),
]
