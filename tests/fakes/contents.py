"""Hypothesis strategies of contents: everything that a person can save, and nothing that is refused."""

from datetime import date

from hypothesis import strategies as st

from kb_service.models.entries import (
    BusinessFields,
    CaseFields,
    Content,
    Fields,
    Introduction,
    Kind,
    Link,
    LinkKind,
    Outcome,
    Planned,
    ProductFields,
    ProviderKind,
    RunbookFields,
    Status,
)
from kernel.visibility import Audience, AudienceKind

WARDS = ("131016", "131024", "131032", "131237")

# Without surrogates, control characters and marks of direction, which are refused.
text = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"),
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    max_size=40,
)
words = st.one_of(text, st.sampled_from(["髙﨑邊", "１２㌢", "か\u3099", "👨‍👩‍👧", "a\tb\nc", '"\\/']))
title = words.map(lambda one: " ".join(one.split()) or "件名")
day = st.dates(date(1868, 1, 1), date(2200, 12, 31))
yen = st.integers(0, 10**15)

case_fields = st.builds(
    CaseFields,
    provider_kind=st.sampled_from(ProviderKind),
    provider_name=words,
    outcome=st.sampled_from(Outcome),
    technology=words,
    business=words,
    effect_hours=st.none() | st.floats(-(10.0**9), 10.0**9),
    effect_yen=st.none() | st.integers(-(10**15), 10**15),
    cost_yen=st.none() | yen,
    period_from=st.none() | st.dates(date(1868, 1, 1), date(2000, 1, 1)),
    period_to=st.none() | st.dates(date(2000, 1, 1), date(2200, 12, 31)),
    lessons=words,
    contact=words,
)
product_fields = st.builds(
    ProductFields,
    vendor=words,
    vendor_profile=words,
    research_trend=words,
    specification=words,
    strong_technology=words,
    technology=words,
    purchase_price_yen=st.none() | yen,
    running_cost_yen=st.none() | yen,
)
introduction = st.builds(Introduction, organisation=words.filter(str.strip), contact=words)
business_fields = st.builds(
    BusinessFields,
    business=words,
    technology=words,
    system_configuration=words,
    workflow=words,
    introduced_by=st.lists(introduction, max_size=3).map(tuple),
    settings=words,
    scenario_building=words,
    bpr=words,
    assets=words,
)
runbook_fields = st.builds(
    RunbookFields, technology=words, business=words, operation=words, trouble=words, fix=words
)
of_kind: dict[Kind, st.SearchStrategy[Fields]] = {
    Kind.CASE: case_fields,
    Kind.PRODUCT: product_fields,
    Kind.BUSINESS: business_fields,
    Kind.RUNBOOK: runbook_fields,
}
audience = st.one_of(
    st.sampled_from([Audience(kind) for kind in AudienceKind if kind is not AudienceKind.NAMED]),
    st.lists(st.sampled_from(WARDS), min_size=1, max_size=3, unique=True).map(
        lambda codes: Audience(AudienceKind.NAMED, tuple(codes))
    ),
)
link = st.builds(
    Link, target=st.text("0123456789abcdef", min_size=32, max_size=32), kind=st.sampled_from(LinkKind)
)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """A content of any kind."""
    kind = draw(st.sampled_from(Kind))
    return Content(
        kind=kind,
        title=draw(title),
        fields=draw(of_kind[kind]),
        summary=draw(words),
        body=draw(words),
        tags=tuple(dict.fromkeys(draw(st.lists(title, max_size=4)))),
        links=tuple(dict.fromkeys(draw(st.lists(link, max_size=3)))),
        audience=draw(audience),
        status=draw(st.sampled_from(Status)),
        planned=Planned(draw(words.filter(str.strip)), draw(st.none() | day)),
        source=draw(words),
        sample=draw(st.booleans()),
    )
