"""chienowa admin …: what the operator of the machine may do to accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from assembly.cli.console import output
from kernel.audit import SYSTEM, Audit
from kernel.clock import Clock
from kernel.errors import NotFound, Text
from kernel.identity import repository
from kernel.identity.models import Actor, Invited, Role, User
from kernel.identity.organisations import ORGANISATIONS
from kernel.identity.service import Accounts
from kernel.records import Records, UnitOfWork
from kernel.settings import Settings
from migrations.run import upgrade

app = typer.Typer(help="Accounts, for the operator of the machine.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="Login name.")]


@app.command()
def create(
    login: Login,
    name: Annotated[str, typer.Option(prompt="氏名 / Name", help="The person's name.")],
    organisation: Annotated[
        str, typer.Option(prompt="団体コード / Organisation code", help="131016 … 131237, 130001 or shared.")
    ],
) -> None:
    """Makes an administrator and prints the one-time code for their first log-in."""
    with _accounts() as (accounts, work):
        invited = accounts.create_administrator(work, organisation, login, name)
    _print_code(invited)


@app.command()
def reset(login: Login) -> None:
    """Prints a new one-time code for a person who forgot the password."""
    with _accounts() as (accounts, work):
        person = _person(work, login)
        invited = accounts.reset(work, _operator(person), person.id)
    _print_code(invited)


@app.command()
def unlock(login: Login) -> None:
    """Ends a lock-out."""
    with _accounts() as (accounts, work):
        person = _person(work, login)
        accounts.unlock(work, _operator(person), person.id)
    output.print(f"{person.login} のロックを解除しました。 / Unlocked.", highlight=False)


@app.command("list")
def list_users() -> None:
    """Lists all users of all organisations."""
    with _accounts() as (_, work):
        for code, organisation in ORGANISATIONS.items():
            for person in repository.users_of(work, code):
                state = "有効" if person.active else "停止"
                roles = " ".join(sorted(person.roles))
                typer.echo(f"{person.login}\t{organisation.name}\t{person.name}\t{roles}\t{state}")


@contextmanager
def _accounts() -> Iterator[tuple[Accounts, UnitOfWork]]:
    settings, clock = Settings(), Clock()
    records = Records(settings.records_url())
    upgrade(records)
    try:
        with records.write() as work:
            yield Accounts(clock, settings, Audit(clock)), work
    finally:
        records.close()


def _person(work: UnitOfWork, login: str) -> User:
    found = repository.user_by_login(work, login.strip().lower())
    if found is None:
        raise NotFound(
            Text(f"ログイン名 {login} の利用者がいません。", f"No user has the login name {login}.")
        )
    return found[0]


def _operator(person: User) -> Actor:
    """Whoever has a shell on the machine acts for the person's organisation; the audit says "system"."""
    return Actor(SYSTEM, "operator", person.organisation, frozenset({Role.ADMINISTRATOR}))


def _print_code(invited: Invited) -> None:
    output.print(
        f"ログイン名 / Login: {invited.user.login}\n"
        f"1回限りのコード / One-time code: {invited.code}\n"
        "このコードでログインし、自分のパスワードを決めてください。 / Log in with this code and choose a password.",
        highlight=False,
    )
