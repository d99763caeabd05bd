"""chienowa audit verify: whether the chain still says what was written."""

from typing import Annotated

import typer

from assembly.cli.console import errors, output
from kernel.audit import Sealer
from kernel.audit import verify as verify_chain
from kernel.clock import Clock
from kernel.records import Records
from kernel.settings import Settings

app = typer.Typer(help="The audit chain.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The audit chain."""


@app.command()
def verify(
    organisation: Annotated[str | None, typer.Option(help="One organisation's code; else all.")] = None,
) -> None:
    """Checks every link of the chain. Exit status 1, naming the first broken row, when it was changed."""
    records = Records(Settings().records_url())
    try:
        Sealer(records, Clock()).seal()
        with records.read() as work:
            found = verify_chain(work, organisation)
    finally:
        records.close()
    for code, sequence, head in found.heads:
        typer.echo(f"{code}\t{sequence} 件\thead {head}")
    for each in found.broken:
        errors.print(
            f"[bold red]✗[/] {each.organisation} {each.sequence}: {each.reason.ja}\n  {each.reason.en}",
            highlight=False,
        )
    if not found.ok:
        raise typer.Exit(1)
    output.print(
        f"改ざんは見つかりませんでした（{found.rows} 件）。 / {found.rows} rows, unbroken.", highlight=False
    )
