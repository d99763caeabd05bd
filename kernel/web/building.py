"""Puts the web house together."""

from collections.abc import Iterable
from pathlib import Path

from kernel.clock import Clock
from kernel.identity.service import Accounts
from kernel.records import Records
from kernel.settings import Settings
from kernel.web.navigation import MAP, Place
from kernel.web.rendering import Templates
from kernel.web.setup import Shared
from kernel.web.statics import Statics
from kernel.web.translations import Translations
from kernel.web.visitors import Visitors
from kernel.web.web import Web

KERNEL = Path(__file__).parent


def build_web(  # noqa: PLR0917  the parts in the order of the layers
    settings: Settings,
    records: Records,
    accounts: Accounts,
    clock: Clock,
    folders: Iterable[Path] = (),
    map_of: tuple[Place, ...] = MAP,
    shared: Shared | None = None,
) -> Web:
    """`folders` are the packages with pages (…/kb_service, …/portal): their templates/, static/ and
    locales/en.po join the kernel's. `shared`: of a server of several processes."""
    shared = shared or Shared()
    packages = {"kernel": KERNEL, **{folder.name: folder for folder in folders}}
    catalogues = [KERNEL.parent / "locales" / "en.po"]
    catalogues += [folder / "locales" / "en.po" for name, folder in packages.items() if name != "kernel"]
    translations = Translations(file for file in catalogues if file.exists())
    statics = Statics(packages)
    return Web(
        settings=settings,
        records=records,
        accounts=accounts,
        clock=clock,
        translations=translations,
        templates=Templates(packages, translations, statics.url),
        statics=statics,
        visitors=Visitors(records, accounts, settings),
        setup_code=shared.setup_code,
        notice_key=shared.notice_key,
        map=map_of,
    )
