"""chienowa serve | demo | migrate: the server."""

from typing import Annotated

import typer

from assembly.cli.console import errors
from assembly.home import Home, Purpose
from kernel.settings import Settings

Port = Annotated[int | None, typer.Option(help="Port to listen on; else CHIENOWA_PORT.")]
Processes = Annotated[
    int | None, typer.Option(min=1, max=32, help="Processes that answer; else CHIENOWA_PROCESSES.")
]
Host = Annotated[str | None, typer.Option(help="Address to listen on; else CHIENOWA_HOST.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the tree."""
    app.command()(serve)
    app.command()(demo)
    app.command()(migrate)


def serve(host: Host = None, port: Port = None, processes: Processes = None) -> None:
    """Serves an installation. Without any user it prints a one-time code for the set-up page."""
    settings = Settings(demo=False)
    Home(settings.home).claim(Purpose.INSTALLATION)
    at = (host or settings.host, port or settings.port)
    _run(settings, *at, processes or settings.serving_processes())


def demo(port: Port = None) -> None:
    """Serves the demonstration with sample data and sample users, on 127.0.0.1 only, from one process."""
    settings = Settings(demo=True)
    Home(settings.home).claim(Purpose.DEMONSTRATION)
    _run(settings, "127.0.0.1", port or settings.port, 1)


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


def _run(settings: Settings, host: str, port: int, processes: int) -> None:
    from assembly.first_start import prepare
    from assembly.processes import log_to_terminal, serve_here, serve_in_processes
    from kernel.web.setup import Shared

    log_to_terminal(settings)
    lock = Home(settings.home).serving()
    try:
        system = prepare(settings)
        system.announce(f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")  # noqa: S104  only shown
        if processes == 1:
            serve_here(system, host, port)
        else:
            system.records.close()
            shared = Shared(system.web.setup_code, system.web.notice_key)
            serve_in_processes(settings, shared, host, port, processes)
    finally:
        lock.release()
