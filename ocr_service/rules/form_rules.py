"""What makes a template sound. The same rules for saving, publishing and taking in a file; every problem names
its place as a JSON pointer into the exported document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kernel.errors import Problem, Text
from ocr_service.models.fields import Box, Field, FieldType, Table
from ocr_service.models.forms import Check, CheckKind, Form, FormPage
from ocr_service.rules.patterns import BadPattern, compiled
from ocr_service.rules.png import NoPng, inspect

MOST_PAGES = 20
MOST_FIELDS = 1_000  # with every cell of every table
MOST_CHECKS = 200
MOST_PROBLEMS = 100
LONGEST_TITLE = 200
LONGEST_TEXT = 4_000
LONGEST_LABEL = 200
LEAST_SIZE = 0.5  # millimetres of a box
_SLACK = 0.05  # millimetres by which a box may stick out, for rounding
_MILLIMETRES = 25.4
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_ALL_ROWS = re.compile(r"([a-z][a-z0-9_]{0,63})\[\]\.([a-z][a-z0-9_]{0,63})", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

# Number of fields of each kind of check: at least, at most (0 = any number).
_SHAPES: dict[CheckKind, tuple[int, int]] = {
    CheckKind.AGE_FITS_DATE: (2, 3),
    CheckKind.POSTAL_FITS_ADDRESS: (2, 2),
    CheckKind.TOTAL_IS_SUM: (2, 0),
    CheckKind.DATE_ORDER: (2, 2),
    CheckKind.REQUIRED_IF: (2, 2),
    CheckKind.EMPTY_IF: (2, 2),
    CheckKind.ONE_OF: (1, 0),
    CheckKind.SAME: (2, 2),
}
_CONDITIONS = frozenset({CheckKind.REQUIRED_IF, CheckKind.EMPTY_IF})


def problems(form: Form, *, draft: bool = False) -> tuple[Problem, ...]:
    """Everything that is wrong with a template, at most MOST_PROBLEMS; empty = it can be used. A draft may have
    no field yet."""
    found = _Found()
    _head(form, found)
    names: set[str] = set()
    for index, page in enumerate(form.pages):
        _page(page, index, names, found)
    count = sum(1 for _ in form.every_field())
    if not count and not draft:
        found.add(
            "/pages",
            "項目がありません。項目を一つ以上作ってください。",
            "There is no field. Make one at least.",
        )
    if count > MOST_FIELDS:
        found.add(
            "/pages",
            f"項目が多すぎます（表の欄を含めて{count:,}個）。{MOST_FIELDS:,}個までにしてください。",
            f"There are {count:,} fields, table cells included. At most {MOST_FIELDS:,} are allowed.",
        )
    _eras(form, found)
    _checks(form, found)
    return tuple(found.problems)


def places(form: Form) -> frozenset[str]:
    """The names that a check may use: every field and cell, and "table[].column" for a column in all rows."""
    names = {each.name for each in form.every_field()}
    for page in form.pages:
        for table in page.tables:
            names.update(f"{table.name}[].{column.name}" for column in table.columns)
    return frozenset(names)


@dataclass(slots=True)
class _Found:
    problems: list[Problem] = field(default_factory=list)

    def add(self, where: str, ja: str, en: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(where, Text(ja, en)))


def _head(form: Form, found: _Found) -> None:
    _identifier(form.name, "/name", found)
    _words(form.title, "/title", LONGEST_TITLE, found, needed=True)
    _words(form.description, "/description", LONGEST_TEXT, found)
    if not 1 <= len(form.pages) <= MOST_PAGES:
        found.add(
            "/pages",
            f"ページは1から{MOST_PAGES}までです（いま{len(form.pages)}ページ）。",
            f"A template has 1 to {MOST_PAGES} pages; this one has {len(form.pages)}.",
        )
    for index, page in enumerate(form.pages):
        if page.number != index + 1:
            found.add(
                f"/pages/{index}/number",
                f"ページ番号は1から順に付けてください（ここは{index + 1}）。",
                f"Pages are numbered from 1 in order; this one is {index + 1}.",
            )


def _page(page: FormPage, index: int, names: set[str], found: _Found) -> None:
    where = f"/pages/{index}"
    for name, size in (("width", page.width), ("height", page.height)):
        if not 20 <= size <= 1_000:
            found.add(
                f"{where}/{name}",
                "ページの大きさは20mmから1,000mmまでです。",
                "A page measures 20 to 1,000 mm.",
            )
    if not 72 <= page.dpi <= 600:
        found.add(f"{where}/dpi", "解像度は72から600までです。", "The resolution is 72 to 600 dpi.")
    _image(page, f"{where}/image", found)
    for number, each in enumerate(page.fields):
        at = f"{where}/fields/{number}"
        _unique(each.name, f"{at}/name", names, found)
        _field(each, at, page, found)
    for number, table in enumerate(page.tables):
        _table(table, f"{where}/tables/{number}", page, names, found)


def _image(page: FormPage, where: str, found: _Found) -> None:
    try:
        picture = inspect(page.image)
    except NoPng:
        found.add(
            where,
            "様式の画像がPNGとして読めません。インターレースなしのPNGにしてください。",
            "The picture of the blank page is no sound PNG. Give a PNG without interlacing.",
        )
        return
    for pixels, size in ((picture.width, page.width), (picture.height, page.height)):
        wanted = size * page.dpi / _MILLIMETRES
        if abs(pixels - wanted) > max(3.0, 0.005 * wanted):
            found.add(
                where,
                f"画像の大きさ（{picture.width}×{picture.height}画素）が、"
                f"ページの大きさ（{page.width:g}×{page.height:g}mm、{page.dpi}dpi）に合いません。",
                f"The picture has {picture.width} × {picture.height} pixels, which does not fit a page of "
                f"{page.width:g} × {page.height:g} mm at {page.dpi} dpi.",
            )
            return


def _table(table: Table, where: str, page: FormPage, names: set[str], found: _Found) -> None:
    _unique(table.name, f"{where}/name", names, found)
    _words(table.label, f"{where}/label", LONGEST_LABEL, found)
    if not 1 <= len(table.tops) <= MOST_FIELDS:
        found.add(f"{where}/tops", "表には行が一つ以上必要です。", "A table needs one row at least.")
        return
    if list(table.tops) != sorted(set(table.tops)):
        found.add(
            f"{where}/tops",
            "行の上端は、上から順に、重ならないように並べてください。",
            "The upper edges of the rows go from top to bottom, each once.",
        )
    if not table.columns:
        found.add(f"{where}/columns", "表には列が一つ以上必要です。", "A table needs one column at least.")
    columns: set[str] = set()
    lowest = max(table.tops) - table.tops[0]
    for number, column in enumerate(table.columns):
        at = f"{where}/columns/{number}"
        _unique(column.name, f"{at}/name", columns, found)
        _field(column, at, page, found, lowest)


def _field(one: Field, where: str, page: FormPage, found: _Found, down: float = 0.0) -> None:
    """`down`: how much lower the last row of a table is than the first."""
    _words(one.label, f"{where}/label", LONGEST_LABEL, found, needed=True)
    _box(one.box, f"{where}/box", page, found, down)
    for name, number, least, most in (("cells", one.cells, 0, 200), ("lines", one.lines, 1, 100)):
        if not least <= number <= most:
            found.add(
                f"{where}/{name}", f"{least}から{most}までの数です。", f"A number from {least} to {most}."
            )
    if one.least < 0 or one.most < 0 or (one.most and one.least > one.most):
        found.add(
            f"{where}/most",
            "最小（least）と最大（most）は0以上で、最小は最大を超えられません。",
            "least and most are 0 or more, and least is not above most.",
        )
    _pattern(one.pattern, f"{where}/pattern", found)
    _choices(one, where, page, found, down)
    for number, (read, meant) in enumerate(one.replacements):
        at = f"{where}/replacements/{number}"
        if not read or len(read) > LONGEST_LABEL or len(meant) > LONGEST_LABEL:
            found.add(
                at, "置き換える前の文字がないか、長すぎます。", "What to replace is missing or too long."
            )
    if len(one.replacements) > 100:
        found.add(f"{where}/replacements", "置き換えは100個までです。", "At most 100 replacements.")
    if one.era_field and one.type is not FieldType.DATE:
        found.add(
            f"{where}/era_field",
            "元号の項目を指定できるのは日付の項目だけです。",
            "Only a date may name the field of its era.",
        )


def _choices(one: Field, where: str, page: FormPage, found: _Found, down: float) -> None:
    if one.type is not FieldType.CHOICE:
        if one.choices:
            found.add(
                f"{where}/choices",
                "選択肢を持てるのは選択の項目だけです。",
                "Only a choice field has choices.",
            )
        return
    if not 1 <= len(one.choices) <= 100:
        found.add(f"{where}/choices", "選択肢は1から100までです。", "A choice field has 1 to 100 choices.")
    values: set[str] = set()
    for number, choice in enumerate(one.choices):
        at = f"{where}/choices/{number}"
        _words(choice.value, f"{at}/value", LONGEST_LABEL, found, needed=True)
        _words(choice.label, f"{at}/label", LONGEST_LABEL, found)
        if "|" in choice.value:
            found.add(f"{at}/value", "値に「|」は使えません。", 'A value cannot hold "|".')
        if choice.value in values:
            found.add(
                f"{at}/value",
                f"選択肢の値「{choice.value}」が重なっています。",
                f'The value "{choice.value}" is there twice.',
            )
        values.add(choice.value)
        _box(choice.box, f"{at}/box", page, found, down)


def _box(box: Box, where: str, page: FormPage, found: _Found, down: float) -> None:
    if box.width < LEAST_SIZE or box.height < LEAST_SIZE:
        found.add(
            where, f"枠が小さすぎます（{LEAST_SIZE}mm以上）。", f"The box is smaller than {LEAST_SIZE} mm."
        )
    inside = (
        box.x >= -_SLACK
        and box.y >= -_SLACK
        and box.right <= page.width + _SLACK
        and box.bottom + down <= page.height + _SLACK
    )
    if not inside:
        found.add(
            where,
            f"枠がページ（{page.width:g}×{page.height:g}mm）の外に出ています。",
            f"The box lies outside the page of {page.width:g} × {page.height:g} mm.",
        )


def _pattern(pattern: str, where: str, found: _Found) -> None:
    if not pattern:
        return
    try:
        compiled(pattern)
    except BadPattern as error:
        if error.slow:
            found.add(
                where,
                "この書式は照合に時間がかかりすぎるおそれがあります。繰り返しの中の繰り返しや後方参照を使わず、短くしてください。",
                "Matching this pattern could take too long. Avoid repeats inside repeats and references, and keep it short.",
            )
        else:
            found.add(
                where, "書式が正規表現として正しくありません。", "The pattern is no regular expression."
            )


def _eras(form: Form, found: _Found) -> None:
    """The era of a date is a choice field of the form, for a column one of its own table."""
    outside = {one.name: one for page in form.pages for one in page.fields}
    for where, one, near in _dated(form):
        era = near.get(one.era_field) or outside.get(one.era_field)
        if era is None or era.type is not FieldType.CHOICE:
            found.add(
                f"{where}/era_field",
                f"元号の項目「{one.era_field}」は、選択の項目として様式の中にありません。",
                f'"{one.era_field}" is no choice field of this form.',
            )


def _dated(form: Form) -> Iterator[tuple[str, Field, dict[str, Field]]]:
    for index, page in enumerate(form.pages):
        for number, one in enumerate(page.fields):
            if one.era_field:
                yield f"/pages/{index}/fields/{number}", one, {}
        for row, table in enumerate(page.tables):
            near = {column.name: column for column in table.columns}
            for number, one in enumerate(table.columns):
                if one.era_field:
                    yield f"/pages/{index}/tables/{row}/columns/{number}", one, near


def _checks(form: Form, found: _Found) -> None:
    if len(form.checks) > MOST_CHECKS:
        found.add("/checks", f"確認の規則は{MOST_CHECKS}個までです。", f"At most {MOST_CHECKS} checks.")
    known = places(form)
    for index, check in enumerate(form.checks):
        where = f"/checks/{index}"
        _check(check, where, known, found)
        _check_types(form, check, where, found)


def _check(check: Check, where: str, known: frozenset[str], found: _Found) -> None:
    for number, name in enumerate(check.fields):
        if name not in known:
            found.add(
                f"{where}/fields/{number}",
                f"項目「{name}」は様式の中にありません。",
                f'There is no field "{name}" on this form.',
            )
    least, most = _SHAPES[check.kind]
    if len(check.fields) < least or (most and len(check.fields) > most):
        found.add(
            f"{where}/fields",
            "この規則に必要な項目の数と合いません。",
            f"This check takes {least}{f' to {most}' if most > least else '' if most else ' or more'} fields.",
        )
    if check.value and check.kind not in _CONDITIONS:
        found.add(f"{where}/value", "この規則に値は要りません。", "This check takes no value.")
    tables = {matched[1] for name in check.fields if (matched := _ALL_ROWS.fullmatch(name))}
    if len(tables) > 1 and check.kind is not CheckKind.TOTAL_IS_SUM:
        found.add(
            f"{where}/fields",
            "行ごとに確かめる規則では、一つの表の列だけを指定してください。",
            "A check row by row takes columns of one table only.",
        )
    if check.kind is CheckKind.TOTAL_IS_SUM and check.fields and _ALL_ROWS.fullmatch(check.fields[0]):
        found.add(f"{where}/fields/0", "合計は一つの項目です。", "The total is a single field.")
    _words(check.message_ja, f"{where}/message_ja", LONGEST_LABEL, found)
    _words(check.message_en, f"{where}/message_en", LONGEST_LABEL, found)


_DATES = frozenset({FieldType.DATE})
_NUMBERS = frozenset({FieldType.NUMBER, FieldType.MONEY})
_TAKES: dict[CheckKind, tuple[frozenset[FieldType], ...]] = {
    CheckKind.AGE_FITS_DATE: (frozenset({FieldType.NUMBER}), _DATES, _DATES),
    CheckKind.POSTAL_FITS_ADDRESS: (frozenset({FieldType.POSTAL_CODE}), frozenset({FieldType.ADDRESS})),
    CheckKind.DATE_ORDER: (_DATES, _DATES),
}


def _check_types(form: Form, check: Check, where: str, found: _Found) -> None:
    types = {each.name: each.type for each in form.every_field()}
    for page in form.pages:
        for table in page.tables:
            types.update({f"{table.name}[].{column.name}": column.type for column in table.columns})
    takes = _TAKES.get(check.kind, ())
    if check.kind is CheckKind.TOTAL_IS_SUM:
        takes = (_NUMBERS,) * len(check.fields)
    for number, (name, allowed) in enumerate(zip(check.fields, takes, strict=False)):
        if name in types and types[name] not in allowed:
            wanted = ", ".join(sorted(each.value for each in allowed))
            found.add(
                f"{where}/fields/{number}",
                f"項目「{name}」の種類が、この規則に合いません（{wanted}）。",
                f'"{name}" is of another type than this check takes ({wanted}).',
            )


def _identifier(name: str, where: str, found: _Found) -> None:
    if not _NAME.fullmatch(name):
        found.add(
            where,
            "名前は英小文字で始め、英小文字・数字・「_」で64文字までにしてください。",
            'A name begins with a lower-case letter and holds lower-case letters, digits and "_", at most 64.',
        )


def _unique(name: str, where: str, names: set[str], found: _Found) -> None:
    _identifier(name, where, found)
    if name in names:
        found.add(where, f"名前「{name}」が重なっています。", f'The name "{name}" is there twice.')
    names.add(name)


def _words(text: str, where: str, longest: int, found: _Found, needed: bool = False) -> None:
    if needed and not text.strip():
        found.add(where, "入力してください。", "This is needed.")
    if len(text) > longest:
        found.add(where, f"{longest:,}文字までにしてください。", f"At most {longest:,} characters.")
    if _CONTROL.search(text):
        found.add(where, "使えない文字（制御文字）があります。", "There are control characters.")
