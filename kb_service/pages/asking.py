"""Between the address of a search and the question it asks. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from kb_service.models.searching import Filters, Sort
from kb_service.pages.labels import FACETS
from kb_service.pages.typed import day

PAGE = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A search as its address says it. `page` counts from 1."""

    text: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    period_from: date | None = None
    period_to: date | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1

    def filters(self) -> Filters:
        return Filters(dict(self.facets), self.period_from, self.period_to)

    def blank(self) -> bool:
        """Whether nothing at all is asked."""
        return not self.text.strip() and self.filters().empty()

    def pairs(self, page: int = 1) -> list[tuple[str, str]]:
        """The address's parameters, defaults left out."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [(name, value) for name, values in self.facets.items() for value in values]
        if self.period_from:
            pairs.append(("from", self.period_from.isoformat()))
        if self.period_to:
            pairs.append(("to", self.period_to.isoformat()))
        if self.sort is not Sort.RELEVANCE:
            pairs.append(("sort", self.sort))
        if page > 1:
            pairs.append(("page", str(page)))
        return pairs

    def address(self, page: int = 1, path: str = "/knowledge") -> str:
        """The address of this search, at a page of its hits."""
        query = urlencode(self.pairs(page))
        return f"{path}?{query}" if query else path

    def without(self, facet: str, value: str) -> "Question":
        """The same search with one chosen value taken away."""
        facets = {
            name: tuple(each for each in values if (name, each) != (facet, value))
            for name, values in self.facets.items()
        }
        return replace(self, facets={name: values for name, values in facets.items() if values}, page=1)

    def cleared(self) -> "Question":
        """The same words with no filter."""
        return replace(self, facets={}, period_from=None, period_to=None, page=1)


def question_of(pairs: Iterable[tuple[str, str]]) -> Question:
    """Reads an address; what it cannot understand is left out, never an error."""
    text, sort, page = "", Sort.RELEVANCE, 1
    facets: dict[str, tuple[str, ...]] = {}
    period: dict[str, date | None] = {}
    for name, value in pairs:
        if name == "q":
            text = value
        elif name in FACETS and value:
            facets[name] = tuple(dict.fromkeys((*facets.get(name, ()), value)))
        elif name in {"from", "to"}:
            period[name] = day(value)
        elif name == "sort" and value in set(Sort):
            sort = Sort(value)
        elif name == "page" and value.isascii() and value.isdigit() and len(value) <= 6:
            page = max(1, int(value))
    return Question(text, facets, period.get("from"), period.get("to"), sort, page)
