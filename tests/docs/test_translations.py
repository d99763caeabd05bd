"""Every Japanese sentence that people see has its English, in every package."""

from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "N_": None}
PACKAGES = sorted(
    folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").exists() and folder.name != "tests"
)


def sentences(package: Path) -> dict[str, str]:
    """msgid → where it is first used."""
    found: dict[str, str] = {}
    for file in sorted(package.rglob("*")):
        if file.suffix not in {".py", ".html"}:
            continue
        method = "python" if file.suffix == ".py" else "jinja2.ext:babel_extract"
        for line, message, _comments, _context in extract_from_file(method, file, KEYWORDS):
            assert isinstance(message, str), f"{file}:{line}: one sentence in one call"
            found.setdefault(message, f"{file.relative_to(ROOT)}:{line}")
    return found


def catalogue(package: Path) -> Catalog:
    with (package / "locales" / "en.po").open("rb") as opened:
        return read_po(opened, locale="en", abort_invalid=True)


def packages_with_sentences() -> list[str]:
    return [name for name in PACKAGES if sentences(ROOT / name)]


@pytest.mark.parametrize("name", packages_with_sentences())
def test_every_sentence_has_english(name: str) -> None:
    used = sentences(ROOT / name)
    english = {str(message.id): message for message in catalogue(ROOT / name) if message.id}
    missing = [f"{where}: {text}" for text, where in used.items() if text not in english]
    assert not missing, "\n".join(missing)
    for text in used:
        assert str(english[text].string).strip(), f"empty: {text}"
        assert not english[text].fuzzy, f"fuzzy: {text}"


@pytest.mark.parametrize("name", packages_with_sentences())
def test_no_english_without_its_sentence(name: str) -> None:
    used = sentences(ROOT / name)
    stale = [
        str(message.id) for message in catalogue(ROOT / name) if message.id and str(message.id) not in used
    ]
    assert not stale, "\n".join(stale)


@pytest.mark.parametrize("name", packages_with_sentences())
def test_both_languages_fill_in_the_same_values(name: str) -> None:
    for message in catalogue(ROOT / name):
        assert _values(str(message.id)) == _values(str(message.string)), message.id


@pytest.mark.parametrize("name", packages_with_sentences())
def test_english_is_english(name: str) -> None:
    for message in catalogue(ROOT / name):
        kana = [letter for letter in str(message.string) if "\u3040" <= letter <= "\u30ff"]
        assert not kana, f"{message.id}: {message.string}"


def test_the_kernel_has_sentences_to_check() -> None:
    assert len(sentences(ROOT / "kernel")) > 100


def _values(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}
