"""The demonstration served by the real command in a process of its own, and Debian's Chromium in front of it.
Every page that a test opens is watched: an error in its console, a refused script or style fails the test."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 240  # building the model and reading the samples, on a busy machine
WIDE = {"width": 1280, "height": 720}
NARROW = {"width": 360, "height": 740}

LogIn = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demonstration's address; its log is shown when it does not start. CHIENOWA_E2E_ADDRESS names one that
    runs already, for quick tries (with CHIENOWA_UPLOAD_MAX_MB=5)."""
    if running := os.environ.get("CHIENOWA_E2E_ADDRESS"):
        yield running
        return
    home = tmp_path_factory.mktemp("demonstration")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home / "server.log"
    command = [
        sys.executable,
        "-c",
        "from assembly.cli.main import main; main()",
        "demo",
        "--port",
        str(port),
    ]
    environment = os.environ | {"CHIENOWA_HOME": str(home / "home"), "CHIENOWA_UPLOAD_MAX_MB": "5"}
    with log.open("w") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(base, server, log)
        yield base
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(base: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(START_SECONDS * 2):
        if server.poll() is not None:
            break
        try:
            if httpx.get(f"{base}/health").status_code == 200 and _indexed(base):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    pytest.fail(f"the demonstration did not start:\n{log.read_text()}")


def _indexed(base: str) -> bool:
    """Whether the samples are searchable, as an operator of the shared body sees it."""
    with httpx.Client(base_url=base) as client:
        token = re.search(r'name="csrf-token" content="([0-9a-f]{64})"', client.get("/login").text)
        if token is None:
            return False
        client.post("/login/sample", data={"csrf": token[1], "login": "kyodo-unyo"})
        figures = client.get("/api/v1/index").json().get("figures") or {}
        return bool(figures) and figures["applied"] == figures["last"] > 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail("Chromium is missing: make debian installs it")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complained about; empty at the end of every test. A test takes out what it expects."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def log_in(browser: Browser, address: str, complaints: list[str]) -> Iterator[LogIn]:
    """Opens a browser of its own for a sample user, logged in by one click, at `path`."""
    contexts: list[BrowserContext] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.text} ({message.location['url']})")

    def open_for(login: str, path: str = "/", *, narrow: bool = False, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport=NARROW if narrow else WIDE,  # type: ignore[arg-type]  # a size
            locale="ja-JP",
            base_url=address,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/login")
        page.locator(f"button[value={login}]").click()
        page.wait_for_url("**/")
        if path != "/":
            page.goto(path)
        return page

    yield open_for
    for context in contexts:
        context.close()


def first_hit(page: Page, words: str, title: str) -> None:
    """Searches until the first hit is this one: what was saved is found within a second."""
    for _ in range(25):
        page.goto(f"/knowledge?q={words}")
        hits = page.locator(".kb-hit__title")
        if hits.count() and hits.first.inner_text() == title:
            return
        page.wait_for_timeout(200)
    pytest.fail(f"{title} is not the first hit for {words}: {page.locator('main').inner_text()[:500]}")


@pytest.fixture
def write(log_in: LogIn) -> Callable[..., str]:
    """Writes an entry through the form and returns its address."""

    def new(
        page: Page, title: str, *, status: str = "published", audience: str = "members", body: str = ""
    ) -> str:
        page.goto("/knowledge/new?kind=case")
        page.get_by_label("件名").fill(title)
        page.locator("#body").fill(body)
        page.locator(f"label[for=status-{status}]").click()
        page.locator(f"label[for=audience-{audience}]").click()
        page.get_by_role("button", name="保存する", exact=True).click()
        page.wait_for_url(lambda url: "/new" not in url)
        return page.url.split("#")[0]

    return new
