"""The words that the verification script shows; scripts hold no text of their own."""

from collections.abc import Mapping

from kernel.web.translations import Translate
from ocr_service.models.readings import Flag
from ocr_service.models.verification import How
from ocr_service.pages.labels import label


def script_words(_: Translate, language: str) -> Mapping[str, str | Mapping[str, str]]:
    """By their names in verify.js; {n}, {label} and {text} are filled in there."""
    return {
        "blank": _("（空欄）"),
        "unreadable": _("（読めない）"),
        "left": _("あと{n}件", n="{n}"),
        "others": _("ほかの人が{n}件を確認中", n="{n}"),
        "done": _("{n}件を確認済み", n="{n}"),
        "pace": _("1時間に{n}件のペース", n="{n}"),
        "time": _("残り約{n}分", n="{n}"),
        "sent": _("すべて保存しました"),
        "sending": _("保存しています（{n}件）", n="{n}"),
        "offline": _(
            "サーバーに送れません。{n}件を持ったまま、自動で送り直します。この画面を閉じないでください。",
            n="{n}",
        ),
        "logged_out": _(
            "ログインが切れました。別のタブでログインし直すと、{n}件を続けて保存します。この画面を閉じないでください。",
            n="{n}",
        ),
        "returned": _("「{label}」は保存できませんでした：{text}", label="{label}", text="{text}"),
        "skipped": _("「{label}」を飛ばしました。あとでもう一度出ます。", label="{label}"),
        "undone": _("「{label}」の確認を取り消しました。", label="{label}"),
        "undo_failed": _("取り消せませんでした：{text}", text="{text}"),
        "confirm": _("もう一度 Enter を押すと、このまま確定します。"),
        "announce": _("{label}。読み取り：{text}。", label="{label}", text="{text}"),
        "page": _("{n}ページ目", n="{n}"),
        "sure": _("機械の確かさ {n}%", n="{n}"),
        "becomes": _("保存する値：{text}", text="{text}"),
        "digits": _("候補を選ぶときは Alt を押しながら番号を押します。"),
        "first_entry": _("1人目の入力"),
        "second_entry": _("2人目の入力"),
        "no_picture": _("この項目の画像はありません。ページの画像で確かめてください。"),
        "wait": _("画像を読み込んでいます。表示されてから確定してください。"),
        "decided": _("確認済み"),
        "passed": _("自動で確定"),
        "bulk": _("残りの{n}件をまとめて確定", n="{n}"),
        "flags": {flag.value: label(flag, language) for flag in Flag},
    }


def how_words(_: Translate) -> Mapping[How, str]:
    """How a person came to a value."""
    return {
        How.ACCEPTED: _("第1候補で確定"),
        How.CHOSEN: _("ほかの候補で確定"),
        How.TYPED: _("入力"),
        How.BLANK: _("空欄にした"),
        How.UNREADABLE: _("読めないとした"),
    }
