"""chienowa audit verify: whether the chain still says what was written."""

from typing import Annotated

import typer

from assembly.cli.console import errors, output
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
    from kernel.audit import Sealer
    from kernel.audit import verify as verify_chain

    records = Records(Settings().records_url())
    try:
        Sealer(records, Clock()).seal()
        with records.read() as work:
            found = verify_chain(work, organisation)
    finally:
        records.close()
    for each in found:
        mark = "[green]✓[/]" if each.ok else "[red]✗[/]"
        output.print(f"{mark} {each.organisation}\t{each.rows} 件\thead {each.head[:16]}", highlight=False)
        if not each.ok:
            errors.print(f"  {each.problem.ja}\n  {each.problem.en}", highlight=False)
    if not all(each.ok for each in found):
        raise typer.Exit(1)
