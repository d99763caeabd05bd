"""Files of a request, read in a worker thread while they arrive."""

from collections.abc import Iterator

from anyio import from_thread
from starlette.requests import ClientDisconnect, Request

from kernel.uploads import UploadForm
from kernel.web.bodies import ENVELOPE, too_large


def form_of(request: Request, limit: int) -> UploadForm:
    """The form of a request, for an endpoint that runs in a worker thread; its files have at most `limit` bytes
    in all. Reading raises TooLarge as soon as more has arrived, Invalid when it is no form."""
    return UploadForm(request.headers.get("content-type", ""), _chunks(request, limit))


def body_of(request: Request, limit: int) -> bytes:
    """The whole body, for an endpoint that runs in a worker thread and reads it itself. Raises TooLarge as soon
    as more than `limit` bytes have arrived."""
    return b"".join(_chunks(request, limit))


def _chunks(request: Request, limit: int) -> Iterator[bytes]:
    stream = request.stream()
    arrived = 0
    while True:
        try:
            chunk = from_thread.run(anext, stream, None)
        except ClientDisconnect:
            return  # the form is cut off, which its reader notices
        if chunk is None:
            return
        arrived += len(chunk)
        if arrived > limit + ENVELOPE:
            raise too_large(limit)
        if chunk:
            yield chunk
