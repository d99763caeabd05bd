"""English for Japanese sentences. The msgid is the Japanese sentence itself; en.po of each package holds
the English; a sentence without English is shown in Japanese."""

from collections.abc import Callable, Iterable
from pathlib import Path

from babel.messages.pofile import read_po
from markupsafe import Markup, escape

Translate = Callable[..., str]


def N_(text: str) -> str:  # noqa: N802  the extractor's keyword for sentences that are translated later
    """Marks a sentence of a constant for the extractor and returns it unchanged."""
    return text


class Translations:
    """All catalogues of the installation."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._english: dict[str, str] = {}
        for file in files:
            with file.open("rb") as opened:
                catalogue = read_po(opened, locale="en")
            self._english.update(
                (str(message.id), str(message.string))
                for message in catalogue
                if message.id and message.string and not message.fuzzy
            )

    def into(self, language: str) -> Translate:
        """The function `_` of a language: `_("{n}件", n=3)`, with values escaped when Markup is among them."""

        def translate(sentence: str, **values: object) -> str:
            text = self._english.get(sentence, sentence) if language == "en" else sentence
            if not values:
                return text
            if any(hasattr(value, "__html__") for value in values.values()):
                return Markup(escape(text)).format(**values)  # noqa: S704  escaped in the same expression
            return text.format(**values)

        return translate
