"""chienowa import | search | reindex: the bank from the command line."""

import json
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from assembly.cli.acting import As, Organisation, acting
from assembly.cli.console import errors, output, progress
from assembly.cli.opening import opened, through_server
from assembly.embedded import System
from assembly.first_start import ensure_model
from kb_service.models.entries import Status
from kb_service.models.importing import ImportReport
from kb_service.models.searching import Hit, Results
from kb_service.tasks.maintenance import REINDEX_JOB
from kernel.identity.organisations import ORGANISATIONS
from kernel.jobs import JobState
from kernel.visibility import Audience, AudienceKind


class Readers(StrEnum):
    """Who may read what is imported. Single organisations are chosen on the entry's page."""

    OWN = AudienceKind.OWN.value
    MEMBERS = AudienceKind.MEMBERS.value
    PUBLIC = AudienceKind.PUBLIC.value


class Stage(StrEnum):
    """How far what is imported is. What is in progress says what is planned, which a file cannot."""

    DRAFT = Status.DRAFT.value
    PUBLISHED = Status.PUBLISHED.value


def register(app: typer.Typer) -> None:
    """Adds the commands to the tree."""
    app.command("import")(import_folder)
    app.command()(search)
    app.command()(reindex)


def import_folder(  # noqa: PLR0917  a command line
    folder: Annotated[Path, typer.Argument(help="Folder to take in, with everything below it.")],
    login: As = None,
    organisation: Organisation = "shared",
    audience: Annotated[Readers, typer.Option(help="Who may read it.")] = Readers.MEMBERS,
    status: Annotated[Stage, typer.Option(help="Whether it is published at once.")] = Stage.PUBLISHED,
    report: Annotated[Path | None, typer.Option(help="Also write the report as JSON to this file.")] = None,
) -> None:
    """Takes a folder into the bank. Run it again after anything went wrong: nothing is taken twice."""
    with opened() as (system, served):
        actor = acting(system, login, organisation)
        if not served:
            ensure_model(system)
            system.bank.indexing.start()
        with progress("取り込み中 / importing") as advance:
            done = system.bank.importing.import_folder(
                actor,
                folder,
                lambda n, total, _path: advance(n, total),
                Audience(AudienceKind(audience)),
                Status(status),
            )
        if served:
            errors.print(
                "動作中のサーバーが添付ファイルを読み取ります。 / The running server reads the files."
            )
        else:
            _work_off(system)
    _print_report(done, report)


def search(
    text: Annotated[str, typer.Argument(help='What to look for; "phrase" and -without work as on the page.')],
    login: As = None,
    organisation: Organisation = "shared",
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Searches as a member of an organisation."""
    with opened() as (system, served):
        actor = acting(system, login, organisation)
        indexing = system.bank.indexing
        indexing.open()
        status = indexing.status()
        if not served and (status.filling or status.applied < status.last):  # a server was cut off
            indexing.run_pending()
        results = system.bank.search.search(actor, text, limit=limit)
    if as_json:
        output.print_json(json.dumps(_as_json(results), ensure_ascii=False))
        return
    if results.corrected:
        errors.print(
            f"「{escape(results.corrected)}」で探しました。 / Searched for this instead.", highlight=False
        )
    errors.print(f"{results.total} 件 / hits, {results.milliseconds:.0f} ms", highlight=False)
    for number, hit in enumerate(results.hits, 1):
        _print_hit(number, hit)


def reindex() -> None:
    """Builds both indexes anew from the records while searching goes on."""
    with opened() as (system, served):
        if served:
            output.print(through_server(system, REINDEX_JOB), highlight=False)
            return
        ensure_model(system)
        system.bank.indexing.open()
        begun = time.monotonic()
        with progress("索引を作成中 / indexing") as advance:
            count = system.bank.indexing.reindex(advance)
    output.print(
        f"{count} 件の索引を作りました。 / entries indexed, {time.monotonic() - begun:.1f} s", highlight=False
    )


def _work_off(system: System) -> None:
    """Runs the waiting jobs here, because no server does."""
    with system.records.read() as work:
        waiting = len(system.jobs.recent(work, 100_000, states=(JobState.WAITING,)))
    if not waiting:
        return
    with progress("添付ファイルを読み取り中 / reading files") as advance:
        system.worker.run_pending(lambda done: advance(min(done, waiting), waiting))
    system.bank.indexing.run_pending()


def _print_report(done: ImportReport, target: Path | None) -> None:
    output.print(
        f"取り込んだファイル / read: {done.read}   変更なし / unchanged: {done.unchanged}   "
        f"取り込まなかったもの / skipped: {len(done.skipped)}   "
        f"対象外（隠しファイルなど） / ignored: {len(done.ignored)}",
        highlight=False,
    )
    for each in done.skipped[:50]:
        output.print(f"  {escape(each.path)}: {escape(each.reason.ja)}", highlight=False)
    if len(done.skipped) > 50:
        output.print(f"  … 他 {len(done.skipped) - 50} 件。--report で全件を書き出せます。", highlight=False)
    if target is not None:
        rows = [{"path": s.path, "ja": s.reason.ja, "en": s.reason.en} for s in done.skipped]
        found = {
            "read": done.read,
            "unchanged": done.unchanged,
            "entries": done.entries,
            "skipped": rows,
            "ignored": done.ignored,
        }
        target.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _print_hit(number: int, hit: Hit) -> None:
    entry = hit.entry
    owner = ORGANISATIONS[entry.owner].name if entry.owner in ORGANISATIONS else entry.owner
    output.print(f"[bold]{number}. {escape(entry.content.title)}[/]  {owner}  {entry.id}", highlight=False)
    for extract in hit.extracts:
        output.print(f"   {_marked(extract.passage.text, extract.marks)}", highlight=False)


def _marked(text: str, marks: tuple[tuple[int, int], ...], width: int = 120) -> str:
    """The text around the first mark, marks in bold."""
    begin = max(0, (marks[0][0] if marks else 0) - width // 4)
    parts, last = [], begin
    for start, end in marks:
        if start >= begin and end <= begin + width:
            parts += [escape(text[last:start]), f"[bold yellow]{escape(text[start:end])}[/]"]
            last = end
    parts.append(escape(text[last : begin + width]))
    return "".join(parts).replace("\n", " ")


def _as_json(results: Results) -> dict[str, object]:
    return {
        "total": results.total,
        "milliseconds": round(results.milliseconds, 2),
        "corrected": results.corrected,
        "hits": [
            {
                "id": hit.entry.id,
                "title": hit.entry.content.title,
                "owner": hit.entry.owner,
                "score": round(hit.score, 4),
                "words": round(hit.why.words, 3),
                "meaning": round(hit.why.meaning, 3),
            }
            for hit in results.hits
        ],
    }
