"""Requests made up from the OpenAPI document, valid and not, alone and in sequences that follow its links:
never a defect, and always what the document says."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.served import Served, served

COMMAND = Path(sys.executable).with_name("schemathesis")
# These end the access that the others are tried with; they are tried last, each run with a token of its own.
ENDS_ACCESS = ("revokeToken", "changeUser", "resetUser")
# Operations by themselves are tried in parts, so that each part ends well within a test's time.
BATCHES, FORMS = "^/api/v1/batches", "^/api/v1/(form|export)"
INSIDE = f"{BATCHES}/[^/]+/[^/]+/."
PARTS = {
    "batches": (f"--include-path-regex={BATCHES}", f"--exclude-path-regex={INSIDE}"),
    "inside batches": (f"--include-path-regex={INSIDE}",),
    "forms": (f"--include-path-regex={FORMS}",),
    "bank": (f"--exclude-path-regex={BATCHES}|{FORMS}",),
}
COMMON = (
    # One at a time: compiling in several threads at once fails now and then on Python 3.11 (AST recursion depth mismatch).
    "--workers=1",
    "--seed=20261120",
    "--generation-database=none",
    "--no-color",
    # A body may satisfy the document and break a rule of the bank (a link to nothing, a missing plan): 422 is right.
    "--exclude-checks=positive_data_acceptance",
    "--request-timeout=30",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("schemathesis") / "home", upload_max_mb=2) as running:
        yield running


def run(server: Served, folder: Path, *arguments: str) -> None:
    """Raises with Schemathesis' own report when it found something."""
    token = server.token("chiyoda-kanri")
    found = subprocess.run(
        [
            str(COMMAND),
            "run",
            f"{server.address}/api/v1/openapi.json",
            f"--header=Authorization: Bearer {token}",
            *COMMON,
            *arguments,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-20_000:] + found.stderr[-2_000:]


def left_out() -> list[str]:
    """Also without the learning, which would take the processor from everything else, and without the stream of a
    batch, which stays open for as long as the batch does."""
    return [f"--exclude-operation-id={name}" for name in (*ENDS_ACCESS, "startAdaptation", "followBatch")]


@pytest.mark.parametrize("part", PARTS)
def test_each_operation_alone(server: Served, tmp_path: Path, part: str) -> None:
    run(server, tmp_path, "--phases=examples,coverage,fuzzing", "--max-examples=8", *PARTS[part], *left_out())


def test_operations_one_after_the_other(server: Served, tmp_path: Path) -> None:
    run(server, tmp_path, "--phases=stateful", "--max-examples=8", *left_out())


@pytest.mark.parametrize("operation", ENDS_ACCESS)
def test_operations_that_may_end_the_access(server: Served, tmp_path: Path, operation: str) -> None:
    run(
        server,
        tmp_path,
        "--phases=coverage,fuzzing",
        "--max-examples=8",
        f"--include-operation-id={operation}",
    )
