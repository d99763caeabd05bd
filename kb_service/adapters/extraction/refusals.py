"""Why a file cannot be read, in words for the person who attached it: what is wrong and what to do."""

from kb_service.ports.extraction import Unreadable
from kernel.errors import Text


def _refusal(name: str, ja: str, en: str) -> Unreadable:
    return Unreadable(Text(f"「{name}」{ja}", f"“{name}” {en}"))


def empty(name: str) -> Unreadable:
    return _refusal(
        name,
        "は中身が空（0バイト）です。元のファイルを確かめて、添付し直してください。",
        "is empty (0 bytes). Check the original file and attach it again.",
    )


def encrypted(name: str) -> Unreadable:
    return _refusal(
        name,
        "はパスワードで保護されているため、文字を読み取れません。パスワードを外して保存し、添付し直してください。",
        "is protected by a password. Save a copy without the password and attach that.",
    )


def damaged(name: str, format_ja: str, format_en: str) -> Unreadable:
    return _refusal(
        name,
        f"は{format_ja}として開けません。途中で切れているか、壊れています。"
        "元のファイルが開けることを確かめ、保存し直してから添付してください。",
        f"cannot be opened as {format_en}: it is cut short or damaged. "
        "Check that the original opens, save it again and attach that.",
    )


def unknown(name: str) -> Unreadable:
    return _refusal(
        name,
        "の形式には対応していません。PDF、Word、Excel、PowerPoint、画像、テキスト、HTML、CSV、"
        "メールのいずれかに変換して添付してください。",
        "is of a kind that cannot be read. Convert it to PDF, Word, Excel, PowerPoint, an image, text, HTML, "
        "CSV or e-mail and attach that.",
    )


def old_format(name: str, format_ja: str, format_en: str, wanted: str) -> Unreadable:
    return _refusal(
        name,
        f"は{format_ja}です。この形式は読み取れません。「{wanted}」形式で保存し直してから添付してください。",
        f"is {format_en}, which cannot be read. Save it as {wanted} and attach that.",
    )


def archive(name: str) -> Unreadable:
    return _refusal(
        name,
        "は圧縮ファイルです。展開して、中のファイルを一つずつ添付してください。",
        "is an archive. Unpack it and attach the files one by one.",
    )


def swells(name: str, megabytes: int) -> Unreadable:
    return _refusal(
        name,
        f"は、展開すると上限（{megabytes}MB）を超えるか、不自然に大きくなるため、安全のため開きませんでした。"
        "大きな画像やシートを減らして保存し直すか、PDFに変換して添付してください。",
        f"would swell beyond {megabytes} MB, or unnaturally, when unpacked and was not opened, for safety. "
        "Save it with fewer large pictures or sheets, or as PDF.",
    )


def entities(name: str) -> Unreadable:
    return _refusal(
        name,
        "には、通常のOffice文書にはないXML定義（DTD）が含まれているため、安全のため開きませんでした。"
        "WordやExcelなどで開いて保存し直してから添付してください。",
        "contains XML definitions (a DTD) that no ordinary Office file has and was not opened, for safety. "
        "Open it in Office, save it again and attach that.",
    )


def image_too_large(name: str, width: int, height: int, limit: int) -> Unreadable:
    return _refusal(
        name,
        f"は画像が大きすぎます（{width}×{height}画素、上限は{limit // 1_000_000}百万画素）。"
        "縮小して保存し直してから添付してください。",
        f"is too large an image ({width} × {height} pixels; the limit is {limit // 1_000_000} million). "
        "Save a smaller copy and attach that.",
    )


def without_ocr(name: str) -> Unreadable:
    return _refusal(
        name,
        "は画像ですが、この環境では画像の文字を読み取る機能（OCR）が使えません。"
        "文字を含むファイルを添付するか、システム管理者に問い合わせてください。",
        "is an image, and reading text from images (OCR) is not set up here. "
        "Attach a file that holds text, or ask the system administrator.",
    )


def failed(name: str, why: Text) -> Unreadable:
    """The sandbox ended the reading: time, memory, size or a crash."""
    return _refusal(
        name,
        f"を読み取れませんでした。{why.ja}壊れていないか確かめ、大きい場合は分割してから添付し直してください。",
        f"could not be read. {why.en} Check that it is not damaged; if it is large, split it and attach the parts.",
    )
