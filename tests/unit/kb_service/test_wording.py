"""Which candidate repeats the question's wording."""

from hypothesis import given
from hypothesis import strategies as st

from kb_service.rules.wording import resemblance

texts = st.text(max_size=60)
candidates = st.lists(st.tuples(texts, st.lists(texts, max_size=3)), max_size=6)


@given(texts, candidates)
def test_any_text_gives_a_score_for_each(question: str, given_: list[tuple[str, list[str]]]) -> None:
    scores = resemblance(question, given_)
    assert len(scores) == len(given_)
    assert all(0 <= score <= 1 for score in scores)
    assert not scores or max(scores) in (0, 1)


def test_the_sentence_that_repeats_the_question_wins() -> None:
    scattered = "梅雨の時期。雨季の一種として北海道の気象が語られる。小笠原諸島は別である。"
    repeated = "北海道と小笠原諸島を除く日本で梅雨がみられる。"
    scores = resemblance("梅雨がないのは北海道とどこか", [("気象", [scattered]), ("気象", [repeated])])
    assert scores[1] == 1 > scores[0]


def test_the_title_is_read_with_each_sentence() -> None:
    scores = resemblance(
        "渋谷区の電子申請", [("渋谷区", ["電子申請を始めた。"]), ("港区", ["電子申請を始めた。"])]
    )
    assert scores[0] == 1 > scores[1]


def test_width_case_and_blanks_do_not_matter() -> None:
    same = [("", ["ＡＩ－ＯＣＲ の 導入"]), ("", ["議会の会議録"])]
    assert resemblance("ai-ocrの導入", same)[0] == 1


def test_nothing_in_common_scores_nothing() -> None:
    assert resemblance("zz", [("題", ["本文"]), ("", [])]) == [0.0, 0.0]
    assert resemblance("", [("題", ["本文"])]) == [0.0]
    assert resemblance("問", []) == []
