"""The demonstration is ready by itself the first time, and at once the second time."""

import shutil
import time
from pathlib import Path

from assembly.first_start import prepare, system_actor
from assembly.health import check
from kernel.artifacts import Trust
from kernel.identity.models import Actor, Role
from kernel.settings import Settings


def test_samples_are_there_once_and_a_second_start_takes_seconds(tmp_path: Path, base_models: Path) -> None:
    settings = Settings(home=tmp_path / "home", demo=True)
    shutil.copytree(base_models, settings.home / "models")
    system = prepare(settings)
    with system.running():
        system.bank.indexing.run_pending()
        entries = system.bank.indexing.status().entries
        assert entries >= 60
        assert check(system)["ok"], check(system)
        found = system.bank.search.search(system_actor(), "ちゃっとぼっと")
        assert found.total > 0
        ward = Actor("a", "", "131059", frozenset({Role.READER}))
        assert system.bank.search.search(ward, "").total < entries, (
            "drafts and own entries of others are hidden"
        )
        clerk = Actor("b", "", "131059", frozenset({Role.CONTRIBUTOR}))
        with system.records.read() as work:
            forms = system.forms.templates.page(work, clerk).items
            worth = [
                system.forms.templates.verdict(work, system.forms.templates.version(work, clerk, one.id, ""))
                for one in forms
            ]
        assert {one.current for one in forms} == {"1.0.0"} and len(forms) == 5
        assert {verdict.trust for verdict in worth} == {Trust.HOUSE}
    begun = time.monotonic()
    again = prepare(settings)
    with again.running():
        assert again.bank.indexing.status().entries == entries
        with again.records.read() as work:
            assert again.forms.templates.page(work, clerk).items == forms
    assert time.monotonic() - begun < 10


def test_an_installation_starts_empty(tmp_path: Path, base_models: Path) -> None:
    settings = Settings(home=tmp_path / "home", demo=False)
    shutil.copytree(base_models, settings.home / "models")
    system = prepare(settings)
    with system.records.read() as work:
        assert system.accounts.nobody_yet(work)
    with system.running():
        assert system.bank.indexing.status().entries == 0
