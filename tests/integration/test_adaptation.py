"""The text vectors learn from a bank's own text: real training in a process of its own, gate, shelf, rollback."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from kb_service.adapters.static_embedding.model import StaticEmbedder
from kb_service.adapters.static_embedding.shelf import FolderShelf
from kb_service.adapters.static_embedding.trainer import ProcessTrainer
from kb_service.ports.adaptation import BankText, Models, Progress, Score, Trained
from kb_service.service.adaptation import Adaptation, held_out, judge
from kernel.clock import FixedClock
from kernel.errors import Conflict, Unavailable
from kernel.japanese import Analyser

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TOPICS = {
    "保育園の入園": "園児の選考は指数の順に行います。保護者の就労証明を添えてください。",
    "粗大ごみの収集": "大きな家具は処理券を貼って玄関先に出します。手数料は品目で違います。",
    "住民票の写し": "証明書はコンビニでも交付します。世帯の記載を選べます。",
    "図書館の利用": "本は二週間借りられます。予約した資料は取り置きます。",
    "介護保険の認定": "調査員が自宅を訪ね、主治医の意見書とあわせて審査します。",
    "国民健康保険の届出": "会社を辞めたら資格喪失の証明を持って窓口に来てください。",
    "道路の補修": "舗装の穴は写真を付けて知らせてください。係が現地を見ます。",
    "防災の備え": "水と食料は三日分を蓄えます。避難所の場所を家族で話します。",
}


def texts(count: int) -> list[BankText]:
    """Entries of eight topics; each tells its topic in words that its title does not have."""
    names = list(TOPICS)
    return [
        BankText(
            f"e{n}",
            f"ward{n % 2}",
            f"{names[n % 8]} その{n}",
            f"{TOPICS[names[n % 8]]}\n整理番号は{n}番です。",
        )
        for n in range(count)
    ]


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    return Analyser()


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real base model, built once."""
    folder = tmp_path_factory.mktemp("models") / "base"
    ProcessTrainer(threads=1).base(folder)
    return folder


class CopiedBase(ProcessTrainer):
    """The real trainer, which takes its base from the one already built: building takes 10 s."""

    def __init__(self, base: Path) -> None:
        super().__init__(threads=1)
        self._base = base

    def base(self, folder: Path) -> str:
        shutil.copytree(self._base, folder, dirs_exist_ok=True)
        return "base"


def quiet(_done: int, _total: int) -> None:
    """Progress that nobody looks at."""


def test_a_better_model_is_promoted_and_rolled_back(base: Path, tmp_path: Path, analyser: Analyser) -> None:
    shelf = FolderShelf(tmp_path)
    adaptation = Adaptation(lambda: iter(texts(120)), CopiedBase(base), shelf, FixedClock(NOW))
    adaptation.build_base()
    before = shelf.current()
    assert before is not None
    seen: list[tuple[int, int]] = []
    outcome = adaptation.run(lambda done, total: seen.append((done, total)))
    assert outcome.promoted, outcome.reason
    assert outcome.trained is not None
    assert outcome.trained.candidate.mrr > outcome.trained.current.mrr
    assert seen[-1][0] == seen[-1][1] > 1
    after = shelf.current()
    assert after is not None and after != before
    learnt, plain = StaticEmbedder(after, analyser), StaticEmbedder(before, analyser)
    assert learnt.version == outcome.trained.version != plain.version

    def nearness(model: StaticEmbedder) -> float:
        question, answer, other = model.passages(["粗大ごみ", "処理券を貼って玄関先に", "主治医の意見書"])
        return float(question @ answer - question @ other)

    assert nearness(learnt) > nearness(plain)
    assert FolderShelf(tmp_path).current() == after
    assert adaptation.due(120) is False
    assert adaptation.due(131) is False
    assert adaptation.due(132) is True
    back = adaptation.rollback()
    assert shelf.current() == before
    assert back.version == plain.version
    with pytest.raises(Conflict):
        adaptation.rollback()
    assert [step.note for step in adaptation.history()] == ["base", "", "rollback"]


def test_the_same_texts_give_the_same_model(base: Path, tmp_path: Path) -> None:
    trainer = ProcessTrainer(threads=1)
    versions = []
    for name in ("a", "b"):
        trained = trainer.adapt(texts(48), frozenset(), Models(base, base, tmp_path / name), quiet)
        versions.append(trained.version)
    assert versions[0] == versions[1]


