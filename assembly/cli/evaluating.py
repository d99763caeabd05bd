"""chienowa eval …: quality, measured."""

import typer

app = typer.Typer(help="Measures quality on data of your own.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Measures quality on data of your own."""
