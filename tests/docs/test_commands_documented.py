"""docs/commands.md names every command of the program, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path

import typer.main

from assembly.cli.main import app

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def _commands(command: object, path: str) -> Iterator[str]:
    """The leaves of the command tree; a group has `commands`."""
    members: dict[str, object] | None = getattr(command, "commands", None)
    if members is None:
        yield path
        return
    for name, each in members.items():
        yield from _commands(each, f"{path} {name}")


def test_the_table_names_every_command() -> None:
    rows = re.findall(
        r"^\| `(chienowa [a-z ]+?)(?: [A-Z\"…]+)*` \|", PAGE.read_text(encoding="utf-8"), flags=re.M
    )
    assert sorted(rows) == sorted(_commands(typer.main.get_command(app), "chienowa"))
