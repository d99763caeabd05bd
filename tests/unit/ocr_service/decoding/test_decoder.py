"""From lattices to candidates: characters, formats, lexicons, plausible values."""

import numpy as np
import pytest

from ocr_service.adapters.lexicons.files import load_lexicons
from ocr_service.models.fields import Box, Choice
from ocr_service.models.lattices import Lattice
from ocr_service.rules.decoding.decoder import Decoded, Decoder, needs_second_look, together
from ocr_service.rules.decoding.expectations import expectation_of
from ocr_service.rules.lexicons.lexicons import Lexicons
from tests.unit.ocr_service.decoding.seen import ALPHABET, a_field, lattice


@pytest.fixture(scope="module")
def lexicons() -> Lexicons:
    return load_lexicons()


def read(lexicons: Lexicons, kind: str, *lattices: Lattice, era: str = "", **more: object) -> Decoded:
    field = a_field(kind, **more)
    return Decoder(ALPHABET).read(list(lattices), expectation_of(field, lexicons, era))


def test_letters_that_look_like_digits_are_digits_in_a_number(lexicons: Lexicons) -> None:
    seen = lattice("l", "O", "2", "-", "I", "2", "3", "o")
    found = read(lexicons, "postal_code", seen)
    assert found.plain == "lO2-I23o"
    assert found.candidates[0].value == "102-1230"
    assert found.candidates[0].raw == "102-1230"


def test_a_format_decides_where_the_engine_wavers(lexicons: Lexicons) -> None:
    seen = lattice("1", "0", "2", {"ー": 0.6, "1": 0.3}, "1", "2", "3", "4")
    assert read(lexicons, "postal_code", seen).candidates[0].value == "102-1234"


def test_the_check_digit_of_my_number_chooses_among_readings(lexicons: Lexicons) -> None:
    seen = lattice(*"12345678901", {"9": 0.6, "8": 0.35})
    found = read(lexicons, "my_number", seen)
    assert found.candidates[0].value == "123456789018"
    assert "123456789019" in [each.value for each in found.candidates]


def test_a_wrong_check_digit_is_still_shown_when_that_is_what_stands_there(lexicons: Lexicons) -> None:
    found = read(lexicons, "my_number", lattice(*"123456789012", sure=0.9999))
    assert "123456789012" in [each.value for each in found.candidates]


@pytest.mark.parametrize(
    ("seen", "value"),
    [
        ("令和8年11月20日", "2026-11-20"),
        ("昭和lO年1月2日", "1935-01-02"),
        ("2026-11-20", "2026-11-20"),
    ],
)
def test_dates_are_read_in_both_calendars(lexicons: Lexicons, seen: str, value: str) -> None:
    found = read(lexicons, "date", lattice(*seen))
    assert found.candidates[0].value == value


def test_the_circled_era_gives_the_year_its_meaning(lexicons: Lexicons) -> None:
    found = read(lexicons, "date", lattice(*"60年1月2日"), era="昭和")
    assert found.candidates[0].value == "1985-01-02"


def test_no_day_that_does_not_exist_is_preferred(lexicons: Lexicons) -> None:
    seen = lattice(*"令和8年", {"1": 0.4, "7": 0.3}, *"2月", {"3": 0.55, "2": 0.4}, *"1日")
    assert read(lexicons, "date", seen).candidates[0].value == "2026-12-31"


def test_surnames_win_over_strange_letters(lexicons: Lexicons) -> None:
    seen = lattice({"佐": 0.5, "伊": 0.4}, {"藤": 0.5, "茶": 0.45}, "美", "咲")
    found = read(lexicons, "name", seen)
    assert found.candidates[0].value == "佐藤美咲"
    assert found.evidence is not None and found.evidence.known


def test_a_name_in_no_lexicon_is_read_when_it_is_seen_surely(lexicons: Lexicons) -> None:
    found = read(lexicons, "name", lattice(*"茶京区霞", sure=0.999))
    assert found.candidates[0].value == "茶京区霞"
    assert found.evidence is not None and not found.evidence.known


def test_spaces_make_no_second_candidate(lexicons: Lexicons) -> None:
    found = read(lexicons, "name", lattice("鈴", "木", {" ": 0.5}, "美", "咲"))
    assert [each.value.replace("\u3000", "") for each in found.candidates].count("鈴木美咲") == 1
    assert found.candidates[0].probability > 0.9


