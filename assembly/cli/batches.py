"""chienowa batch …: stacks of paper from the command line."""

import json
import shutil
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from assembly.cli.acting import As, Organisation, acting
from assembly.cli.console import errors, output, progress
from assembly.cli.exporting import one_form, settings_called
from assembly.cli.opening import opened
from assembly.embedded import System
from kernel.identity.models import Actor
from ocr_service.models.batches import Batch, BatchState, Entry, FileState, Plan, Standing
from ocr_service.models.exports import DateStyle, Encoding, ExportFormat, ExportSettings
from ocr_service.rules.batches import STATE_NAMES
from ocr_service.schemas.batches import BatchOut

app = typer.Typer(help="Stacks of paper forms: handed in, watched, stopped.", no_args_is_help=True)

Identifier = Annotated[str, typer.Argument(help="Identifier of the batch, as `batch list` shows it.")]
_POLL_SECONDS = 0.5
_WORKING = (BatchState.RECEIVING, BatchState.READING)


@app.command("add")
def add(  # noqa: PLR0917  a command line
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help="PDF, TIFF, JPEG, PNG, or ZIP of these."
        ),
    ],
    title: Annotated[str, typer.Option(help="Title of a new batch.")] = "",
    batch: Annotated[str, typer.Option(help="Identifier of a batch that the files are added to.")] = "",
    template: Annotated[list[str] | None, typer.Option(help="Template that pages may be; else all.")] = None,
    priority: Annotated[int, typer.Option(min=0, max=2, help="0 low, 1 usual, 2 high.")] = 1,
    double: Annotated[bool, typer.Option("--double", help="Two people enter each doubtful field.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Until all pages are read.")] = True,
    login: As = None,
    organisation: Organisation = "shared",
) -> None:
    """Hands files in, as a new batch or to one that is there. Without a server they are read here."""
    with opened() as (system, served):
        actor = acting(system, login, organisation)
        if not batch:
            entry = Entry.DOUBLE if double else Entry.SINGLE
            plan = Plan(title or files[0].stem, tuple(template or ()), entry, priority=priority)
            with system.records.write() as work:
                batch = system.forms.batches.create(work, actor, plan).id
        for file in files:
            _hand_in(system, actor, batch, file)
        output.print(batch, highlight=False)
        if served and wait:
            _follow(system, actor, batch)
        elif not served:
            system.forms_work.run_pending()
        _show(*_standing(system, actor, batch))


