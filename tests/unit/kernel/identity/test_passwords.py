"""Rules for new passwords, and hashing."""

import pytest

from kernel.errors import Invalid
from kernel.identity.passwords import LONGEST, Passwords, check_new


@pytest.mark.parametrize(
    "good", ["ひまわり 電車 みかん 雨の日", "correct horse battery", "Kx9-fRt!2mQ", "自転車と傘と猫と雨と空"]
)
def test_good_ones_are_taken(good: str) -> None:
    check_new(good, "suzuki")


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ("みじかい", "短すぎ"),
        ("123456789", "短すぎ"),
        ("1234567890", "推測"),
        ("password2026", "推測"),
        ("Ｐａｓｓｗｏｒｄ１２３", "推測"),  # full width is the same word
        ("aaaaaaaaaaaa", "推測"),
        ("qwertyuiop", "推測"),
        ("9876543210", "推測"),
        ("suzuki-no-himitsu-9", "ログイン名"),
        ("x" * LONGEST + "yzw", "使えません"),
        ("nul\x00nul-tree-river", "使えません"),
    ],
)
def test_weak_ones_are_refused_with_the_reason(bad: str, word: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_new(bad, "suzuki")
    assert word in refused.value.text.ja
    assert refused.value.problems[0].where == "password"


def test_hash_and_verify() -> None:
    passwords = Passwords()
    stored = passwords.hash("ひまわり電車みかん")
    assert "ひまわり" not in stored and stored.startswith("$argon2id$")
    assert passwords.verify(stored, "ひまわり電車みかん")
    assert not passwords.verify(stored, "ひまわり電車みかん2")
    assert not passwords.verify(None, "nobody has this password")
    assert not passwords.verify("not a hash", "ひまわり電車みかん")


def test_full_width_and_half_width_typing_agree() -> None:
    passwords = Passwords()
    assert passwords.verify(passwords.hash("ＡＢＣ-horse-７"), "ABC-horse-7")


def test_unpaired_surrogates_are_only_wrong() -> None:
    passwords = Passwords()
    assert not passwords.verify(passwords.hash("horse battery staple"), "\ud800horse")
