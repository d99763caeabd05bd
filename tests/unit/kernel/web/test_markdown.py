"""Markdown becomes safe HTML."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from kernel.web.markdown import Markdown

render = Markdown()
ALLOWED = "h3 h4 h5 h6 p br hr strong em s del code pre blockquote ul ol li a table thead tbody tr th td"


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _value in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]


def test_headings_move_below_the_pages_own() -> None:
    assert "<h3>大</h3>" in render("# 大") and "<h3>中</h3>" in render("## 中")
    html = render("## 中\n\n##### 小\n\n## 中")
    assert "<h4>小</h4>" in html and html.count("<h3>中</h3>") == 2


def test_tables_and_lists() -> None:
    html = render("| 区 | 件数 |\n|---|---:|\n| 千代田 | 3 |\n\n- 一つ目")
    assert "<td>千代田</td>" in html and "<li>一つ目</li>" in html and "style" not in html


def test_raw_html_is_shown_as_text() -> None:
    html = render('<script>alert(1)</script><img src=x onerror="alert(1)">')
    assert "<script" not in html and "<img" not in html and "&lt;script&gt;" in html


def test_dangerous_links_lose_their_target() -> None:
    assert "javascript:" not in _hrefs("[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1))")
    assert "data:" not in _hrefs("[a](data:text/html;base64,AAAA)")
    assert "https://example.org/" in _hrefs("[a](https://example.org/)")


def _hrefs(text: str) -> str:
    found = _Collector()
    found.feed(render(text))
    return " ".join(found.links).lower()


@given(st.text(alphabet=st.sampled_from("<>()[]!\"'`#|-=&;:/ajscriptonerimgstyle \n"), max_size=200))
def test_whatever_is_written_only_known_tags_come_out(text: str) -> None:
    found = _Collector()
    found.feed(render(text))
    assert found.tags <= set(ALLOWED.split())
    assert found.attributes <= {"href", "title", "start", "rel"}


def test_nothing_is_nothing() -> None:
    assert render(None) == "" == render("")
