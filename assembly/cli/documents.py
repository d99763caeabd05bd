"""chienowa read: any document to text, tables and searchable PDF."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from assembly.cli.console import errors, progress
from kernel.errors import Invalid, Text
from ocr_service.wiring import build_documents, tables_writer


def register(app: typer.Typer) -> None:
    """Adds the command to the tree."""
    app.command("read")(read)


def read(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help="PDF, TIFF, JPEG, PNG, or ZIP of these."
        ),
    ],
    pdf: Annotated[Path | None, typer.Option(help="Writes a searchable PDF there.")] = None,
    tables: Annotated[Path | None, typer.Option(help="Writes found tables there: .xlsx or .csv.")] = None,
) -> None:
    """Reads a document that no template is known for; its text goes to standard output."""
    for path in (pdf, tables):
        if path is not None and not path.resolve().parent.is_dir():
            raise Invalid(
                Text(
                    f"フォルダー {path.resolve().parent} がありません。",
                    f"There is no folder {path.resolve().parent}.",
                )
            )
    with progress("読み取り中 / reading") as advance:
        told = build_documents().convert(
            file,
            file.name,
            pdf=pdf,
            tables=(tables, tables_writer(tables)) if tables else None,
            on_progress=advance,
        )
    typer.echo(told.text)  # as it is: the console would make spaces of tabs
    for ja, en in told.unread:
        errors.print(f"{escape(ja)}\n  {escape(en)}", highlight=False)
    errors.print(f"ページ / pages: {told.pages}   表 / tables: {told.tables}", highlight=False)
