"""Parameters that several endpoints share, with limits that keep every value storable and comparable."""

from typing import Annotated

from fastapi import Header, Path, Query
from pydantic import WithJsonSchema

IDENTIFIER = "^[0-9a-f]{32}$"
EXAMPLE = "0199c3f7a5b27c3e8d1f4a6b9c0d2e4f"

BatchId = Annotated[str, Path(pattern=IDENTIFIER, description="Identifier of a batch.", examples=[EXAMPLE])]
FileId = Annotated[str, Path(pattern=IDENTIFIER, description="Identifier of a file.", examples=[EXAMPLE])]
PageId = Annotated[str, Path(pattern=IDENTIFIER, description="Identifier of a page.", examples=[EXAMPLE])]
FieldId = Annotated[str, Path(pattern=IDENTIFIER, description="Identifier of a field.", examples=[EXAMPLE])]
ExportId = Annotated[
    str, Path(pattern=IDENTIFIER, description="Identifier of an exported file.", examples=[EXAMPLE])
]
ProfileId = Annotated[
    str, Path(pattern=IDENTIFIER, description="Identifier of an export profile.", examples=[EXAMPLE])
]
Cursor = Annotated[
    str | None, Query(max_length=500, description="`next` of the page before; empty for the first page.")
]
Limit = Annotated[int, Query(ge=1, le=100, description="Most items of one page.")]
_Tag = Annotated[str, WithJsonSchema({"type": "string", "pattern": '^"[1-9][0-9]{0,9}"$'})]
IfMatch = Annotated[
    _Tag | None,
    Header(alias="If-Match", description="ETag of what is changed. Required.", examples=['"3"']),
]
