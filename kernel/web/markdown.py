"""Markdown of entries as safe HTML: CommonMark with tables, headings moved below the page's own, and every
line break kept, as people who know no Markdown expect."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

FIRST_HEADING = 3  # h1 is the page's title and h2 its sections, so the body's highest heading becomes h3
_TAGS = frozenset(
    "h3 h4 h5 h6 p br hr strong em s del code pre blockquote ul ol li a table thead tbody tr th td".split()  # noqa: SIM905
)
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


class Markdown:
    """Renders untrusted Markdown. Raw HTML in it is shown as text; nh3 filters the outcome once more."""

    def __init__(self) -> None:
        self._parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(
            ["table", "strikethrough"]
        )

    def __call__(self, text: str | None) -> Markup:
        """HTML of `text`, "" for None."""
        tokens = self._parser.parse(text or "")
        _set_headings(tokens)
        html = self._parser.renderer.render(tokens, self._parser.options, {})
        safe = nh3.clean(
            html,
            tags=set(_TAGS),
            attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
            url_schemes=set(_SCHEMES),
            link_rel="noopener noreferrer",
        )
        return Markup(safe)  # noqa: S704  cleaned in the line before


def _set_headings(tokens: list[Token]) -> None:
    """The levels in use become h3, h4, … without a gap, whichever level the writer began with."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(6, FIRST_HEADING + levels.index(token.tag))}"
    for token in tokens:
        if "style" in token.attrs:  # the content security policy forbids inline styles
            del token.attrs["style"]
