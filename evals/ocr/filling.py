"""What somebody would fill in: a truth for every field of a form, and how it is written there."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from evals.ocr import people
from evals.ocr.people import ERAS, Home, Person
from evals.ocr.vocabulary import words_for
from ocr_service.models.fields import Field, FieldType
from ocr_service.models.forms import CheckKind, Form

TODAY = date(2026, 11, 20)
_PART = re.compile(
    r"^(?:(?P<row>\w+\[\d+\])\.)?(?:(?P<of>\w*?)_?)?(?P<what>name|kana|birth_era|birth_date|sex|age|my_number|holder|surname)$"
)
_HOME = re.compile(r"^(?:(?P<row>\w+\[\d+\])\.)?(?P<of>\w*?)_?(?P<what>postal_code|address)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """`value` in normal form ("" = left blank), `written` what the pen writes: one text, or one for each slot."""

    field: Field
    value: str
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Habits:
    """How complete and how careful people fill in. Rates are shares."""

    optional: float = 0.72
    required: float = 0.985
    rows: float = 0.6  # share of a table's rows that are used, on average
    inconsistent: float = 0.04  # age against date, postal code against address, total against items


def fill(form: Form, slots: dict[str, int], random: Random, habits: Habits | None = None) -> dict[str, Entry]:
    """Every field of the form with its truth; `slots` = number of parts in which a field is written."""
    return _Filling(form, slots, random, habits or Habits()).entries()


class _Filling:
    def __init__(self, form: Form, slots: dict[str, int], random: Random, habits: Habits) -> None:
        self._form, self._slots, self._random, self._habits = form, slots, random, habits
        self._fields = {each.name: each for each in form.every_field()}
        self._people: dict[str, tuple[Person, date]] = {}
        self._homes: dict[str, Home] = {}
        self._absent: dict[str, bool] = {}
        self._rows = {
            table.name: self._rows_used(len(table.tops)) for page in form.pages for table in page.tables
        }
        self._family = people.person(random)
        self._eras: dict[str, str] = {}

    def entries(self) -> dict[str, Entry]:
        found = {name: self._entry(field) for name, field in self._fields.items()}
        for name, era in self._eras.items():
            field = self._fields[name]
            if any(choice.value == era for choice in field.choices):
                found[name] = Entry(field, era)
        self._totals(found)
        for check in self._form.checks:
            if check.kind is CheckKind.SAME and found[check.fields[0]].value:
                first, second = (found[name] for name in check.fields)
                found[check.fields[1]] = replace(first, field=second.field)
        return found

    def _rows_used(self, count: int) -> int:
        used = 1
        while used < count and self._random.random() < self._habits.rows:
            used += 1
        return used

    def _entry(self, field: Field) -> Entry:
        if self._blank(field):
            return Entry(field, "")
        kind = field.type
        if kind is FieldType.DATE:
            return self._date(field)
        value = self._value(field)
        return Entry(field, value, self._written(field, value)) if value else Entry(field, "")

    def _blank(self, field: Field) -> bool:
        row = re.match(r"(\w+)\[(\d+)\]\.", field.name)
        if row:
            if int(row[2]) > self._rows[row[1]]:
                return True
            return self._random.random() > 0.95
        if field.type in (FieldType.CHECK_BOX, FieldType.BARCODE):  # codes are printed by the office
            return field.type is FieldType.BARCODE and self._random.random() > 0.97
        share = self._habits.required if field.required else self._habits.optional
        group = _PART.match(field.name) or _HOME.match(field.name)
        if group and not field.required and group["of"]:
            absent = self._absent.setdefault(group["of"], self._random.random() > share)
            return absent or self._random.random() > 0.96
        if any(each.era_field == field.name for each in self._fields.values()):
            return True  # the date decides
        return self._random.random() > share

    def _value(self, field: Field) -> str:
        random, kind = self._random, field.type
        part = _PART.match(field.name)
        if kind in (FieldType.NAME, FieldType.KANA) or (
            part and kind is not FieldType.CHOICE and part["what"] == "age"
        ):
            return self._personal(field, part)
        if kind in (FieldType.POSTAL_CODE, FieldType.ADDRESS):
            return self._home_of(field)
        if kind is FieldType.CHOICE:
            return self._choice(field)
        if kind in (FieldType.CHECK_BOX, FieldType.SEAL):
            rare = 0.06 if "decline" in field.name else 0.4
            return "1" if random.random() < (0.7 if kind is FieldType.SEAL else rare) else ""
        return self._numeral(field) or words_for(field, random)

    def _numeral(self, field: Field) -> str:
        """Numbers of every kind, "" for fields of other types."""
        random = self._random
        makers: dict[FieldType, Callable[[], str]] = {
            FieldType.PHONE: lambda: people.phone(random),
            FieldType.MY_NUMBER: lambda: people.my_number(random),
            FieldType.CORPORATE_NUMBER: lambda: people.corporate_number(random),
            FieldType.BANK_ACCOUNT: lambda: f"{random.randint(0, 9_999_999):07}",
            FieldType.BARCODE: lambda: f"R8-{random.randint(0, 99_999_999):08}",
            FieldType.MONEY: lambda: str(_money(random, field)),
            FieldType.NUMBER: lambda: str(
                random.randint(1, 6 if "count" in field.name else field.most or 99)
            ),
        }
        made = makers.get(field.type)
        return made() if made else ""

    def _personal(self, field: Field, part: re.Match[str] | None) -> str:
        person, born = self._person((part["row"] or "", part["of"] or "") if part else ("", field.name))
        if part and part["what"] == "age":
            age = people.age_on(born, TODAY)
            wrong = self._random.random() < self._habits.inconsistent
            return str(max(0, age + (self._random.choice((-10, -1, 3)) if wrong else 0)))
        if field.type is FieldType.KANA:
            return person.surname_kana + person.given_kana
        return person.surname + person.given

    def _person(self, key: tuple[str, str]) -> tuple[Person, date]:
        name = "/".join(key)
        if name not in self._people:
            family = (self._family.surname, self._family.surname_kana)
            same = self._random.random() < (0.9 if key[0] else 0.7)
            person = people.person(self._random, family if same else None)
            self._people[name] = (person, self._born(key))
        return self._people[name]

    def _born(self, key: tuple[str, str]) -> date:
        if key[0].startswith(("children", "child")):
            return people.day(self._random, TODAY - timedelta(days=365 * 15), TODAY - timedelta(days=20))
        return people.day(self._random, date(1932, 1, 1), date(2006, 12, 31))

    def _home_of(self, field: Field) -> str:
        part = _HOME.match(field.name)
        key = f"{part['row'] or ''}/{part['of']}" if part else field.name
        home = self._homes.setdefault(key, people.home(self._random))
        if field.type is FieldType.POSTAL_CODE:
            wrong = self._random.random() < self._habits.inconsistent
            return people.home(self._random).postal if wrong else home.postal
        return home.address

    def _choice(self, field: Field) -> str:
        values = [choice.value for choice in field.choices]
        if field.several:
            chosen = [value for value in values if self._random.random() < 0.35]
            return "|".join(chosen)
        return self._random.choice(values)

    def _date(self, field: Field) -> Entry:
        part = _PART.match(field.name)
        if part and part["what"] == "birth_date":
            when = self._person((part["row"] or "", part["of"] or ""))[1]
        else:
            when = people.day(self._random, date(2026, 4, 1), date(2027, 2, 28))
            if "old" in field.name or "lost" in field.name:
                when -= timedelta(days=self._random.randint(20, 300))
        choice = self._era_field(field)
        if choice is not None:
            when = self._within(when, choice)
            self._eras[choice.name] = people.era_of(when)[0]
        era, year = people.era_of(when)
        if field.name in self._slots:
            if choice is None and era != "令和":
                when = when.replace(year=2026, day=min(when.day, 28))
                era, year = people.era_of(when)
            first = "元" if year == 1 and self._random.random() < 0.5 else str(year)
            return Entry(field, when.isoformat(), (first, str(when.month), str(when.day)))
        written = self._random.choice(
            (
                f"{era}{year}年{when.month}月{when.day}日",
                f"{era}{year}年{when.month}月{when.day}日",
                f"{'MTSHR'[[name for name, _ in ERAS].index(era)]}{year}.{when.month}.{when.day}",
                f"{when.year}年{when.month}月{when.day}日",
                f"{when.year}/{when.month}/{when.day}",
            )
        )
        return Entry(field, when.isoformat(), (written,))

    def _era_field(self, field: Field) -> Field | None:
        if not field.era_field:
            return None
        row = field.name.rpartition(".")[0]
        return self._fields.get(f"{row}.{field.era_field}") or self._fields.get(field.era_field)

    def _within(self, when: date, choice: Field) -> date:
        """A day in one of the eras that the form offers."""
        offered = [each.value for each in choice.choices]
        if people.era_of(when)[0] in offered:
            return when
        starts = dict(ERAS)
        first = max(starts[offered[0]], date(1926, 12, 25) if "昭和" in offered else starts[offered[0]])
        return people.day(self._random, first, TODAY)

    def _written(self, field: Field, value: str) -> tuple[str, ...]:
        random, kind = self._random, field.type
        if field.name in self._slots:
            return tuple(value.replace("-", "").rjust(self._slots[field.name]))
        if kind is FieldType.MONEY and random.random() < 0.7:
            return (random.choice(("", "", "¥")) + f"{int(value):,}",)
        if kind is FieldType.PHONE and random.random() < 0.15:
            first, middle, last = value.split("-")
            return (f"{first}({middle}){last}",)
        if kind in (FieldType.NAME, FieldType.KANA):
            for person, _born in self._people.values():
                for whole, surname in (
                    (person.surname + person.given, person.surname),
                    (person.surname_kana + person.given_kana, person.surname_kana),
                ):
                    if whole == value and random.random() < 0.8:
                        return (f"{surname} {value[len(surname) :]}",)
        return (value,)

    def _totals(self, found: dict[str, Entry]) -> None:
        for check in self._form.checks:
            if check.kind is not CheckKind.TOTAL_IS_SUM or check.fields[0] not in found:
                continue
            total, items = check.fields[0], check.fields[1:]
            values = [entry.value for name, entry in found.items() if _among(name, items) and entry.value]
            if not values:
                found[total] = replace(found[total], value="", written=())
                continue
            amount = sum(map(int, values))
            if self._random.random() < self._habits.inconsistent:
                amount += self._random.choice((100, -10, 1000))
            field = found[total].field
            found[total] = Entry(field, str(amount), self._written(field, str(amount)))


def _among(name: str, items: tuple[str, ...]) -> bool:
    return name in items or re.sub(r"\[\d+\]", "[]", name) in items


def _money(random: Random, field: Field) -> int:
    if "income" in field.name:
        return random.randint(80, 999) * 10_000 + random.choice((0, 0, random.randint(0, 9_999)))
    return random.choice((100, 500, 1_000)) * random.randint(1, 60)
