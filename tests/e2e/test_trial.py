"""Trying a template on sample pages, with the real reader behind the sandbox."""

from pathlib import Path

import ocr_service
from ocr_service.schemas.forms import read_file
from tests.e2e.api.calls import REVIEWER, WRITER
from tests.e2e.served import served

SAMPLES = Path(ocr_service.__file__).parent / "samples" / "forms"


def test_a_trial_reads_sample_pages_and_keeps_nothing(tmp_path: Path) -> None:
    """With the real reader: the blank form is read as this form, a page of another is not."""
    with served(tmp_path / "home") as server, server.client(REVIEWER) as me:
        file = (SAMPLES / "shisetsu_riyo.json").read_bytes()
        one = me.post("/form-imports?name=trial", files={"file": ("a.json", file)}).json()["template"]
        own, foreign = (SAMPLES / f"{name}.pdf" for name in ("shisetsu_riyo", "jido_teate"))
        address = f"/forms/{one['id']}/trial"
        (page,) = me.post(address, files={"file": (own.name, own.read_bytes())}).json()
        assert (page["outcome"], page["template_page"]) == ("matched", 1)
        names = [each.name for each in read_file(file).form.every_field()]
        assert [each["field"] for each in page["fields"]] == names
        (other,) = me.post(address, files={"file": (foreign.name, foreign.read_bytes())}).json()
        assert (other["outcome"], other["fields"]) == ("unknown", [])
        refused = me.post(address, files={"file": ("x.pdf", b"no scan")})
        assert refused.status_code == 422 and refused.json()["detail"]
        assert me.post(f"/forms/{'0' * 32}/trial", files={"file": ("x.pdf", b"x")}).status_code == 404
        with server.client(WRITER) as clerk:
            assert clerk.post(address, files={"file": ("x.pdf", b"x")}).status_code == 403
        assert list((server.system.settings.home / "tmp").iterdir()) == []