def test_hiragana_and_kanji_become_katakana_in_a_kana_field(lexicons: Lexicons) -> None:
    assert read(lexicons, "kana", lattice(*"さとうみき")).candidates[0].value == "サトウミキ"
    assert read(lexicons, "kana", lattice("サ", "ト", "ウ", "ハ", "力")).candidates[0].raw.endswith("カ")


def test_simplified_characters_are_never_read(lexicons: Lexicons) -> None:
    seen = lattice({"东": 0.7, "東": 0.2}, *"京都千代田区霞が関")
    found = read(lexicons, "address", seen)
    assert found.plain.startswith("东")
    assert found.candidates[0].value == "東京都千代田区霞が関"


def test_the_postal_code_s_place_is_expected(lexicons: Lexicons) -> None:
    seen = lattice(*"世田谷区", {"三": 0.3, "一": 0.5}, {"軒": 0.2, "東": 0.3}, *"茶屋2-3")
    near = expectation_of(a_field("address"), lexicons, "", lexicons.addresses.of_postal("154-0024"))
    found = Decoder(ALPHABET).read([seen], near)
    assert found.candidates[0].value.startswith("世田谷区三軒茶屋")


def test_a_form_s_own_choices_win(lexicons: Lexicons) -> None:
    choices = tuple(Choice(value, value, Box(0, 0, 1, 1)) for value in ("入力", "方法"))
    found = read(lexicons, "text", lattice({"人": 0.6, "入": 0.3}, {"カ": 0.6, "力": 0.3}), choices=choices)
    assert found.candidates[0].value == "入力"


def test_probabilities_are_shares_and_each_character_has_one(lexicons: Lexicons) -> None:
    seen = lattice({"0": 0.5, "8": 0.4}, "3", "-", "1", "2", "3", "4", "-", "5", "6", "7", "8")
    found = read(lexicons, "phone", seen)
    assert sum(each.probability for each in found.candidates) <= 1.0 + 1e-6
    assert [each.probability for each in found.candidates] == sorted(
        (each.probability for each in found.candidates), reverse=True
    )
    assert all(len(each.characters) == len(each.raw) for each in found.candidates)
    assert len(found.candidates) <= 5


def test_a_digit_often_mistaken_is_among_the_candidates(lexicons: Lexicons) -> None:
    found = read(lexicons, "number", lattice({"7": 0.93}, "2"))
    assert "12" in [each.value for each in found.candidates]


def test_cells_may_come_one_by_one(lexicons: Lexicons) -> None:
    cells = [lattice({digit: 0.9}) for digit in "0123456"]
    assert read(lexicons, "bank_account", *cells, cells=7).candidates[0].value == "0123456"


def test_nothing_seen_gives_no_candidate(lexicons: Lexicons) -> None:
    assert read(lexicons, "name", lattice()).candidates == ()
    assert read(lexicons, "name").evidence is None


def test_what_no_format_allows_is_shown_without_trust(lexicons: Lexicons) -> None:
    found = read(lexicons, "postal_code", lattice(*"霞が関", sure=0.9999))
    assert found.evidence is None
    assert [(each.raw, each.probability) for each in found.candidates] == [("霞が関", 0.0)]


def test_a_lattice_keeps_what_the_decoder_needs() -> None:
    matrix = np.full((30, 1000), 1e-9, np.float32)
    matrix[:, 0] = 1.0
    matrix[12, [5, 7]], matrix[12, 0] = (0.6, 0.3), 0.1
    thin = Lattice.of(matrix, np.array([900], np.int32))
    assert thin.classes.tolist() == [0, 5, 7, 900]
    assert thin.steps == 3
    assert thin.probabilities[1].tolist() == pytest.approx([0.1, 0.6, 0.3, 1e-9])


def test_two_looks_are_one_reading_with_the_mean_of_their_probabilities(lexicons: Lexicons) -> None:
    expected = expectation_of(a_field("number"), lexicons)
    decoder = Decoder(ALPHABET)
    first = decoder.read([lattice("1", {"3": 0.5, "8": 0.45})], expected)
    second = decoder.read([lattice("1", {"8": 0.9})], expected)
    assert first.candidates[0].value == "13" and needs_second_look(first)
    found = together(first, second, expected.key)
    assert found.candidates[0].value == "18"
    assert found.evidence is not None
    assert found.evidence.other == pytest.approx(first.candidates[1].probability)
    assert sum(each.probability for each in found.candidates) <= 1.0 + 1e-6


def test_what_is_clear_needs_no_second_look(lexicons: Lexicons) -> None:
    assert not needs_second_look(read(lexicons, "number", lattice("1", "2", sure=0.9999)))
    assert not needs_second_look(read(lexicons, "number"))
