"""The shipped lexicon files."""

from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from ocr_service.adapters.lexicons.files import FOLDER, load_addresses, load_calibration, load_lexicons
from ocr_service.rules.calibration import FEATURES, MARK_FEATURES, Calibration, MarkEvidence
from ocr_service.rules.decoding.decoder import Evidence
from tests.unit.ocr_service.decoding.seen import a_field


def test_lexicons_are_large_and_load_at_once() -> None:
    began = perf_counter()
    lexicons = load_lexicons.__wrapped__(FOLDER)
    assert perf_counter() - began < 3.0  # 0.3 s where nothing else runs
    for trie, least in (
        (lexicons.surnames, 10_000),
        (lexicons.given, 15_000),
        (lexicons.surnames_kana, 8_000),
        (lexicons.given_kana, 8_000),
        (lexicons.words, 200_000),
    ):
        assert int(np.isfinite(trie.end).sum()) >= least


def test_old_forms_stand_beside_new_ones() -> None:
    surnames = load_lexicons().surnames
    for usual, old in (("高橋", "髙橋"), ("山崎", "山﨑"), ("渡辺", "渡邊"), ("斎藤", "齋藤")):
        assert surnames.end[surnames.find(usual)] > surnames.end[surnames.find(old)] > -np.inf


def test_every_special_ward_is_found_with_and_without_tokyo() -> None:
    trie = load_addresses().trie
    for ward in ("千代田区霞が関", "世田谷区三軒茶屋", "江戸川区中央", "大田区蒲田", "練馬区豊玉北"):
        assert ward in trie and f"東京都{ward}" in trie


@pytest.mark.parametrize(
    ("code", "address", "agrees"),
    [
        ("100-0013", "東京都千代田区霞が関1-2-3", True),
        ("1000013", "千代田区霞ケ関1丁目", True),
        ("１００－００１３".replace("－", "-"), "千代田区霞が関", True),
        ("154-0024", "東京都千代田区霞が関1-2-3", False),
        ("999-9999", "東京都千代田区霞が関1-2-3", None),
        ("", "", None),
    ],
)
def test_postal_codes_and_addresses(code: str, address: str, agrees: bool | None) -> None:
    assert load_addresses().agree(code, address) is agrees


def test_a_postal_code_of_several_places_names_them_all() -> None:
    addresses = load_addresses()
    several = next(code for code in addresses.codes if (addresses.codes == code).sum() > 2)
    found = addresses.of_postal(f"{several:07}")
    assert len(found) == len(set(found)) > 2


def evidence(probability: float, worst: float) -> Evidence:
    return Evidence(probability, probability, worst, worst, -0.1, -2.0, 6, True, 1.0, True)


def test_confidence_grows_with_the_evidence_and_is_never_certain() -> None:
    model = load_calibration()
    for kind in ("name", "kana", "address", "date", "my_number", "number", "text", "free_text"):
        weak = model.confidence(a_field(kind), evidence(0.4, 0.3))
        strong = model.confidence(a_field(kind), evidence(0.9999, 0.999))
        assert 0.0 < weak < strong < 1.0


def test_marks_are_never_certain_and_least_where_it_is_not_plain_whose_they_are() -> None:
    model = load_calibration()
    plain = model.mark_confidence(a_field("choice"), MarkEvidence(0.9999))
    assert 0.99 < plain < 0.9995
    assert model.mark_confidence(a_field("choice"), MarkEvidence(0.9999, tail=0.35)) < 0.9
    assert model.mark_confidence(a_field("check_box"), MarkEvidence(0.55)) < 0.9


def test_models_for_other_features_are_refused(tmp_path: Path) -> None:
    stored = tmp_path / "calibration.json"
    stored.write_text('{"features": ["one"], "models": {}}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"calibration\.json"):
        load_calibration(stored)


def test_every_model_has_a_weight_for_each_feature() -> None:
    models = load_calibration().models
    lengths = {family: len(weights) for family, weights in models.items()}
    assert lengths.pop("mark") == len(MARK_FEATURES)
    assert set(lengths.values()) == {len(FEATURES)}
    assert isinstance(Calibration(models).confidence(a_field("seal"), evidence(0.5, 0.5)), float)
