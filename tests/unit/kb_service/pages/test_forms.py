"""Content ↔ form, and the three-way merge of two people's forms."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kb_service.models.entries import (
    BusinessFields,
    CaseFields,
    Content,
    Introduction,
    Kind,
    Link,
    LinkKind,
    Outcome,
    Planned,
    ProductFields,
    RunbookFields,
    Status,
)
from kb_service.pages.fields import field_label
from kb_service.pages.form_page import control_of
from kb_service.pages.forms import empty_values, read, tags_of, values_from_pairs, values_of
from kb_service.pages.merging import chosen, merge
from kernel.visibility import Audience, AudienceKind

line = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cf"]), min_size=1, max_size=20
)
words = st.lists(line, max_size=3).map("\n".join)
money = st.none() | st.integers(0, 10**12)
hours = st.none() | st.integers(0, 10**6).map(float)
days = st.none() | st.dates(date(1868, 1, 1), date(2200, 1, 1))

cases = st.builds(
    CaseFields,
    outcome=st.sampled_from(Outcome),
    provider_name=words,
    technology=line,
    effect_hours=hours,
    effect_yen=money,
    cost_yen=money,
    period_from=days,
    period_to=days,
    lessons=words,
)
products = st.builds(ProductFields, vendor=line, specification=words, purchase_price_yen=money)
businesses = st.builds(
    BusinessFields,
    workflow=words,
    introduced_by=st.lists(st.builds(Introduction, line, line), max_size=3).map(tuple),
)
runbooks = st.builds(RunbookFields, trouble=words, fix=words)
plain_tag = line.filter(lambda tag: tags_of(tag) == (tag,))


@st.composite
def contents(draw: st.DrawFn) -> Content:
    kind, fields = draw(
        st.one_of(
            st.tuples(st.just(Kind.CASE), cases),
            st.tuples(st.just(Kind.PRODUCT), products),
            st.tuples(st.just(Kind.BUSINESS), businesses),
            st.tuples(st.just(Kind.RUNBOOK), runbooks),
        )
    )
    status = draw(st.sampled_from(Status))
    targets = draw(st.lists(st.from_regex(r"[a-z0-9]{6}", fullmatch=True), unique=True, max_size=3))
    return Content(
        kind=kind,
        title=draw(line),
        fields=fields,
        summary=draw(words),
        body=draw(words),
        tags=tuple(draw(st.lists(plain_tag, unique=True, max_size=4))),
        links=tuple(Link(target, draw(st.sampled_from(LinkKind))) for target in targets),
        audience=draw(
            st.sampled_from(
                [Audience(AudienceKind.PUBLIC), Audience(AudienceKind.NAMED, ("131016", "131041"))]
            )
        ),
        status=status,
        planned=Planned(draw(line), draw(days)) if status is Status.IN_PROGRESS else None,
        source=draw(words),
        sample=draw(st.booleans()),
    )


@given(contents())
def test_a_form_says_the_content_it_was_made_from(content: Content) -> None:
    values = values_of(content)
    pairs = [(name, value) for name, given_values in values.items() for value in given_values]
    assert read(values_from_pairs(pairs)) == (content, ())


@given(
    st.lists(st.tuples(st.sampled_from([*values_of(Content(Kind.CASE, "", CaseFields())), "?"]), st.text()))
)
def test_any_form_is_read_with_problems_never_with_an_error(pairs: list[tuple[str, str]]) -> None:
    content, problems = read(values_from_pairs(pairs))
    assert "\x00" not in content.title
    for problem in problems:
        assert problem.where in {
            "effect_hours",
            "effect_yen",
            "cost_yen",
            "period_from",
            "period_to",
            "planned_when",
        }


def test_a_pasted_address_and_blank_rows_become_links() -> None:
    pairs = [
        ("kind", "case"),
        ("link_target", "http://127.0.0.1:8000/knowledge/abc123?mark=x#body"),
        ("link_kind", "uses"),
        ("link_target", "  "),
        ("link_kind", "related"),
    ]
    content, _problems = read(values_from_pairs(pairs))
    assert content.links == (Link("abc123", LinkKind.USES),)


def test_tags_are_parted_by_either_comma() -> None:
    assert tags_of("#AI-OCR、窓口, RPA，窓口、") == ("AI-OCR", "窓口", "RPA")


def test_problems_of_the_services_point_at_their_controls() -> None:
    assert control_of("fields.effect_hours") == "effect_hours"
    assert control_of("planned.what") == "planned_what"
    assert control_of("audience.organisations.0") == "audience_organisations"
    assert control_of("links.3.target") == "links"
    assert control_of("fields.introduced_by.0.organisation") == "introduced_by"
    assert field_label("fields.lessons", "ja") == "学んだこと・注意点"


def test_one_sided_changes_are_taken_and_both_sided_ones_asked() -> None:
    base = {**empty_values(Kind.CASE), "title": ["件名"], "body": ["もと"], "source": [""]}
    mine = {**base, "body": ["私"], "summary": ["足した"]}
    theirs = {**base, "body": ["相手"], "source": ["出典"]}
    found = merge(Kind.CASE, base, mine, theirs)
    assert [clash.name for clash in found.clashes] == ["body"]
    assert (found.only_mine, found.only_theirs) == (("summary",), ("source",))
    assert found.merged["summary"] == ["足した"] and found.merged["source"] == ["出典"]


def test_the_same_change_on_both_sides_is_no_clash() -> None:
    base = {**empty_values(Kind.CASE), "title": ["a"]}
    both = {**base, "title": ["b"]}
    assert merge(Kind.CASE, base, both, both).clashes == ()


def test_a_choice_takes_all_values_of_its_side() -> None:
    posted = {
        "pick.audience": ["theirs"],
        "mine.audience": ["public"],
        "theirs.audience": ["named"],
        "theirs.audience_organisations": ["131016"],
        "pick.body": ["own"],
        "mine.body": ["私"],
        "theirs.body": ["相手"],
        "own.body": ["合わせた"],
        "title": ["件名"],
    }
    values = chosen(Kind.CASE, posted)
    assert values["audience"] == ["named"] and values["audience_organisations"] == ["131016"]
    assert values["body"] == ["合わせた"] and values["title"] == ["件名"]


@given(contents(), contents(), contents())
def test_merging_never_loses_a_side(base: Content, mine: Content, theirs: Content) -> None:
    kind = base.kind
    sides = [values_of(each) for each in (base, mine, theirs)]
    found = merge(kind, *sides)
    asked = {clash.name for clash in found.clashes}
    for name in ("title", "summary", "body", "source"):
        b, m, t = (side[name][0].strip() for side in sides)
        if name in asked:
            assert len({b, m, t}) == 3 or (m != b and t != b)
        else:
            assert found.merged[name][0].strip() in {m, t}
            if m != b and t != b:
                assert m == t
