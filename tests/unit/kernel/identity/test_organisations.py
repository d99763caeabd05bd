"""The members."""

import pytest

from kernel.errors import Invalid
from kernel.identity.models import OrganisationKind
from kernel.identity.organisations import ORGANISATIONS, organisation


def test_twenty_three_wards_tokyo_and_the_shared_body() -> None:
    kinds = [each.kind for each in ORGANISATIONS.values()]
    assert kinds.count(OrganisationKind.WARD) == 23
    assert kinds.count(OrganisationKind.METROPOLIS) == kinds.count(OrganisationKind.SHARED_BODY) == 1
    assert all(code == each.code for code, each in ORGANISATIONS.items())


def test_check_digits_are_those_of_jis_x_0402() -> None:
    for code in ORGANISATIONS:
        if not code.isdigit():
            continue
        total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=False))
        assert int(code[5]) == (11 - total % 11) % 10, code


def test_populations_add_up_to_the_census_total_of_the_special_wards() -> None:
    wards = [each for each in ORGANISATIONS.values() if each.kind is OrganisationKind.WARD]
    assert sum(ward.population or 0 for ward in wards) == 9_733_276


def test_an_unknown_code_is_an_error_with_its_field() -> None:
    assert organisation("131121").name == "世田谷区"
    with pytest.raises(Invalid) as refused:
        organisation("999999")
    assert refused.value.problems[0].where == "organisation"
