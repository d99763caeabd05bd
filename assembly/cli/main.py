"""The command tree. Heavy parts are imported by the commands that need them, so that --help is quick."""

import sys

import typer

from assembly.cli import (
    administration,
    auditing,
    bank,
    batches,
    documents,
    evaluating,
    keys,
    models,
    serving,
    templates,
)
from assembly.cli.console import errors
from kernel.errors import ChienowaError

app = typer.Typer(
    name="chienowa",
    help="知恵の輪: shared knowledge bank of Tokyo's 23 special wards.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
serving.register(app)
bank.register(app)
models.register(app)
documents.register(app)
app.add_typer(batches.app, name="batch")
app.add_typer(templates.app, name="form")
app.add_typer(evaluating.app, name="eval")
app.add_typer(auditing.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(administration.app, name="admin")


def main() -> None:
    """Runs a command; an error for a person becomes one sentence and exit status 1."""
    try:
        app()
    except ChienowaError as error:
        errors.print(f"[bold red]✗[/] {error.text.ja}\n  {error.text.en}", highlight=False)
        for problem in error.problems:
            errors.print(f"  {problem.where}: {problem.text.ja} / {problem.text.en}", highlight=False)
        sys.exit(1)
