"""Bytes of Japanese text files to text, whatever they were saved as."""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ISO_2022_JP = re.compile(rb"\x1b(?:\$[@B]|\([BJI]|\$\(D)")
_COMMON = re.compile(r"[\u3041-\u30ff、。・「」（）\u3000-\u3003]")
_ODD = re.compile(r"[\uff61-\uff9f\ue000-\uf8ff\ufffd\x80-\x9f]")  # half-width kana, private use, holes
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_USUAL = re.compile(r"[\t\r\n -~\u3000-\u30ff\u4e00-\u9fff\uff01-\uff9f\u2190-\u27bf]")
_KANA_OR_ASCII = re.compile(r"[\t\r\n -~\u3041-\u30ff]")
_SAMPLE = 200_000


def decode(data: bytes) -> str | None:
    """The text, or None when these bytes are no text. Knows UTF-8, UTF-16, CP932 (Shift_JIS), EUC-JP and
    ISO-2022-JP; a file cut in the middle of a character loses that character alone."""
    text = _decode(data)
    if text is None:
        return None
    sample = text[:_SAMPLE]
    strange = len(_CONTROL.findall(sample)) + sample.count("\ufffd")
    return None if strange > max(8, len(sample) // 50) else text


def _decode(data: bytes) -> str | None:
    name = _declared(data) or (_utf16_without_bom(data) if b"\x00" in data[:_SAMPLE] else "")
    if name:
        return data.decode(name, "replace")
    if (text := _strictly(data, "utf-8")) is not None:
        return text
    if name := _utf16_without_bom(data):
        return data.decode(name, "replace")
    candidates = [text for name in ("cp932", "euc_jis_2004") if (text := _strictly(data, name)) is not None]
    if candidates:
        return max(candidates, key=_likeness)
    mended = [data.decode(name, "replace") for name in ("utf-8", "cp932")]  # a few broken bytes
    return next((text for text in mended if text.count("\ufffd") * 50 < len(text)), None)


def _declared(data: bytes) -> str:
    """The encoding that the bytes themselves name: by a byte order mark, or by ISO-2022-JP's escapes."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name
    return "iso2022_jp_ext" if data.isascii() and _ISO_2022_JP.search(data[:_SAMPLE]) else ""


def _strictly(data: bytes, name: str) -> str | None:
    """All of the bytes but an unfinished last character."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        return decoder.decode(data, final=False)
    except UnicodeDecodeError:
        return None


def _utf16_without_bom(data: bytes) -> str:
    """UTF-16 in which nearly all is Japanese or Latin, and a tenth of it kana or ASCII; else nothing."""
    sample = data[: min(len(data), 4_000) // 2 * 2]
    for name in ("utf-16-le", "utf-16-be"):
        text = _strictly(sample, name)
        if (
            text
            and len(_USUAL.findall(text)) >= 0.95 * len(text)
            and len(_KANA_OR_ASCII.findall(text)) * 10 > len(text)
        ):
            return name
    return ""


def _likeness(text: str) -> float:
    """How much a reading looks like Japanese prose: kana and its punctuation, no half-width or private ones."""
    sample = text[:_SAMPLE]
    wide = [letter for letter in sample if letter > "\x7f"]
    if not wide:
        return 0.0
    joined = "".join(wide)
    return (len(_COMMON.findall(joined)) - 3 * len(_ODD.findall(joined))) / len(wide)
