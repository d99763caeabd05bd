"""chienowa serve | demo | migrate: the server."""

import logging
from typing import Annotated

import typer

from assembly.cli.console import errors
from assembly.home import Home, Purpose
from kernel.settings import Settings

Port = Annotated[int | None, typer.Option(help="Port to listen on; else CHIENOWA_PORT.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on; else CHIENOWA_HOST.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the tree."""
    app.command()(serve)
    app.command()(demo)
    app.command()(migrate)


def serve(host: Host = None, port: Port = None) -> None:
    """Serves an installation. Without any user it prints a one-time code for the set-up page."""
    settings = Settings(demo=False)
    Home(settings.home).claim(Purpose.INSTALLATION)
    _run(settings, host or settings.host, port or settings.port)


def demo(port: Port = None) -> None:
    """Serves the demonstration with sample data and sample users, on 127.0.0.1 only."""
    settings = Settings(demo=True)
    Home(settings.home).claim(Purpose.DEMONSTRATION)
    _run(settings, "127.0.0.1", port or settings.port)


def migrate() -> None:
    """Brings the records to the newest form."""
    from kernel.records import Records
    from migrations.run import current, head, upgrade

    records = Records(Settings().records_url())
    before = current(records)
    upgrade(records)
    errors.print(
        f"記録: {before or '(空)'} → {head()}  ({records.engine.url.render_as_string()})", highlight=False
    )
    records.close()


def _run(settings: Settings, host: str, port: int) -> None:
    import uvicorn

    from assembly.application import build_app
    from assembly.first_start import prepare

    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    lock = Home(settings.home).serving()
    try:
        system = prepare(settings)
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104  only shown
        system.announce(address)
        uvicorn.run(
            build_app(system),
            host=host,
            port=port,
            log_level=settings.log_level.lower(),
            access_log=False,
            http="httptools",
            timeout_graceful_shutdown=10,
        )
    finally:
        lock.release()
