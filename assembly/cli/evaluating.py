"""chienowa eval …: quality, measured on data in public formats. Exit status 0 when it could be measured."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from assembly.cli.console import errors, output

app = typer.Typer(help="Measures quality on data in public formats.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="Folder with the data.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write the figures to this file.")]


class Arm(StrEnum):
    """What answers."""

    KEYWORD = "keyword"
    SEMANTIC = "semantic"
    HYBRID = "hybrid"
    ALL = "all"


@app.command("search")
def search(
    folder: Folder,
    arm: Annotated[Arm, typer.Option(help="Which arm answers.")] = Arm.ALL,
    adapt: Annotated[bool, typer.Option(help="Let the vectors learn from the corpus first.")] = True,
    target: Json = None,
) -> None:
    """A BEIR folder: corpus.jsonl, queries.jsonl, qrels.tsv."""
    from evals.search import evaluate

    figures = evaluate(folder, arm.value, adapt, errors.print)
    table = Table("arm", *next(iter(figures["arms"].values())))
    for name, values in figures["arms"].items():
        table.add_row(name, *(str(value) for value in values.values()))
    output.print(table)
    _write(figures, target)


@app.command("variants")
def variants(
    folder: Folder,
    arm: Annotated[Arm, typer.Option(help="Which arm answers.")] = Arm.HYBRID,
    adapt: Annotated[bool, typer.Option(help="Let the vectors learn from the corpus first.")] = True,
    target: Json = None,
) -> None:
    """Spelling variants: corpus.jsonl, variants.jsonl."""
    from evals.variants import evaluate

    figures = evaluate(folder, arm.value, adapt, errors.print)
    table = Table("category", "n", "recall@3")
    for name, values in figures["category"].items():
        table.add_row(name, str(values["n"]), f"{values['recall@3']:.3f}")
    output.print(table)
    _write(figures, target)


def _write(figures: dict[str, Any], target: Path | None) -> None:
    if target is not None:
        target.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
