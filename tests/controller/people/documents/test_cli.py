"""`hallkeeper documents` and `hallkeeper safeguarding` over HTTP."""

from pathlib import Path

import httpx
import pytest

from controller.people.documents.cli import documents_app, safeguarding_app
from tests.controller.access.test_people_cli import Typed, typed
from tests.controller.people.documents.test_documents import CHOIR, PDF
from tests.controller.signin.signing import put_party
from tests.controller.village import SITE

__all__ = ["typed"]  # a fixture


@pytest.mark.cases_full
async def test_a_document_is_recorded_with_its_file_listed_written_out_and_removed(
    typed: Typed, village: httpx.AsyncClient, tmp_path: Path
) -> None:
    await put_party(village, "choir", site=SITE)
    scan, out = tmp_path / "scan", tmp_path / "policy.pdf"
    scan.write_bytes(PDF)
    assert "no documents" in (await typed(documents_app, "list", "choir")).stdout
    dates = ("--from", "2026-01-01", "--until", "2026-11-01")
    made = await typed(documents_app, "add", "choir", "insurance", *dates, "--file", str(scan))
    assert made.exit_code == 0, made.output
    [found] = (await village.get(f"{CHOIR}/documents")).json()["items"]
    assert found["id"] in made.stdout
    assert "application/pdf" in (await typed(documents_app, "list", "choir")).stdout
    assert "2026-11-01, lapsed" in (await typed(documents_app, "lapsing", SITE)).stdout
    written = await typed(documents_app, "export", "choir", found["id"], "--out", str(out))
    assert (written.exit_code, out.read_bytes()) == (0, PDF)
    assert (await typed(documents_app, "remove", "choir", found["id"])).exit_code == 0
    assert "Nothing has lapsed" in (await typed(documents_app, "lapsing", SITE)).stdout


async def test_a_document_whose_file_is_refused_is_recorded_and_the_file_sent_by_itself(
    typed: Typed, village: httpx.AsyncClient, tmp_path: Path
) -> None:
    await put_party(village, "choir", site=SITE)
    scan, good = tmp_path / "a scan", tmp_path / "policy.pdf"
    scan.write_text("no scan")
    good.write_bytes(PDF)
    made = await typed(documents_app, "add", "choir", "insurance", "--from", "2026-01-01", "--file", str(scan))
    [found] = (await village.get(f"{CHOIR}/documents")).json()["items"]
    assert (made.exit_code, found["media_type"]) == (1, None)
    assert f"recorded: {found['id']}" in made.output
    assert "must be a PDF" in made.output
    command = f"hallkeeper documents import choir {found['id']} '{scan}'"
    assert made.output.rstrip().endswith(f"It may have no file yet. Send the file by itself:\n{command}")
    sent = await typed(documents_app, "import", "choir", found["id"], str(good))
    assert sent.exit_code == 0, sent.output
    [found] = (await village.get(f"{CHOIR}/documents")).json()["items"]
    assert found["media_type"] == "application/pdf"


async def test_a_dbs_check_is_recorded_shown_and_removed(typed: Typed, village: httpx.AsyncClient) -> None:
    await put_party(village, "choir")
    dates = ("--seen-on", "2026-11-02", "--review-on", "2029-11-02")
    for level in ("basic", "enhanced"):
        done = await typed(safeguarding_app, "set", "choir", level, *dates, "--seen-by", "Ada Trustee")
        assert done.exit_code == 0, done.output
    shown = (await typed(safeguarding_app, "show", "choir")).stdout
    assert "enhanced, seen 2026-11-02 by Ada Trustee; look at it again on 2029-11-02." in shown
    refused = await typed(safeguarding_app, "set", "choir", "basic", *dates, "--seen-by", "001234567890")
    assert (refused.exit_code, "number of a DBS certificate" in " ".join(refused.output.split())) == (1, True)
    assert (await typed(safeguarding_app, "remove", "choir")).exit_code == 0
    assert (await typed(safeguarding_app, "show", "choir")).exit_code == 1
