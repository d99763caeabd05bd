"""Why a file, a member of a ZIP or a page cannot be read: what is wrong and what to do, in two languages."""

from kernel.errors import Problem, Text
from ocr_service.ports.form_reading import Unopened, UnreadableScan


def refuse(name: str, why: Text) -> UnreadableScan:
    """The error for the file as a person called it; its one problem holds the reason without the name."""
    return UnreadableScan(Text(f"「{name}」: {why.ja}", f"{name}: {why.en}"), (Problem(name, why),))


def unopened(member: str, error: UnreadableScan) -> Unopened:
    """The same for a member of a ZIP, which is shown beside its name."""
    why = error.problems[0].text if error.problems else error.text
    return Unopened(member, why.ja, why.en)


KINDS_JA = "PDF・TIFF・JPEG・PNG、またはそれらを入れたZIP"
KINDS_EN = "PDF, TIFF, JPEG, PNG or a ZIP of these"

OTHER_KIND = Text(
    f"読み取れる形式ではありません。{KINDS_JA}を使ってください。",
    f"This kind of file cannot be read. Use {KINDS_EN}.",
)
EMPTY = Text("ファイルが空です。もう一度スキャンしてください。", "The file is empty. Scan it again.")
DAMAGED = Text(
    "壊れているか、途中で切れているため開けません。もう一度スキャンするか、送り直してください。",
    "It is damaged or cut off and cannot be opened. Scan it or send it again.",
)
PASSWORD = Text(
    "パスワードがかかっているため開けません。パスワードを外したファイルを使ってください。",
    "It has a password and cannot be opened. Use a file without the password.",
)
NO_PAGES = Text(
    f"読み取れるページがありません。{KINDS_JA}を使ってください。",
    f"It holds no page that can be read. Use {KINDS_EN}.",
)
NO_SUCH_PAGE = Text("指定されたページはありません。", "There is no such page.")
ZIP_IN_ZIP = Text(
    "ZIPの中のZIPは開きません。中のファイルを取り出して、別に追加してください。",
    "A ZIP inside a ZIP is not opened. Take its files out and add them by themselves.",
)
PATH_UPWARDS = Text(
    "ZIPの外を指す名前のため開きません。ふつうのフォルダーから作り直したZIPを使ってください。",
    "Its name points outside of the ZIP. Make the ZIP anew from an ordinary folder.",
)


def too_many_pages(pages: int, most: int) -> Text:
    return Text(
        f"{pages:,}ページあります。1つのファイルは{most:,}ページまでです。分割して追加してください。",
        f"It has {pages:,} pages. A file may have {most:,}. Split it and add the parts.",
    )


def too_large(width: int, height: int, most: int) -> Text:
    return Text(
        f"画像が大きすぎます（{width:,}×{height:,}画素）。{most // 1_000_000}百万画素までです。"
        "200〜300dpiでスキャンし直してください。",
        f"The picture is too large ({width:,} × {height:,} pixels). The limit is {most // 1_000_000} million. "
        "Scan it again at 200 to 300 dpi.",
    )


def too_big_unpacked(megabytes: int) -> Text:
    return Text(
        f"展開すると{megabytes:,}MBを超えます。分割して追加してください。",
        f"It is over {megabytes:,} MB when unpacked. Split it and add the parts.",
    )