@app.command("list")
def list_batches(
    login: As = None,
    organisation: Organisation = "shared",
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Batches of an organisation, newest first."""
    with opened() as (system, _):
        actor = acting(system, login, organisation)
        with system.records.read() as work:
            found = system.forms.batches.page(work, actor, limit=limit).items
            standings = system.forms.batches.standings(work, found)
    if as_json:
        rows = [BatchOut.of(each, standings[each.id]).model_dump(mode="json") for each in found]
        output.print_json(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("", "バッチ / batch", "状態 / state", "ページ / pages", "要確認 / to see")
    for each in found:
        counts = standings[each.id].progress
        read = f"{counts.pages - counts.pages_waiting}/{counts.pages}"
        table.add_row(each.id, escape(each.title), STATE_NAMES[each.state].ja, read, str(counts.fields_open))
    output.print(table)


@app.command("show")
def show(
    batch: Identifier,
    login: As = None,
    organisation: Organisation = "shared",
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Where a batch stands, and what is wrong with its files."""
    with opened() as (system, _):
        actor = acting(system, login, organisation)
        found, standing = _standing(system, actor, batch)
        with system.records.read() as work:
            files = system.forms.intake.files(work, actor, batch)
    if as_json:
        output.print_json(BatchOut.of(found, standing).model_dump_json())
        return
    _show(found, standing)
    for file in files:
        if file.state is FileState.TWICE:
            output.print(
                f"  {escape(file.name)}: 登録済みのファイルと同じ内容です。 / known already", highlight=False
            )
        if file.reason_ja:
            output.print(f"  {escape(file.name)}: {escape(file.reason_ja)}", highlight=False)


@app.command("pause")
def pause(batch: Identifier, login: As = None, organisation: Organisation = "shared") -> None:
    """Begins no further page."""
    _step("pause", batch, login, organisation)


@app.command("resume")
def resume(batch: Identifier, login: As = None, organisation: Organisation = "shared") -> None:
    """Goes on after a pause. Without a server the pages are read here."""
    _step("resume", batch, login, organisation)


@app.command("cancel")
def cancel(batch: Identifier, login: As = None, organisation: Organisation = "shared") -> None:
    """Reads nothing more. What was read stays; it can be reopened on its page."""
    _step("cancel", batch, login, organisation)


@app.command("export")
def export(  # noqa: PLR0917  a command line
    batch: Identifier,
    out: Annotated[Path, typer.Option(help="File to write.")],
    template: Annotated[str, typer.Option(help="Title or identifier; needed when there are several.")] = "",
    kind: Annotated[ExportFormat, typer.Option("--format", help="Shape of the file.")] = ExportFormat.CSV,
    encoding: Annotated[Encoding, typer.Option(help="Of CSV.")] = Encoding.UTF8,
    dates: Annotated[DateStyle, typer.Option(help="How dates are written.")] = DateStyle.ISO,
    profile: Annotated[str, typer.Option(help="Name of saved settings; takes the place of the others.")] = "",
    login: As = None,
    organisation: Organisation = "shared",
) -> None:
    """Writes what was read and verified to a file. The batch keeps the file too, until retention erases it."""
    with opened() as (system, _):
        actor = acting(system, login, organisation)
        with system.records.read() as work:
            found = one_form(system.forms.exporting.forms(work, actor, batch), template)
            saved = system.forms.export_profiles.profiles(work, actor, found.template_id) if profile else ()
        settings = settings_called(saved, profile) if profile else ExportSettings(kind, encoding, dates=dates)
        made = system.forms.exporting.make(actor, batch, found.template_id, settings)
        with system.records.read() as work:
            shutil.copyfile(system.forms.exporting.file(work, actor, made.id)[1], out)
    for ja, en in made.notes:
        errors.print(f"{escape(ja)}\n  {escape(en)}", highlight=False)
    output.print(f"{out}  {made.size:,} bytes", highlight=False, markup=False)


def _step(name: str, batch: str, login: str | None, organisation: str) -> None:
    with opened() as (system, served):
        actor = acting(system, login, organisation)
        step = getattr(system.forms.batches, name)
        with system.records.write() as work:
            revision = system.forms.batches.get(work, actor, batch).revision
            step(work, actor, batch, revision)
        if not served and name == "resume":
            system.forms_work.run_pending()
        _show(*_standing(system, actor, batch))


def _hand_in(system: System, actor: Actor, batch: str, file: Path) -> None:
    with system.records.read() as work:
        system.forms.intake.check_add(work, actor, batch)
    with file.open("rb") as stream:
        stored = system.forms.blobs.add(stream, system.settings.upload_max_mb * 1_000_000)
    with system.records.write() as work:
        added = system.forms.intake.add(work, actor, batch, file.name, stored)
    if added.state is FileState.TWICE:
        errors.print(
            f"{escape(file.name)}: 登録済みのファイルと同じ内容のため、読み取りません。 / known already, not read",
            highlight=False,
        )


def _follow(system: System, actor: Actor, batch: str) -> None:
    """Shows what the running server does, until it has nothing to do."""
    with progress("読み取り中 / reading") as advance:
        while True:
            found, standing = _standing(system, actor, batch)
            counts = standing.progress
            advance(counts.pages - counts.pages_waiting, counts.pages)
            if found.state not in _WORKING or not (counts.pages_waiting or standing.files_opening):
                return
            time.sleep(_POLL_SECONDS)


def _standing(system: System, actor: Actor, batch: str) -> tuple[Batch, Standing]:
    with system.records.read() as work:
        return system.forms.batches.standing(work, actor, batch)


def _show(batch: Batch, standing: Standing) -> None:
    state, counts = STATE_NAMES[batch.state], standing.progress
    output.print(f"[bold]{escape(batch.title)}[/]  {state.ja} / {state.en}", highlight=False)
    output.print(
        f"  ページ / pages: {counts.pages}   読み取り済み / read: {counts.pages_read}   "
        f"待ち / waiting: {counts.pages_waiting}   様式不明 / unknown form: {counts.pages_set_aside}   "
        f"読み取れず / unreadable: {counts.pages_unreadable}   除外 / left out: {counts.pages_dropped}",
        highlight=False,
    )
    output.print(
        f"  項目 / fields: {counts.fields}   確認不要 / passed: {counts.fields_passed}   "
        f"要確認 / to see: {counts.fields_open}   確認済み / decided: {counts.fields_decided}",
        highlight=False,
    )
