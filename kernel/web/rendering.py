"""Jinja2 environments, one for each language, over the template folders of all packages."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from kernel.identity.organisations import ORGANISATIONS
from kernel.web.formats import Formats
from kernel.web.markdown import Markdown
from kernel.web.translations import Translations

LANGUAGES = ("ja", "en")


class Templates:
    """Renders a template in a language. A name that is not defined is an error, not an empty place."""

    def __init__(
        self, packages: Mapping[str, Path], translations: Translations, static: Callable[[str], str]
    ) -> None:
        loader = ChoiceLoader([FileSystemLoader(folder / "templates") for folder in packages.values()])
        self._environments = {
            language: _environment(loader, language, translations, static) for language in LANGUAGES
        }

    def render(self, language: str, name: str, context: Mapping[str, Any]) -> str:
        return self._environments[language].get_template(name).render(context)


def organisation_name(language: str) -> Callable[[str], str]:
    """Code → name; what is not a code (a municipality outside the 23 wards) is its own name."""

    def name(code: str) -> str:
        found = ORGANISATIONS.get(code)
        if found is None:
            return code
        return found.name_en if language == "en" else found.name

    return name


def _environment(
    loader: ChoiceLoader, language: str, translations: Translations, static: Callable[[str], str]
) -> Environment:
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    formats = Formats(language)
    environment.globals.update(
        _=translations.into(language),
        language=language,
        static=static,
        organisation_name=organisation_name(language),
    )
    environment.filters.update(
        date_ja=formats.date,
        datetime_ja=formats.datetime,
        number=formats.number,
        yen=formats.yen,
        hours=formats.hours,
        size=formats.size,
        markdown=Markdown(),
    )
    return environment
