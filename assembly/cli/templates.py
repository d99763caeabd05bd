"""chienowa form …: form templates from the command line."""

import json
import re
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from assembly.cli.acting import As, Organisation, acting
from assembly.cli.console import errors, output, progress
from assembly.cli.opening import opened
from assembly.embedded import System
from kernel.artifacts import KeyFileSigner, PrivateKey, Trust, Verdict
from kernel.errors import Conflict, Invalid, NotFound, Text
from kernel.identity.models import Actor
from kernel.identity.organisations import ORGANISATIONS
from ocr_service.models.forms import Form, Template
from ocr_service.models.readings import PageOutcome, PageReading
from ocr_service.rules.values import shown
from ocr_service.schemas.forms import FormFile, read_file, write_file
from ocr_service.schemas.templates import TemplateOut, TrialPageOut, VersionOut
from ocr_service.service.templates import absent

app = typer.Typer(
    help="Form templates: listed, taken in and out as files, tried, published.", no_args_is_help=True
)

Which = Annotated[str, typer.Argument(metavar="TEMPLATE", help="Identifier, or name of an own template.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Version = Annotated[str, typer.Option(help="A version; else the newest published one.")]
_IDENTIFIER = re.compile("[0-9a-f]{32}")

TRUST_WORDS: dict[Trust, Text] = {
    Trust.VALID: Text("発行元の鍵で署名されています。", "Signed with the publisher's key."),
    Trust.HOUSE: Text(
        "画面から公開されたもので、共同化実行組織の鍵で署名されています。",
        "Published in the browser; signed with the shared body's key.",
    ),
    Trust.REVOKED: Text("署名した鍵は失効しています。", "The key that signed it was revoked."),
    Trust.STRANGER: Text(
        "発行元とは別の団体の鍵で署名されています。",
        "Signed with the key of another organisation than the publisher.",
    ),
    Trust.UNKNOWN: Text(
        "署名した鍵はここに登録されていません。", "The key that signed it is not registered here."
    ),
    Trust.UNSIGNED: Text("署名がありません。", "Not signed."),
    Trust.BROKEN: Text("署名が内容と合いません。", "The signature does not fit the content."),
}


@app.command("list")
def list_forms(
    login: As = None,
    organisation: Organisation = "shared",
    archived: Annotated[bool, typer.Option("--archived", help="Archived ones instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Templates that an organisation may use, and its drafts."""
    with opened() as (system, _):
        found = _all(system, acting(system, login, organisation), archived)
    if as_json:
        rows = [TemplateOut.of(each).model_dump(mode="json") for each in found]
        output.print_json(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(Column("", no_wrap=True), "名前 / name", "様式 / title", "団体 / owner", "版 / version")
    for each in found:
        owner = ORGANISATIONS[each.owner].name if each.owner in ORGANISATIONS else each.owner
        table.add_row(each.id, each.name, escape(each.title), owner, each.current or "下書き / draft")
    output.print(table)


@app.command()
def show(
    which: Which, login: As = None, organisation: Organisation = "shared", as_json: AsJson = False
) -> None:
    """A template's versions with their signatures, and its fields."""
    with opened() as (system, _):
        actor = acting(system, login, organisation)
        template = _found(system, actor, which)
        with system.records.read() as work:
            lines = system.forms.templates.versions(work, actor, template.id)
            judged = [(line, system.forms.templates.verdict(work, line)) for line in lines]
            form = system.forms.templates.version(work, actor, template.id, "").form
    if as_json:
        body = TemplateOut.of(template).model_dump(mode="json")
        body["versions"] = [VersionOut.of(*each).model_dump(mode="json") for each in judged]
        body["fields"] = [
            {"name": each.name, "label": each.label, "type": each.type} for each in form.every_field()
        ]
        output.print_json(json.dumps(body, ensure_ascii=False))
        return
    output.print(f"[bold]{escape(template.title)}[/]  {template.name}  {template.id}", highlight=False)
    for line, verdict in judged:
        output.print(
            f"  {line.version}  {line.state}  {line.saved_at:%Y-%m-%d}  {escape(line.note)}\n    {_worth(verdict)}",
            highlight=False,
        )
    table = Table("項目 / field", "見出し / label", "種類 / type")
    for each in form.every_field():
        table.add_row(escape(each.name), escape(each.label), each.type.value)
    output.print(table)


@app.command("export")
def export_form(
    which: Which,
    file: Annotated[Path, typer.Argument(help="File to write; - for standard output.")],
    version: Version = "",
    login: As = None,
    organisation: Organisation = "shared",
) -> None:
    """Writes a version, with its signature, or a draft that was never published, to one file."""
    with opened() as (system, _):
        actor = acting(system, login, organisation)
        template = _found(system, actor, which)
        with system.records.read() as work:
            found = system.forms.templates.version(work, actor, template.id, version)
    data = write_file(found.form, found.envelope)
    if str(file) == "-":
        typer.echo(data.decode(), nl=False)
        return
    file.write_bytes(data)
    output.print(f"{file}  {found.version or '下書き / draft'}  sha256:{found.digest}", highlight=False)


@app.command("import")
def import_form(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Template file.")],
    name: Annotated[str, typer.Option(help="Another name than the file's.")] = "",
    publish: Annotated[bool, typer.Option("--publish", help="Publish it at once.")] = False,
    login: As = None,
    organisation: Organisation = "shared",
) -> None:
    """Takes a template file in as a draft, and tells what its signature is worth."""
    sent = _read(file)
    with opened() as (system, _):
        actor = acting(system, login, organisation)
        with system.records.write() as work:
            imported = system.forms.templates.take_in(work, actor, sent.form, sent.envelope, name)
            version = ""
            if publish and not imported.template.current:
                made = system.forms.publishing.publish(
                    work, actor, imported.template.id, imported.template.revision
                )
                version = made.version
    output.print(f"{imported.template.id}  {imported.template.name}  {version}".rstrip(), highlight=False)
    errors.print(_worth(imported.verdict), highlight=False)


@app.command("publish")
def publish_form(  # noqa: PLR0917  a command line
    which: Which,
    key: Annotated[
        Path | None, typer.Option(help="Private key of the organisation; else the installation signs.")
    ] = None,
    passphrase: Annotated[bool, typer.Option("--passphrase", help="Ask for the key's passphrase.")] = False,
    note: Annotated[str, typer.Option(help="What is new.")] = "",
    login: As = None,
    organisation: Organisation = "shared",
) -> None:
    """Publishes the draft as the next version, signed with the organisation's own key when it is given."""
    secret = typer.prompt("パスフレーズ / passphrase", hide_input=True) if passphrase else ""
    with opened() as (system, _):
        actor = acting(system, login, organisation)
        template = _found(system, actor, which)
        signer = KeyFileSigner(PrivateKey.read(key, secret), system.forms.keyring) if key else None
        with system.records.write() as work:
            made = system.forms.publishing.publish(
                work, actor, template.id, template.revision, note, signer=signer
            )
            verdict = system.forms.templates.verdict(work, made)
    output.print(f"{template.name} {made.version}  sha256:{made.digest}\n{_worth(verdict)}", highlight=False)


@app.command("test")
def test_form(  # noqa: PLR0917  a command line
    which: Annotated[str, typer.Argument(metavar="TEMPLATE", help="Template file, identifier or name.")],
    samples: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Sample pages.")],
    version: Version = "",
    login: As = None,
    organisation: Organisation = "shared",
    as_json: AsJson = False,
) -> None:
    """Reads sample pages with a template before it is used. Nothing is stored."""
    with opened() as (system, _):
        form = _form_of(system, acting(system, login, organisation), which, version)
        read: list[tuple[Path, PageReading]] = []
        with progress("試し読み / trial") as advance:
            for number, sample in enumerate(samples):
                read += [(sample, each) for each in system.forms.trials.run(form, sample, sample.name)]
                advance(number + 1, len(samples))
    if as_json:
        rows = [
            {"file": str(path)} | TrialPageOut.of(each, "ja").model_dump(mode="json") for path, each in read
        ]
        output.print_json(json.dumps(rows, ensure_ascii=False))
    else:
        for path, each in read:
            _print_reading(form, path, each)
    if not all(each.outcome is PageOutcome.MATCHED for _, each in read):
        raise typer.Exit(1)


def _print_reading(form: Form, path: Path, reading: PageReading) -> None:
    place = f"{path.name} {reading.number}"
    if reading.match is None:
        output.print(
            f"[bold red]✗[/] {escape(place)}: {reading.outcome} {escape(reading.reason_ja)}", highlight=False
        )
        return
    output.print(
        f"[bold]{escape(place)}[/]  p.{reading.match.page}  {reading.match.score:.2f}", highlight=False
    )
    table = Table("項目 / field", "値 / value", "確度 / confidence", "")
    for each in reading.fields:
        field = form.field(each.field)
        value = shown(field, each.value) if field else each.value
        table.add_row(
            escape(each.field), escape(value), f"{each.confidence:.3f}", " ".join(sorted(each.flags))
        )
    output.print(table)


def _form_of(system: System, actor: Actor, which: str, version: str) -> Form:
    if Path(which).is_file():
        return _read(Path(which)).form
    template = _found(system, actor, which)
    with system.records.read() as work:
        return system.forms.templates.version(work, actor, template.id, version).form


def _read(file: Path) -> FormFile:
    try:
        return read_file(file.read_bytes())
    except OSError as error:
        raise Invalid(Text(f"{file} を読めません。", f"{file} cannot be read.")) from error


def _found(system: System, actor: Actor, which: str) -> Template:
    """By identifier, or by name: an own template first, else the only one of that name."""
    if _IDENTIFIER.fullmatch(which):
        with system.records.read() as work:
            return system.forms.templates.get(work, actor, which)
    named = [
        each for archived in (False, True) for each in _all(system, actor, archived) if each.name == which
    ]
    found = [each for each in named if each.owner == actor.organisation] or named
    if not found:
        raise NotFound(absent().text)
    if len(found) > 1:
        raise Conflict(
            Text(
                f"「{which}」という名前の様式が複数の団体にあります。番号で指定してください。",
                f"Several organisations have a template named {which}. Give its identifier.",
            )
        )
    return found[0]


def _all(system: System, actor: Actor, archived: bool) -> list[Template]:
    found: list[Template] = []
    cursor: str | None = None
    with system.records.read() as work:
        while True:
            page = system.forms.templates.page(work, actor, archived=archived, cursor=cursor, limit=100)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found


def _worth(verdict: Verdict) -> str:
    words = TRUST_WORDS[verdict.trust]
    key = f"  {verdict.key.id[:16]}…" if verdict.key else ""
    return f"{words.ja} / {words.en}{key}"
