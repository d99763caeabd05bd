"""Check digits of My Number and corporate numbers."""

from hypothesis import given
from hypothesis import strategies as st

from ocr_service.rules.values.check_digits import (
    corporate_check_digit,
    is_corporate_number,
    is_my_number,
    my_number_check_digit,
)

# Published corporate numbers: National Tax Agency, Ministry of Internal Affairs, Tokyo Metropolis.
PUBLISHED = ("7000012050002", "2000012020001", "8000020130001")


def test_published_corporate_numbers() -> None:
    assert [number for number in PUBLISHED if not is_corporate_number(number)] == []


def test_the_formula_of_my_number_by_hand() -> None:
    """12345678901: Σ = 1·6+2·5+3·4+4·3+5·2+6·7+7·6+8·5+9·4+0·3+1·2 = 212, 212 mod 11 = 3, 11 − 3 = 8."""
    assert my_number_check_digit("12345678901") == 8
    assert is_my_number("123456789018")
    assert my_number_check_digit("00000000000") == 0


def test_what_is_no_number_at_all() -> None:
    for value in ("", "12345678901", "１２３４５６７８９０１８", "12345678901x", "1234567890180", "٣" * 12):
        assert not is_my_number(value)
        assert not is_corporate_number(value)


@given(st.text("0123456789", min_size=11, max_size=11), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_of_my_number(base: str, place: int, shift: int) -> None:
    """Every single wrong digit is caught, but where both remainders share the check digit 0, as the ordinance
    has it: remainders 0 and 1."""
    number = base + str(my_number_check_digit(base))
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    if is_my_number(wrong):
        assert number[11] == wrong[11] == "0"
        assert {remainder(base), remainder(wrong[:11])} == {0, 1}


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_a_corporate_number(base: str, place: int, shift: int) -> None:
    """Every single wrong digit is caught, but 0 taken for 9 and the reverse: the formula counts modulo 9."""
    number = str(corporate_check_digit(base)) + base
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    if is_corporate_number(wrong):
        assert {number[place], wrong[place]} == {"0", "9"}


def remainder(base: str) -> int:
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    return sum(int(digit) * weight for digit, weight in zip(base, weights, strict=True)) % 11
