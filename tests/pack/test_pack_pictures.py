import io
import os
import sys
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from common_ground.errors import PackError
from common_ground.pack import chromium, picture
from tests.pack.pack_decks import deck, frontier_figure

posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in browser is a shell script")


def script(folder: Path, text: str) -> str:
    """A stand-in for a browser that does what `text` says."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.usefixtures("browser")
def test_pdf_has_one_page_a_slide_with_its_words() -> None:
    reader = pypdf.PdfReader(io.BytesIO(picture.pdf(deck())))
    assert len(reader.pages) == 4
    for page, slide in zip(reader.pages, deck().slides, strict=True):
        # 1920 x 1080 px of 1/96 inch are 1440 x 810 pt
        assert [round(float(side)) for side in page.mediabox] == [0, 0, 1440, 810]
        text = " ".join(page.extract_text().split())
        assert slide.title.split(" <")[0] in text
        assert "As of 16 Nov 2026. Data v14." in text
    drawn = " ".join(reader.pages[1].extract_text().split())
    assert "Only sales asks" in drawn
    assert "€1.38M" in drawn


@pytest.mark.usefixtures("browser")
def test_pdf_is_dated_by_its_numbers_and_repeats() -> None:
    first, second = picture.pdf(deck()), picture.pdf(deck())
    assert first == second
    assert b"(D:20261116000000+00'00')" in first


@pytest.mark.usefixtures("browser")
def test_png_is_the_whole_slide_and_not_blank() -> None:
    content = picture.png(deck(), "compromise")
    assert content.startswith(b"\x89PNG")
    drawn = Image.open(io.BytesIO(content)).convert("RGB")
    assert drawn.size == (1920, 1080)
    # left half: the chart's line; right half: the columns; foot: text
    for box in ((150, 300, 1100, 850), (1195, 230, 1832, 600), (88, 980, 1500, 1070)):
        assert len(drawn.crop(box).getcolors(maxcolors=100_000)) > 20


@pytest.mark.usefixtures("browser")
def test_chart_png_has_the_asked_size() -> None:
    content = picture.chart_png(frontier_figure(), "One trade", "As of 16 Nov 2026", 800, 500)
    assert Image.open(io.BytesIO(content)).size == (800, 500)


@pytest.mark.usefixtures("browser")
def test_blank_page_is_an_error_not_a_picture() -> None:
    with pytest.raises(PackError, match="blank picture"):
        chromium.screenshot("<!doctype html><title>nothing</title>", 200, 100)


def test_unknown_slide_is_named_with_those_there_are() -> None:
    with pytest.raises(PackError, match="no slide 'kpis'.*brief, overlaps, compromise, table"):
        picture.png(deck(), "kpis")


def test_without_a_browser_the_error_says_what_to_install_and_what_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(chromium, "_usual_places", list)
    assert not chromium.is_available()
    with pytest.raises(PackError, match="Install one of them.*PPTX and HTML work without it"):
        picture.pdf(deck())


def test_named_browser_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(chromium.VARIABLE, "/nowhere/chrome")
    with pytest.raises(PackError, match=r"COMMON_GROUND_CHROMIUM names /nowhere/chrome"):
        chromium.find()


@posix
def test_browser_that_writes_nothing_is_an_error_with_its_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(chromium.VARIABLE, script(tmp_path, "echo no display >&2"))
    with pytest.raises(PackError, match="ended without a file. It said: no display"):
        chromium.print_pdf("<p>page</p>")


@posix
def test_browser_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(chromium.VARIABLE, script(tmp_path, "exec sleep 30"))
    monkeypatch.setattr(chromium, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(PackError, match="did not finish"):
        chromium.print_pdf("<p>page</p>")


@posix
def test_browser_gets_a_profile_of_its_own_and_no_network(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    monkeypatch.setenv(chromium.VARIABLE, script(tmp_path, f'printf "%s\\n" "$@" > {said}'))
    with pytest.raises(PackError):
        chromium.print_pdf("<p>page</p>")
    flags = said.read_text(encoding="utf-8").splitlines()
    assert "--headless" in flags
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in flags
    assert ("--no-sandbox" in flags) == (os.geteuid() == 0)
    profile = next(flag for flag in flags if flag.startswith("--user-data-dir="))
    assert not Path(profile.partition("=")[2]).exists()
