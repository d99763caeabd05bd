"""chienowa keys …: the keys that published versions are signed with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from assembly.cli.console import output
from assembly.first_start import system_actor
from kernel.artifacts import Keyring, PrivateKey, PublicKey
from kernel.audit import Audit
from kernel.clock import JST, Clock
from kernel.errors import Invalid, NotFound, Text
from kernel.identity.organisations import ORGANISATIONS, organisation
from kernel.records import Records, UnitOfWork
from kernel.settings import Settings
from migrations.run import upgrade

app = typer.Typer(help="Keys that published versions are signed with.", no_args_is_help=True)
Owner = Annotated[str, typer.Option("--organisation", help="131016 … 131237, 130001 or shared.")]


@app.command()
def create(
    file: Annotated[
        Path, typer.Argument(help="New file for the private key (or, with --public, the public key).")
    ],
    owner: Owner,
    name: Annotated[str, typer.Option(help="What the key is called in lists.")],
    public: Annotated[
        bool,
        typer.Option("--public", help="Register the public key in FILE; the private one stays where it is."),
    ] = False,
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Ask for a passphrase of the key file.")
    ] = False,
) -> None:
    """Makes a key, writes its private half to FILE for the ward to keep, and registers the public half here."""
    organisation(owner)
    with _keyring() as (keyring, work):
        if public:
            registered = keyring.register(work, system_actor(owner), PublicKey.from_pem(_text(file)), name)
        else:
            secret = (
                typer.prompt("パスフレーズ / passphrase", hide_input=True, confirmation_prompt=True)
                if passphrase
                else ""
            )
            key = PrivateKey.new()
            registered = keyring.register(work, system_actor(owner), key.public, name)
            key.write(file, secret)
    output.print(f"鍵 / key: {registered.id}", highlight=False)
    if not public:
        output.print(
            f"秘密鍵を {file} に書きました（持ち主だけが読めます）。ほかに写しはありません。安全な場所に保管してください。\n"
            f"The private key is in {file}, for its owner alone. There is no other copy: keep it safe.",
            highlight=False,
        )


@app.command("list")
def list_keys(
    owner: Annotated[
        str | None, typer.Option("--organisation", help="One organisation's code; else all.")
    ] = None,
) -> None:
    """Lists the registered keys, newest first."""
    with _keyring() as (keyring, work):
        found = keyring.keys(work, owner)
    for key in found:
        state = (
            f"失効 {key.revoked_at.astimezone(JST):%Y-%m-%d}（{key.reason}）" if key.revoked_at else "有効"
        )
        held = "画面から公開する鍵" if key.house else "団体が持つ鍵"
        where = (
            ORGANISATIONS[key.organisation].name if key.organisation in ORGANISATIONS else key.organisation
        )
        typer.echo(
            f"{key.id}\t{where}\t{key.name}\t{held}\t{key.created_at.astimezone(JST):%Y-%m-%d}\t{state}"
        )


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Identifier of the key, or its first eight characters or more.")],
    reason: Annotated[str, typer.Option(help="Why, for whoever looks at a signature.")],
) -> None:
    """Revokes a key: nobody vouches any more for what was signed with it."""
    with _keyring() as (keyring, work):
        found = [each for each in keyring.keys(work) if len(key) >= 8 and each.id.startswith(key)]
        if len(found) != 1:
            raise NotFound(
                Text(
                    "この番号の鍵は一つに決まりません。keys list で確かめ、長く書いてください。",
                    "No single key has this identifier. Look at keys list and give more of it.",
                )
            )
        revoked = keyring.revoke(work, system_actor(found[0].organisation), found[0].id, reason)
    output.print(f"鍵 {revoked.id} を失効させました。 / Revoked.", highlight=False)


@contextmanager
def _keyring() -> Iterator[tuple[Keyring, UnitOfWork]]:
    clock = Clock()
    settings = Settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    records = Records(settings.records_url())
    upgrade(records)
    try:
        with records.write() as work:
            yield Keyring(Audit(clock), clock), work
    finally:
        records.close()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            Text(f"公開鍵のファイル {file} を読めません。", f"The public key file {file} cannot be read.")
        ) from error
