"""Times the bank itself: indexing and asking through the service, as a member of a ward, rights, facets and
highlights included; then over HTTP with a writer beside."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assembly.embedded import System, build
from assembly.first_start import ensure_model
from benchmarks.figures import as_json, latency, rss_mb
from benchmarks.sentences import MadeEntry, Source, entries, queries
from benchmarks.serving import served
from benchmarks.workload import Workload
from kb_service.models.entries import CaseFields, Content, Kind, Outcome, Status
from kernel.identity.models import Actor, Role, Scope
from kernel.settings import Settings
from kernel.visibility import Audience, AudienceKind

OWNERS = ("131016", "131024", "131041", "131130", "shared")
TECHNOLOGIES = ("AI-OCR", "RPA", "チャットボット", "電子申請", "自治体クラウド")
BUSINESSES = ("住民記録", "税務", "国保", "介護", "保育", "会計", "防災")
BATCH = 500  # entries a transaction while the bank is filled


def run_service(workload: Workload, source: Source, home: Path) -> dict[str, Any]:
    """Fills a bank in `home`, indexes it, asks it. Figures as in benchmarks/results."""
    settings = Settings(home=home, demo=False)
    system = build(settings)
    ensure_model(system)
    print(f"filling: {workload.entries:,} entries", file=sys.stderr)
    _fill(system, entries(source, workload.entries, workload.paragraphs, workload.seed))
    reader = _actor(OWNERS[0])
    with_indexes = system.bank.indexing
    print("indexing", file=sys.stderr)
    begun = time.perf_counter()
    with_indexes.open()
    with_indexes.run_pending()
    indexed = time.perf_counter() - begun
    status = with_indexes.status()
    print(f"indexed {status.passages:,} passages in {indexed:.0f} s", file=sys.stderr)
    figures: dict[str, Any] = {
        "entries": status.entries,
        "passages": status.passages,
        "passages_per_second": round(status.passages / indexed, 1),
        "rss_after_indexing_mb": rss_mb(),
        "query": _ask(system, reader, queries(source, workload.queries, workload.seed)),
    }
    figures["index_mb"] = round(
        sum(f.stat().st_size for f in (home / "index").rglob("*") if f.is_file()) / 1e6, 1
    )
    token = _token(system)
    with_indexes.stop()
    system.records.close()
    return figures | {"token": token}


def ask_in_new_process(workload: Workload, home: Path) -> dict[str, Any]:
    """Asks a bank that is already indexed from a fresh process: what a serving process needs of memory."""
    command = [sys.executable, "-m", "benchmarks.service_run", workload.name, str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run_http(workload: Workload, source: Source, home: Path, token: str, pause: float) -> dict[str, Any]:
    """Eight people over HTTP while one saves; each looks at an answer for `pause` seconds."""
    asked = list(queries(source, workload.queries, workload.seed + 7))
    with served(home) as base:
        request = {
            "base": base,
            "token": token,
            "queries": asked,
            "users": workload.http_users,
            "seconds": workload.http_seconds,
            "pause": pause,
        }
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.http_load"],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            check=True,
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _fill(system: System, made: Iterable[MadeEntry]) -> None:
    batch: list[MadeEntry] = []
    number = 0
    for entry in made:
        batch.append(entry)
        if len(batch) == BATCH:
            number = _store(system, batch, number)
            batch = []
    _store(system, batch, number)


def _store(system: System, batch: list[MadeEntry], number: int) -> int:
    with system.records.write() as work:
        for entry in batch:
            system.bank.entries.create(work, _actor(OWNERS[number % len(OWNERS)]), _content(entry, number))
            number += 1
    return number


def _content(entry: MadeEntry, number: int) -> Content:
    """A tenth of the entries stay with their own organisation, so that rights have something to filter."""
    kind = AudienceKind.OWN if number % 10 == 0 else AudienceKind.MEMBERS
    return Content(
        kind=Kind.CASE,
        title=entry.title,
        fields=CaseFields(
            outcome=Outcome.FAILURE if number % 7 == 0 else Outcome.SUCCESS,
            technology=TECHNOLOGIES[number % len(TECHNOLOGIES)],
            business=BUSINESSES[number % len(BUSINESSES)],
            effect_hours=float(number % 1000),
        ),
        body="\n\n".join(entry.paragraphs),
        tags=(f"分類{number % 50}",),
        audience=Audience(kind),
        status=Status.PUBLISHED,
    )


def _actor(organisation: str) -> Actor:
    roles = frozenset({Role.REVIEWER, Role.OPERATOR})
    return Actor("benchmark", "benchmark", organisation, roles)


def _token(system: System) -> str:
    """An API token of a real user, for the HTTP run."""
    with system.records.write() as work:
        secret_hash = system.accounts.new_hash("negau-nagai-kotoba-26", "benchmark")
        person = system.accounts.create_administrator(work, OWNERS[0], "benchmark", "計測", secret_hash).user
        roles = frozenset({Role.ADMINISTRATOR, Role.REVIEWER})
        administrator = Actor(person.id, person.name, person.organisation, roles)
        system.accounts.set_roles(work, administrator, person.id, roles)
        _, secret = system.accounts.make_token(
            work, administrator, "benchmark", frozenset({Scope.READ, Scope.WRITE}), 1
        )
    return secret


def _ask(system: System, reader: Actor, asked: tuple[str, ...]) -> dict[str, Any]:
    for text in asked[:20]:
        system.bank.search.search(reader, text)
    seconds, found = [], 0
    for text in asked:
        start = time.perf_counter()
        results = system.bank.search.search(reader, text)
        seconds.append(time.perf_counter() - start)
        found += bool(results.hits)
    return {**as_json(latency(seconds)), "with_hits": found, "rss_mb": rss_mb()}


def main() -> None:
    """python -m benchmarks.service_run WORKLOAD HOME: asks an indexed bank, prints JSON."""
    from benchmarks.sentences import read_source
    from benchmarks.workload import load

    workload, home = load(sys.argv[1]), Path(sys.argv[2])
    system = build(Settings(home=home, demo=False))
    system.bank.indexing.open()
    try:
        asked = queries(read_source(), workload.queries, workload.seed)
        json.dump(_ask(system, _actor(OWNERS[0]), asked), sys.stdout)
    finally:
        system.bank.indexing.stop()
        system.records.close()


if __name__ == "__main__":
    main()
