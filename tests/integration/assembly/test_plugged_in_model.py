"""CHIENOWA_EMBEDDING_MODEL: another sentence-transformers model serves; one that cannot be loaded is told and
the static model goes on serving."""

import shutil
from pathlib import Path

import pytest

from assembly.embedded import build
from assembly.first_start import system_actor
from assembly.health import check
from kb_service.adapters.static_embedding.shelf import FolderShelf
from kb_service.models.entries import CaseFields, Content, Kind, Status
from kernel.settings import Settings
from kernel.visibility import Audience, AudienceKind


@pytest.fixture
def home_with_model(tmp_path: Path, base_models: Path) -> Path:
    shutil.copytree(base_models, tmp_path / "home" / "models")
    return tmp_path / "home"


def _answered(settings: Settings) -> tuple[tuple[str, ...], int, str]:
    """A whitespace-separated title, because a model by its folder gets plain text. Arms of a search that only meaning can answer, its hits, and the problem that the health page tells."""
    system = build(settings)
    content = Content(
        Kind.CASE,
        "犬 登録 狂犬病 予防 注射",
        CaseFields(),
        audience=Audience(AudienceKind.MEMBERS),
        status=Status.PUBLISHED,
    )
    try:
        with system.records.write() as work:
            system.bank.entries.create(work, system_actor(), content)
        system.bank.indexing.open()
        system.bank.indexing.run_pending()
        results = system.bank.search.search(system_actor(), "ペット 犬 飼い主", arms=("meaning",))
        return results.arms, len(results.hits), check(system)["parts"]["meaning"]["problem"]
    finally:
        system.bank.indexing.stop()
        system.records.close()


def test_a_folder_with_a_sentence_transformers_model_serves(home_with_model: Path) -> None:
    folder = FolderShelf(home_with_model / "models").current()
    arms, hits, problem = _answered(Settings(home=home_with_model, embedding_model=str(folder)))
    assert (arms, problem) == (("meaning",), "")
    assert hits == 1


def test_a_model_that_cannot_be_loaded_is_told_and_the_static_one_serves(home_with_model: Path) -> None:
    arms, hits, problem = _answered(Settings(home=home_with_model, embedding_model="/nowhere/model"))
    assert "/nowhere/model" in problem
    assert arms == ("meaning",)
    assert hits == 1
