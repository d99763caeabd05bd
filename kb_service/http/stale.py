"""The answer to a save that somebody else was ahead of."""

from fastapi.responses import JSONResponse
from starlette.requests import Request

from kb_service.schemas.entries import StaleOut
from kb_service.service.errors import StaleEntry
from kernel.web import Web
from kernel.web.etag import etag
from kernel.web.problems import MEDIA_TYPE, document


def answer(web: Web, request: Request, error: StaleEntry) -> JSONResponse:
    """412 with the current version as ETag; the problem document carries the current entry, what differs and
    a merged content, so that a client can offer the choice."""
    body = document(error, web.language(request)) | StaleOut.of(error).model_dump(mode="json")
    headers = {} if error.current is None else {"ETag": etag(error.current.version)}
    return JSONResponse(body, error.status, headers, MEDIA_TYPE)
