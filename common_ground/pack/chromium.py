"""Find a Chromium on this machine and let it draw: an HTML text in, PDF or PNG bytes out.

The browser runs without a window, with its own empty profile, and with every host name
unresolvable, so that nothing can leave the machine.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from common_ground.errors import PackError

VARIABLE: Final = "COMMON_GROUND_CHROMIUM"
TIMEOUT_SECONDS: Final = 90  # a cold start on a slow laptop took 12 s; charts add under 1 s each
_DRAWING_MS: Final = 10_000  # virtual time: what waits for a timer is over long before this

_NAMES: Final = (
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "brave-browser",
)
_MAC: Final = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Brave Browser.app/Contents/MacOS/Brave Browser",
)
_WINDOWS: Final = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
_FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    f"--virtual-time-budget={_DRAWING_MS}",
)
# Some versions keep room for a window frame and leave the lowest lines of a screenshot blank.
_FRAME_PX: Final = 200


def find() -> Path:
    """The Chrome, Chromium or Edge to draw with: the one COMMON_GROUND_CHROMIUM names, else found.

    Raises:
        PackError: none is installed, or the named one is not there.
    """
    named = os.environ.get(VARIABLE)
    if named:
        path = shutil.which(named)
        if path is None:
            raise PackError(
                f"{VARIABLE} names {named}, which is no program on this machine. Set it to the "
                "full path of Chrome, Chromium or Edge, or unset it."
            )
        return Path(path)
    for name in _NAMES:
        if path := shutil.which(name):
            return Path(path)
    for place in _usual_places():
        if place.is_file():
            return place
    raise PackError(
        "PDF and PNG are drawn by Chrome, Chromium or Edge, and none was found on this machine. "
        f"Install one of them, or set {VARIABLE} to its path. PPTX and HTML work without it."
    )


def is_available() -> bool:
    """Whether PDF and PNG can be made on this machine."""
    try:
        find()
    except PackError:
        return False
    return True


def _usual_places() -> list[Path]:
    """Where the browsers install themselves when they are not on the PATH."""
    if sys.platform == "darwin":
        folders = (Path("/Applications"), Path.home() / "Applications")
        return [folder / program for folder in folders for program in _MAC]
    if sys.platform == "win32":
        names = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        folders = tuple(Path(os.environ[name]) for name in names if name in os.environ)
        return [folder / program for folder in folders for program in _WINDOWS]
    return [
        Path("/opt/google/chrome/chrome"),
        Path("/usr/lib/chromium/chromium"),
        Path("/snap/bin/chromium"),
        Path("/var/lib/flatpak/exports/bin/org.chromium.Chromium"),
    ]


def print_pdf(html: str) -> bytes:
    """The page as PDF; its own `@page` rule gives the size of the sheets.

    Args:
        html: a whole page that needs nothing from elsewhere.

    Raises:
        PackError: no browser, or it did not deliver a PDF.
    """
    content = _run(html, "page.pdf", "--no-pdf-header-footer", "--print-to-pdf={out}")
    if not content.startswith(b"%PDF-"):
        raise PackError(f"{find()} wrote something that is not a PDF. Update the browser.")
    return content


def screenshot(html: str, width: int, height: int) -> bytes:
    """The upper left `width` x `height` px of the page as PNG.

    Args:
        html: a whole page that needs nothing from elsewhere.
        width: px.
        height: px.

    Raises:
        PackError: no browser, or it did not deliver a picture, or a blank one.
    """
    window = f"--window-size={width},{height + _FRAME_PX}"
    content = _run(html, "page.png", window, "--screenshot={out}")
    try:
        picture = Image.open(io.BytesIO(content)).convert("RGB").crop((0, 0, width, height))
    except UnidentifiedImageError as error:
        raise PackError(
            f"{find()} wrote something that is not a picture. Update the browser."
        ) from error
    if picture.getcolors(maxcolors=1) is not None:
        raise PackError(
            f"{find()} drew a blank picture. Close other programs and try again, or take the "
            "PPTX or HTML file, which need no browser."
        )
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def _run(html: str, name: str, *flags: str) -> bytes:
    """What the browser wrote to the file `name` when asked with these flags."""
    browser = find()
    # Child processes of the browser may still write to the profile when it has exited.
    with tempfile.TemporaryDirectory(
        prefix="common-ground-", ignore_cleanup_errors=True
    ) as temporary:
        folder = Path(temporary)
        page, out = folder / "page.html", folder / name
        page.write_text(html, encoding="utf-8", newline="\n")
        command = [str(browser), *_FLAGS, f"--user-data-dir={folder / 'profile'}"]
        if _is_root():
            # Chromium refuses to start for root inside its own sandbox.
            command.append("--no-sandbox")
        command += [flag.replace("{out}", str(out)) for flag in flags]
        said = _call([*command, page.as_uri()], browser, folder)
        if not out.is_file() or out.stat().st_size == 0:
            raise PackError(
                f"{browser} ended without a file. It said: {said[-300:].strip() or 'nothing'}. "
                f"Set {VARIABLE} to another Chrome, Chromium or Edge, or take the PPTX or HTML "
                "file, which need no browser."
            )
        return out.read_bytes()


def _call(command: list[str], browser: Path, folder: Path) -> str:
    """What the browser said on its error channel."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PackError(
            f"{browser} did not finish within {TIMEOUT_SECONDS} seconds. Close other programs and "
            "try again, or take the PPTX or HTML file, which need no browser."
        ) from error
    except OSError as error:
        raise PackError(
            f"{browser} could not be started ({error.strerror}). Set {VARIABLE} to another "
            "Chrome, Chromium or Edge. PPTX and HTML work without it."
        ) from error
    return done.stderr.decode("utf-8", errors="replace")


def _is_root() -> bool:
    # Windows has no such thing, and no such function.
    return getattr(os, "geteuid", lambda: -1)() == 0
