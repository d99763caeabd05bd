"""One server on each database, and people of two wards."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.api.calls import OTHER, REVIEWER
from tests.e2e.served import Served, served


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()
    home = tmp_path_factory.mktemp("api") / "home"
    with served(home, upload_max_mb=2, database_url=url) as running:
        yield running


@pytest.fixture(scope="module")
def me(server: Served) -> Iterator[httpx.Client]:
    with server.client(REVIEWER) as client:
        yield client


@pytest.fixture(scope="module")
def other(server: Served) -> Iterator[httpx.Client]:
    with server.client(OTHER) as client:
        yield client
