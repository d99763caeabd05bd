"""E-mail (.eml, .msg): subject, people, date, body, and the text of what is attached to it, one level deep."""

import email
import email.policy
import tempfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage, MIMEPart
from pathlib import Path

from kb_service.adapters.extraction import refusals
from kb_service.adapters.extraction.cleaning import clean
from kb_service.adapters.extraction.encodings import decode
from kb_service.adapters.extraction.html import html_text
from kb_service.adapters.extraction.sections import sections
from kb_service.adapters.extraction.source import DAMAGE, Found, Source
from kb_service.models.attachments import Place, PlaceKind, TextPart
from kb_service.ports.extraction import Unreadable
from kernel.errors import Text

ReadNested = Callable[[Source], Found]
_BODY = "本文"


def read_mail(source: Source, read_nested: ReadNested) -> Found:
    """An .eml or .mht file."""
    message = email.message_from_bytes(source.file.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    headers = [(label, _header(message, name)) for label, name in _HEADERS]
    found = _letter(headers, _body_lines(message))
    found.title = _header(message, "Subject")
    _add_attachments(source, found, _attachments(message), read_nested)
    return found


_HEADERS = (("件名", "Subject"), ("差出人", "From"), ("宛先", "To"), ("CC", "Cc"), ("日時", "Date"))


def read_outlook(source: Source, read_nested: ReadNested) -> Found:
    """A .msg file as Outlook saves it."""
    from oxmsg import Message

    try:
        message = Message.load(str(source.file))
        recipients = ", ".join(f"{person.name} <{person.email_address}>" for person in message.recipients)
        headers = [
            ("件名", message.subject),
            ("差出人", message.sender or ""),
            ("宛先", recipients),
            ("日時", str(message.sent_date or "")),
        ]
        body = (message.body or "").split("\n")
        if not message.body and message.html_body:
            body = _html_lines(message.html_body.encode("utf-8"))
        files = [
            (item.file_name or "", item.file_bytes or b"") for item in message.attachments if item.file_bytes
        ]
    except DAMAGE as error:
        raise refusals.damaged(source.name, "メール", "an e-mail") from error
    found = _letter([(label, clean(value)) for label, value in headers], body)
    found.title = clean(message.subject)
    _add_attachments(source, found, iter(files), read_nested)
    return found


def _letter(headers: list[tuple[str, str]], body: list[str]) -> Found:
    lines = [f"{label}: {value}" for label, value in headers if value]
    return Found(sections((_BODY, clean(line)) for line in [*lines, "", *body]))


def _header(message: EmailMessage, name: str) -> str:
    """A header decoded; one that is malformed is taken as it stands."""
    try:
        value = str(message[name] or "")
    except (ValueError, IndexError, AttributeError, KeyError, TypeError):
        value = next((str(raw) for key, raw in message.raw_items() if key.lower() == name.lower()), "")
    if any("\udc80" <= letter <= "\udcff" for letter in value):  # raw CP932 or EUC-JP in a header
        value = decode(value.encode("ascii", "surrogateescape")) or value
    return clean(value).replace("\n", " ")


def _body_lines(message: EmailMessage) -> list[str]:
    """The plain body, or else the HTML one as text."""
    for kind in ("plain", "html"):
        body = message.get_body(preferencelist=(kind,))
        if body is not None:
            if kind == "html":
                return _html_lines(_payload(body))
            return (_text(body) or "").split("\n")
    return []


def _text(part: MIMEPart) -> str | None:
    """A text part by its declared encoding, or by its bytes when that is wrong."""
    try:
        content = part.get_content(errors="strict")
        return content if isinstance(content, str) else None
    except (LookupError, UnicodeError, KeyError, ValueError):
        return decode(_payload(part))


def _payload(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _html_lines(data: bytes) -> list[str]:
    return [line for part in html_text(data, _BODY).parts for line in part.text.split("\n")]


def _attachments(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    for number, part in enumerate(message.iter_attachments(), 1):
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner, EmailMessage):
                yield f"{_header(inner, 'Subject') or number}.eml", inner.as_bytes()
        elif not part.is_multipart():
            yield part.get_filename() or f"添付{number}", _payload(part)


def _add_attachments(
    source: Source, found: Found, files: Iterator[tuple[str, bytes]], read_nested: ReadNested
) -> None:
    """Parts of what is attached, labelled by its file name. What cannot be read is noted and left out."""
    if source.depth:
        return
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, data) in enumerate(files, 1):
            if number > source.tools.bounds.mail_attachments or source.tools.is_late:
                found.notes.append(
                    Text(
                        f"メールの添付ファイルのうち、はじめの{number - 1}件だけを読み取りました。",
                        f"Only the first {number - 1} attachments of the e-mail were read.",
                    )
                )
                break
            file = Path(folder) / str(number)
            file.write_bytes(data)
            try:
                nested = read_nested(Source(file, clean(name), source.tools, source.depth + 1))
            except Unreadable as error:
                found.notes.append(error.text)
                continue
            for part in nested.parts:
                label = f"{clean(name)} {_within(part.place)}".strip()
                place = Place(PlaceKind.SECTION, len(found.parts) + 1, label)
                found.parts.append(TextPart(place, part.text, part.by_ocr))
            found.notes.extend(nested.notes)


def _within(place: Place) -> str:
    """The place inside an attached file, short: 3ページ, シート「集計」, スライド2."""
    if place.kind is PlaceKind.PAGE:
        return f"{place.number}ページ"
    if place.kind is PlaceKind.SHEET:
        return f"シート「{place.label}」"
    if place.kind is PlaceKind.SLIDE:
        return f"スライド{place.number}"
    return place.label
