"""On whose behalf a command acts: a person by login name, or an organisation."""

from typing import Annotated

import typer

from assembly.embedded import System
from assembly.first_start import system_actor
from kernel.errors import Invalid, Text
from kernel.identity import repository
from kernel.identity.models import Actor, actor_of
from kernel.identity.organisations import ORGANISATIONS

As = Annotated[str | None, typer.Option("--as", help="Login name of the person to act for.")]
Organisation = Annotated[str, typer.Option(help="Organisation code to act for, when --as is not given.")]


def acting(system: System, login: str | None, organisation: str) -> Actor:
    """Raises Invalid for whom there is not."""
    if login is None:
        if organisation not in ORGANISATIONS:
            raise Invalid(
                Text(
                    f"団体コード {organisation} はありません。131016 … 131237、130001、shared のどれかを指定してください。",
                    f"There is no organisation {organisation}. Use 131016 … 131237, 130001 or shared.",
                )
            )
        return system_actor(organisation)
    with system.records.read() as work:
        found = repository.user_by_login(work, login.strip().lower())
    if found is None or not found[0].active:
        raise Invalid(Text(f"利用者 {login} がいません。", f"There is no active user {login}."))
    return actor_of(found[0])