def test_a_small_bank_learns_nothing(tmp_path: Path) -> None:
    adaptation = Adaptation(lambda: iter(texts(12)), ProcessTrainer(), FolderShelf(tmp_path), FixedClock(NOW))
    outcome = adaptation.run(quiet)
    assert not outcome.promoted
    assert "12" in outcome.reason.ja and outcome.trained is None


class Fixed(CopiedBase):
    """Trains nothing and reports the scores it was given."""

    def __init__(self, base: Path, candidate: Score, current: Score) -> None:
        super().__init__(base)
        self._scores = candidate, current

    def adapt(
        self, texts: Sequence[BankText], held_out: frozenset[str], models: Models, progress: Progress
    ) -> Trained:
        shutil.copytree(self._base, models.candidate, dirs_exist_ok=True)
        return Trained(models.candidate, "candidate", *self._scores, seconds=0.0)


def test_what_does_not_pass_the_gate_leaves_no_trace(base: Path, tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path)
    worse = Fixed(base, Score(20, 0.4, 0.5), Score(20, 0.5, 0.5))
    adaptation = Adaptation(lambda: iter(texts(60)), worse, shelf, FixedClock(NOW))
    outcome = adaptation.run(quiet)
    assert not outcome.promoted
    assert shelf.current() == shelf.base()
    assert len([folder for folder in tmp_path.iterdir() if folder.is_dir()]) == 1


@pytest.mark.parametrize(
    ("candidate", "current", "passes"),
    [
        (Score(20, 0.6, 0.7), Score(20, 0.5, 0.7), True),
        (Score(20, 0.5, 0.9), Score(20, 0.5, 0.7), False),
        (Score(7, 0.9, 0.9), Score(7, 0.1, 0.1), False),
        (
            Score(40, 0.6, 0.7, {"a": Score(20, 0.47, 0)}),
            Score(40, 0.5, 0.7, {"a": Score(20, 0.5, 0)}),
            False,
        ),
        (Score(40, 0.6, 0.7, {"a": Score(20, 0.49, 0)}), Score(40, 0.5, 0.7, {"a": Score(20, 0.5, 0)}), True),
        (Score(40, 0.6, 0.7, {"a": Score(5, 0.1, 0)}), Score(40, 0.5, 0.7, {"a": Score(5, 0.5, 0)}), True),
    ],
)
def test_the_gate(candidate: Score, current: Score, passes: bool) -> None:
    verdict = judge(candidate, current)
    assert verdict.passed is passes
    assert verdict.reason.ja and verdict.reason.en


def test_titles_stay_held_out_while_the_bank_grows() -> None:
    few, many = held_out(texts(400)), held_out(texts(800))
    assert 30 <= len(few) <= 41 and len(held_out(texts(3000))) <= 100
    assert len(few & many) >= len(few) // 2
    same_title = [BankText(f"s{n}", "g", "同じ題名", "本文") for n in range(5)]
    chosen = held_out([*texts(60), *same_title])
    assert len({text.entry_id for text in same_title} & chosen) in (0, 5)


def test_a_training_that_dies_is_told_and_leaves_nothing(tmp_path: Path, base: Path) -> None:
    shelf = FolderShelf(tmp_path)
    adaptation = Adaptation(lambda: iter(texts(60)), CopiedBase(base), shelf, FixedClock(NOW))
    adaptation.build_base()
    broken = shelf.base()
    assert broken is not None
    (broken / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(Unavailable, match="could not be made"):
        adaptation.run(quiet)
    assert [folder.name for folder in tmp_path.iterdir() if folder.is_dir()] == [broken.name]


def test_sentence_transformers_reads_the_same_vectors(base: Path, analyser: Analyser) -> None:
    from sentence_transformers import SentenceTransformer

    said = ["粗大ごみの出し方を知りたい", "ＡＩ－ＯＣＲで申請書を読み取る", "", "𠮷野家☕", "zzqx"]
    ours = StaticEmbedder(base, analyser).passages(said)
    theirs = SentenceTransformer(str(base)).encode([" ".join(analyser.words(text)) for text in said])
    assert np.abs(ours - theirs).max() < 1e-5
    assert np.linalg.norm(ours, axis=1)[[0, 1]] == pytest.approx(1, abs=1e-5)
