"""Which form and which settings a command means."""

from collections.abc import Sequence

from kernel.errors import Invalid, Text
from ocr_service.models.exports import ExportProfile, ExportSettings
from ocr_service.service.exporting import FormFound


def one_form(found: Sequence[FormFound], wanted: str) -> FormFound:
    """The template of that title, name or identifier; the only one when nothing is wanted. Raises Invalid and lists
    what there is."""
    fitting = [
        each for each in found if not wanted or wanted in {each.template_id, each.form.title, each.form.name}
    ]
    if len({each.template_id for each in fitting}) == 1:
        return fitting[0]
    titles = ", ".join(dict.fromkeys(each.form.title for each in found)) or "-"
    raise Invalid(
        Text(
            f"様式を --template で1つ指定してください。このバッチにある様式: {titles}",
            f"Name one template by --template. Templates of this batch: {titles}",
        )
    )


def settings_called(saved: Sequence[ExportProfile], name: str) -> ExportSettings:
    """Raises Invalid and lists what there is."""
    for each in saved:
        if each.name == name:
            return each.settings
    names = ", ".join(each.name for each in saved) or "-"
    raise Invalid(
        Text(
            f"「{name}」という出力の設定はありません。ある設定: {names}",
            f'No export settings are called "{name}". There are: {names}',
        )
    )
