"""Nobody fills memory or disk with a request, whether or not they are known."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from httpx import ASGITransport

from kernel.web.bodies import BODY_BYTES, ENVELOPE
from tests.integration.identity.conftest import PASSWORD, House

MOST = BODY_BYTES + ENVELOPE


def _send(house: House, method: str, path: str, pieces: int, headers: dict[str, str]) -> tuple[int, str, int]:
    """Status, text, and how many pieces of 1 MB were taken before the answer."""
    taken = 0

    async def receive() -> dict[str, object]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b"x" * 1_000_000, "more_body": taken < pieces}

    status, texts = 0, []

    async def send(message: dict[str, object]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            assert isinstance(message["status"], int)
            status = message["status"]
            names = {name for name, _ in message["headers"]}  # type: ignore[attr-defined]
            assert b"content-security-policy" in names
        else:
            texts.append(bytes(message.get("body", b"")))  # type: ignore[call-overload]

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    asyncio.run(house.app(scope, receive, send))  # type: ignore[arg-type]
    return status, b"".join(texts).decode(), taken


@pytest.mark.parametrize("path", ["/login", "/setup", "/language", "/api/v1/tokens", "/nowhere"])
def test_an_announced_giant_is_refused_before_a_byte_is_taken(sqlite_house: House, path: str) -> None:
    headers = {"Content-Length": "2000000000", "Content-Type": "application/json"}
    status, text, taken = _send(sqlite_house, "POST", path, 2_000, headers)
    assert (status, taken) == (413, 0)
    assert "13 MBまで" in text
    status, _, _ = _send(sqlite_house, "POST", path, 1, {**headers, "Content-Length": "9" * 6_000})
    assert status == 413


def test_the_refusal_speaks_both_languages_and_both_forms(sqlite_house: House) -> None:
    headers = {"Content-Length": str(MOST + 1), "Accept-Language": "en"}
    _, document, _ = _send(sqlite_house, "POST", "/api/v1/tokens", 1, headers)
    assert '"status":413' in document and "Send at most 13 MB" in document
    _, page, _ = _send(sqlite_house, "POST", "/login", 1, {**headers, "Cookie": "chienowa_language=en"})
    assert "<html" in page and "Send at most 13 MB" in page


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/login", "application/x-www-form-urlencoded"),
        ("/login", "multipart/form-data; boundary=b"),
        ("/api/v1/tokens", "application/json"),
    ],
)
def test_what_arrives_unannounced_is_counted(sqlite_house: House, path: str, kind: str) -> None:
    status, _, taken = _send(sqlite_house, "POST", path, 2_000, {"Content-Type": kind})
    assert status in {400, 413}
    assert taken <= MOST // 1_000_000 + 1


@pytest.fixture
def spooled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Path]]:
    """Files that were spooled by a request."""
    made: list[Path] = []
    real = tempfile.SpooledTemporaryFile

    def noted(*arguments: object, **options: object) -> object:
        made.append(tmp_path)
        return real(*arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", noted)
    yield made


@pytest.mark.parametrize("path", ["/login", "/setup", "/language"])
def test_pages_without_files_take_none(sqlite_house: House, path: str, spooled: list[Path]) -> None:
    browser = sqlite_house.browser()
    files = {"file": ("big.bin", b"x" * 3_000_000)}
    assert browser.http.post(path, data={"csrf": "x"}, files=files).status_code == 400
    assert spooled == []


def test_a_form_of_endless_fields_is_refused(sqlite_house: House) -> None:
    sqlite_house.add("suzuki")
    browser = sqlite_house.browser()
    token = browser.token()
    fields = urlencode({"csrf": token, "login": "suzuki", "password": PASSWORD})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    many = "&a=1" * 600
    assert browser.http.post("/login", content=fields + many, headers=headers).status_code == 400
    assert browser.http.post("/login", content=fields, headers=headers).status_code == 303


def test_the_longest_text_of_a_form_passes(sqlite_house: House) -> None:
    """1,000,000 characters, each four bytes and twelve as percent codes."""

    async def send() -> httpx.Response:
        transport = ASGITransport(sqlite_house.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.post("/login", data={"login": "𠮷" * 1_000_000})

    assert asyncio.run(send()).status_code == 403  # no token: it was read
