import asyncio
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from common_ground.errors import CommonGroundError
from common_ground.settings import PROJECT
from common_ground.ui import cache, serve


def responses(path, query=b""):
    """What a browser gets for a path from an app that answers 200 to everything."""

    async def app(scope, receive, send):
        headers = [(b"cache-control", b"public")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"inner"})

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "query_string": query}
    asyncio.run(serve.SecurityHeaders(app)(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_every_answer_carries_the_headers_streamlit_does_not_send():
    status, headers, body = responses("/")
    assert (status, body) == (200, b"inner")
    policy = headers[b"content-security-policy"].decode()
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self' 'sha256-" in policy
    assert "unsafe-eval" not in policy
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"cache-control"] == b"no-store"


def test_program_files_may_be_cached():
    assert responses("/static/js/index.js")[1][b"cache-control"] == b"public"


def test_the_public_counters_are_closed():
    status, _, body = responses("/_stcore/metrics")
    assert (status, body) == (404, b"")


def test_the_name_of_the_first_page_leads_to_it_with_its_filters():
    status, headers, _ = responses("/brief", b"segment=Small")
    assert (status, headers[b"location"]) == (307, b"/?segment=Small")
    assert responses("/brief")[1][b"location"] == b"/"


@pytest.mark.parametrize(("seconds", "is_said"), [(0.4, True), (0.0, False)])
def test_a_first_page_that_takes_long_is_told_of(
    monkeypatch, capsys, demo_workspace, seconds, is_said
):
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(demo_workspace))
    monkeypatch.setattr(cache, "fill_for_first_page", lambda: time.sleep(seconds))
    monkeypatch.setattr(serve, "_QUIET_SECONDS", 0.1)
    serve._compute_first_page()
    time.sleep(0.2)
    assert ("Working out the first page" in capsys.readouterr().out) == is_said


def test_a_taken_port_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind((serve.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommonGroundError, match=f"Port {port} .* --port"):
            serve.main(tmp_path, port, open_browser=False)


def test_a_free_port_is_found_next_to_a_taken_one():
    assert serve.free_port() >= serve.FIRST_PORT


def test_ctrl_c_stops_it_with_a_word(demo_workspace):
    command = [sys.executable, "-m", "common_ground", "run", "--workspace", str(demo_workspace)]
    command += ["--port", str(serve.free_port())]
    quiet = {**os.environ, "CI": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=PROJECT, env=quiet, **pipes) as server:
        try:
            assert any("is running at" in line for line in server.stdout)
            server.send_signal(signal.SIGINT)
            _, complained = server.communicate(timeout=30)
        finally:
            server.kill()
    assert complained == "Stopped.\n"
    assert server.returncode == 130
