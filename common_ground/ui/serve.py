"""Starts the app on this machine: one server on 127.0.0.1, ready when it says so."""

import base64
import gc
import hashlib
import importlib
import logging
import os
import re
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common_ground.errors import CommonGroundError
from common_ground.settings import PROJECT, from_environment
from common_ground.warehouse import intake

APP: Final = PROJECT / "app.py"
HOST: Final = "127.0.0.1"
FIRST_PORT: Final = 8501
_PORTS_TRIED: Final = 50
_START_SECONDS: Final = 60
_QUIET_SECONDS: Final = 4
_WORKING: Final = "Working out the first page; with hundreds of items this can take half a minute\n"
_LOOK_SECONDS: Final = 2

# Public counters that name cached functions; nothing here needs them.
_CLOSED_PATHS: Final = ("/_stcore/metrics",)

# Streamlit serves its first page at "/" alone; people type its name.
_FIRST_PAGE: Final = "/brief"


def main(workspace: Path, port: int | None = None, *, open_browser: bool | None = None) -> None:
    """Serve a workspace until it is stopped; prints the address once pages can be opened.

    Args:
        workspace: folder with the warehouse and the ledger; it may be empty.
        port: None takes the first free one from 8501 up.
        open_browser: None opens one unless there is no screen or this is a CI run.

    Raises:
        CommonGroundError: the port is taken, or the encoder named cannot be used.
    """
    os.environ["COMMON_GROUND_WORKSPACE"] = str(workspace.resolve())
    _open_encoder()
    chosen = free_port() if port is None else _checked(port)
    intake.sweep()
    # Streamlit looks for .streamlit/config.toml in the working directory.
    os.chdir(PROJECT)
    _know_own_pages()
    _compute_first_page()
    wanted = _has_screen() if open_browser is None else open_browser
    stopping = threading.Event()
    beside = threading.Thread(target=_announce, args=(chosen, wanted, stopping), daemon=True)
    beside.start()
    try:
        st.App(APP, middleware=[Middleware(SecurityHeaders)]).run(
            config={
                "server.port": chosen,
                "server.address": HOST,
                "server.headless": True,
                "logger.hideWelcomeMessage": True,
            }
        )
    finally:
        # DuckDB complains on stderr about what runs or is held when the program ends
        stopping.set()
        _end_work_beside()
        beside.join(_START_SECONDS)
        gc.unfreeze()


def _open_encoder() -> None:
    """Open the encoder, if one is named, so that pages need not say what is wrong with it."""
    if (folder := from_environment().encoder) is not None:
        importlib.import_module("common_ground.encoder").open_encoder(folder)


def free_port() -> int:
    """The first port from 8501 up that nobody listens on.

    Raises:
        CommonGroundError: all of the next fifty are taken.
    """
    for port in range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED):
        if _is_free(port):
            return port
    raise CommonGroundError(
        f"No port from {FIRST_PORT} to {FIRST_PORT + _PORTS_TRIED - 1} is free on {HOST}. "
        "Stop another server, or name a port with --port."
    )


def _checked(port: int) -> int:
    if not _is_free(port):
        raise CommonGroundError(
            f"Port {port} on {HOST} is taken, perhaps by Common Ground in another window. "
            "Stop it, or name another port with --port."
        )
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex((HOST, port)) != 0


def _know_own_pages() -> None:
    """Say once that app.py lists the pages, so that a deep link may be the first request.

    Until st.navigation was called in the process Streamlit takes the folder pages/ for old-style
    pages and runs the linked one without app.py.
    """
    log = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    level = log.level
    log.setLevel(logging.ERROR)  # it warns that no browser is connected, which is so
    st.navigation([st.Page(APP)])
    log.setLevel(level)


def _compute_first_page() -> None:
    """Fill the caches the first page reads, so that it shows at once when somebody opens it."""
    logging.disable(logging.WARNING)  # Streamlit warns that no browser is connected, which is so
    from common_ground.ui import cache

    said = threading.Timer(_QUIET_SECONDS, sys.stdout.write, [_WORKING])
    said.start()
    # What is wrong with the data, the page itself says
    try:
        with suppress(CommonGroundError):
            if not cache.is_unpublished():
                cache.fill_for_first_page()
    finally:
        said.cancel()
    logging.disable(logging.NOTSET)


def _announce(port: int, open_browser: bool, stopping: threading.Event) -> None:
    """Wait until the server answers, load its first page once, then say where it is."""
    address = f"http://{HOST}:{port}/"
    if not _answers(f"{address}_stcore/health", stopping):
        sys.stderr.write(f"The server did not answer within {_START_SECONDS} seconds.\n")
        return
    _answers(address, stopping)
    # The first page needs the solver and the text models; loading them takes seconds.
    importlib.import_module("common_ground.meeting")
    sys.stdout.write(f"Common Ground is running at {address} (stop with Ctrl+C)\n")
    sys.stdout.flush()
    if open_browser:
        webbrowser.open(address)
    _look_ahead(stopping)


def _look_ahead(stopping: threading.Event) -> None:
    """Compute beside the clicks what can be asked next, for each version and choice of rules."""
    from common_ground.ui import cache

    done = None
    while not stopping.wait(_LOOK_SECONDS):
        # What is wrong with data or ledger, the pages say
        with suppress(CommonGroundError):
            if not cache.is_unpublished() and (now := cache.what_kpis_rest_on()) != done:
                for _ in cache.look_ahead():
                    if stopping.is_set():
                        return
                done = now
                # What is kept is no garbage; looking through it would hold a click up
                gc.unfreeze()
                gc.collect()
                gc.freeze()


def _end_work_beside() -> None:
    from common_ground.ui import beside

    beside.desk().end()


def _answers(address: str, stopping: threading.Event) -> bool:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and not stopping.is_set():
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    return False


def _has_screen() -> bool:
    if os.environ.get("CI"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _content_policy() -> str:
    """A policy that lets nothing in or out but this server's own files.

    Streamlit's page holds small inline scripts; they are named by their hash.
    """
    page = Path(st.__file__).parent / "static" / "index.html"
    scripts = re.findall(
        r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page.read_text("utf-8"), re.S
    )
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    return (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


class SecurityHeaders:
    """Adds the headers Streamlit does not send, and closes what nobody here needs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = [
            (b"content-security-policy", _content_policy().encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"referrer-policy", b"no-referrer"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer closed paths with 404."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith(_CLOSED_PATHS):
            await self._answer(send, 404)
            return
        if scope["path"] == _FIRST_PAGE:
            query = scope.get("query_string", b"")
            await self._answer(send, 307, (b"location", b"/?" + query if query else b"/"))
            return
        private = not scope["path"].startswith("/static/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = list(self._headers)
                kept = [*message.get("headers", [])]
                if private:
                    kept = [pair for pair in kept if pair[0].lower() != b"cache-control"]
                    added.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*kept, *added]}
            await send(message)

        await self._app(scope, receive, send_with_headers)

    async def _answer(self, send: Send, status: int, *more: tuple[bytes, bytes]) -> None:
        headers = [*self._headers, *more]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
