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


@app.command("ocr")
def ocr(  # noqa: PLR0917
    folder: Folder,
    model: Annotated[
        str, typer.Option(help="Model NAME@VERSION that reads; the current one when left out.")
    ] = "",
    with_naive: Annotated[
        bool, typer.Option("--with-naive", help="Run the naive pipeline beside it.")
    ] = False,
    peer_pages: Annotated[int, typer.Option(help="Pages of each form that other engines read whole.")] = 0,
    lanes: Annotated[int, typer.Option(help="Pages read at the same time.")] = 2,
    wrong: Annotated[Path | None, typer.Option("--errors", help="Write what was read wrong (CSV).")] = None,
    target: Json = None,
) -> None:
    """Filled-in forms: form.json, pages/, truth.csv; or a folder of such folders."""
    from evals.ocr.evaluate import Options, evaluate

    figures = evaluate(folder, Options(model, with_naive, peer_pages, lanes, wrong), errors.print)
    table = Table("", "ours", *(["naive"] if with_naive else []))
    for name, path in _OCR_ROWS.items():
        found = [_at(figures, path)] + ([_at(figures["naive"], path)] if with_naive else [])
        table.add_row(name, *found)
    output.print(table)
    _write(figures, target)


_OCR_ROWS = {
    "field accuracy": "field_accuracy",
    "  printed": "parts.printed.field_accuracy",
    "  handwritten": "parts.handwritten.field_accuracy",
    "  marks": "parts.mark.field_accuracy",
    "  brush (apart)": "brush.field_accuracy",
    "blank accuracy": "blank_accuracy",
    "cer": "cer",
    "straight-through": "straight_through",
    "  wrong among them": "straight_through_error",
    "  upper 95 % bound": "straight_through_error_upper",
    "seconds a page": "s_per_page",
    "pages": "pages",
    "fields": "fields",
}


def _at(figures: dict[str, Any], path: str) -> str:
    value: Any = figures
    for part in path.split("."):
        value = value.get(part, "") if isinstance(value, dict) else ""
    return str(value)


def _write(figures: dict[str, Any], target: Path | None) -> None:
    if target is not None:
        target.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
