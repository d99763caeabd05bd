"""Files of a request, read in a worker thread while they arrive."""

from collections.abc import Iterator

from anyio import from_thread
from starlette.requests import ClientDisconnect, Request

from kernel.errors import Text, TooLarge
from kernel.uploads import UploadForm

ENVELOPE = 1_000_000  # bytes that boundaries, headers and fields may add to the files


def form_of(request: Request, limit: int) -> UploadForm:
    """The form of a request, for an endpoint that runs in a worker thread. Raises TooLarge at once when the
    announced length is over `limit` bytes, Invalid when it is no form."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > limit + ENVELOPE:
        megabytes = limit // 1_000_000
        raise TooLarge(
            Text(
                f"ファイルが大きすぎます。{megabytes:,} MB までのファイルを選んでください。",
                f"The file is too large. Choose one of at most {megabytes:,} MB.",
            )
        )
    return UploadForm(request.headers.get("content-type", ""), _chunks(request))


def _chunks(request: Request) -> Iterator[bytes]:
    stream = request.stream()
    while True:
        try:
            chunk = from_thread.run(anext, stream, None)
        except ClientDisconnect:
            return  # the form is cut off, which its reader notices
        if chunk is None:
            return
        if chunk:
            yield chunk
