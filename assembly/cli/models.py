"""chienowa model build: the language model."""

import typer

from assembly.cli.console import output
from assembly.embedded import build
from assembly.first_start import ensure_model
from kernel.settings import Settings

app = typer.Typer(help="The language model that searches by meaning.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Adds the commands to the tree."""
    root.add_typer(app, name="model")


@app.callback()
def group() -> None:
    """The language model that searches by meaning."""


@app.command("build")
def build_model() -> None:
    """Builds the base model from the installed word vectors, if there is none."""
    system = build(Settings())
    ensure_model(system)
    output.print("モデルがあります。 / The model is there.", highlight=False)
