"""`kb serve` as people start and stop it."""

from __future__ import annotations

import os
import platform
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from kb.cli.serve import (
    APPLICATION_FAILED,
    LONGEST_SILENCE_MS,
    MEMORY_POOLS,
    check_address,
    give_up_stalled_readers,
    most_connections,
    server_options,
    settings_at,
)
from kb.errors import OperatorError
from kb.private_files import OTHERS
from kb.settings import Settings
from kb.storage.generations import GenerationStore
from tests.web.reader_site import BROWSER

START_LIMIT_S = 60.0  # generous: test machines are busy; what an idle one needs is measured by scripts/bench_search.py


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(var_dir: Path, port: int, **settings: str) -> subprocess.Popen[str]:
    """Start the server as a careless script does, without a model, which would take seconds to load."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KB_")}
    environment |= {"KB_VAR_DIR": str(var_dir), "KB_EMBEDDING_MODEL": str(var_dir / "no-model")} | settings
    return subprocess.Popen(
        [sys.executable, "-m", "kb.cli", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=be_careless,
    )


def be_careless() -> None:
    """Ignore signals as a background job of a script does, and let everybody read what is written."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    os.umask(0)


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def send_raw(address: str, request: bytes) -> bytes:
    """Return the first bytes of the answer to a request that no browser would send."""
    with socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1])), timeout=30) as connection:
        connection.sendall(request)
        return connection.recv(100)


def wait_for(address: str) -> requests.Response:
    """Return the first answer of a server that is starting."""
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            return requests.get(address, timeout=10)
        except (requests.ConnectionError, requests.Timeout):
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)


LIMIT = 5


@pytest.fixture(scope="module")
def limited(store: GenerationStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of two processes in which an address may search a few times."""
    current = store.current()
    assert current is not None
    var_dir, port = tmp_path_factory.mktemp("limited"), free_port()
    (var_dir / "index").symlink_to(current.parent)
    settings = {"KB_WORKERS": "2", "KB_API_REQUESTS_PER_MINUTE": str(LIMIT), "KB_TRUSTED_PROXIES": "1"}
    process = start(var_dir, port, **settings)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        while len(children(process.pid)) < 2:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.fixture
def serving(store: GenerationStore) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server over the small site, and its address."""
    current = store.current()
    assert current is not None
    port = free_port()
    process = start(current.parent.parent, port)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("forwarded", ["192.0.2.{}", "203.0.113.9:{}", "[2001:db8:0:1::{}]:443"])
def test_limits_hold_across_workers_and_whatever_proxies_write(limited: str, forwarded: str) -> None:
    allowed = 24 if forwarded.startswith("192") else LIMIT
    statuses = [
        requests.get(
            f"{limited}/en/search?q=order",
            headers={"X-Forwarded-For": forwarded.format(number), "Connection": "close"},
            timeout=30,
        ).status_code
        for number in range(100, 124)
    ]
    assert statuses.count(200) == allowed
    assert set(statuses) <= {200, 429}


def test_the_server_answers_admits_what_is_missing_and_stops_when_told(
    serving: tuple[str, subprocess.Popen[str]],
) -> None:
    address, process = serving

    assert requests.get(f"{address}/readyz", timeout=10).json()["degraded"] == ["vector"]
    assert requests.get(f"{address}/en/search?q=password", timeout=10).status_code == 200
    assert requests.get(f"{address}/en/search?q={'x' * 100_000}", timeout=10).status_code == 414
    assert send_raw(address, b"NONSENSE 0551234567 amal@example.com\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert requests.get(f"{address}/metrics", timeout=10).status_code == 200, "it knows that this machine asks"
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert f"Serving on {address}" in output
    assert f"{address}/desk/invitation/" in output
    assert "NONSENSE" not in output


def test_without_an_index_the_server_says_what_to_do(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, port)
    try:
        answer = wait_for(f"http://127.0.0.1:{port}/en/")
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=30)

    assert answer.status_code == 503
    assert "kb index" in output


def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]

        with pytest.raises(OperatorError, match=f"127.0.0.1:{port}.*KB_PORT"):
            check_address("127.0.0.1", port)


def test_settings_reach_the_server() -> None:
    settings = Settings.model_validate({"host": "::1", "port": 9000, "workers": 3})
    options = server_options(settings)

    assert (options["address"], options["port"], options["workers"]) == ("::1", 9000, 3)
    assert options["backpressure"] == most_connections() >= 64


@pytest.mark.parametrize(
    ("given", "host", "port", "site_url"),
    [
        ({}, None, None, "http://127.0.0.1:8000"),
        ({}, None, 8123, "http://127.0.0.1:8123"),
        ({"port": 8123}, "::1", None, "http://[::1]:8123"),
        ({}, "0.0.0.0", 80, "http://127.0.0.1:80"),
        ({"site_url": "https://help.example"}, "0.0.0.0", 80, "https://help.example"),
    ],
)
def test_links_lead_to_where_the_site_is(
    given: dict[str, object], host: str | None, port: int | None, site_url: str
) -> None:
    assert settings_at(Settings.model_validate(given), host, port).site_url == site_url


def test_what_waits_to_be_recorded_is_written_before_the_server_ends(
    serving: tuple[str, subprocess.Popen[str]], store: GenerationStore
) -> None:
    address, process = serving
    beacon = {"kind": "channel", "channel": "phone", "lang": "ar"}
    headers = {"User-Agent": BROWSER, "Sec-Fetch-Site": "same-origin"}

    answers = [requests.post(f"{address}/api/v1/events", json=beacon, headers=headers, timeout=10) for _ in range(20)]
    process.terminate()
    process.communicate(timeout=30)

    current = store.current()
    assert current is not None
    with sqlite3.connect(current.parent.parent / "dalil.db") as database:
        stored = database.execute("select count(*) from events where kind = 'channel_chosen'").fetchone()
    assert ({each.status_code for each in answers}, stored) == ({204}, (20,))
    assert process.returncode == 0
    var = current.parent.parent
    assert [path for path in (var, *var.rglob("*")) if path.stat().st_mode & OTHERS] == []


def test_a_worker_that_dies_is_replaced(serving: tuple[str, subprocess.Popen[str]]) -> None:
    address, process = serving
    (worker,) = children(process.pid)

    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + START_LIMIT_S
    while children(process.pid) in ([worker], []):
        assert time.monotonic() < deadline, "no other worker was started"
        time.sleep(0.05)

    assert wait_for(f"{address}/healthz").ok


def test_a_worker_ends_with_whoever_started_it(serving: tuple[str, subprocess.Popen[str]]) -> None:
    address, process = serving

    process.kill()
    process.wait()

    deadline = time.monotonic() + START_LIMIT_S
    with pytest.raises(requests.ConnectionError):
        while time.monotonic() < deadline:
            requests.get(f"{address}/healthz", timeout=10)
            time.sleep(0.05)


def test_a_site_that_cannot_be_opened_ends_the_server_at_once(store: GenerationStore, tmp_path: Path) -> None:
    process = start(tmp_path, free_port(), KB_CONTACT_OUTLET="webhook")

    output, _ = process.communicate(timeout=START_LIMIT_S)

    assert process.returncode == APPLICATION_FAILED
    assert output.count("Error: ") == 1
    assert "KB_WEBHOOK_URL" in output


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such option")
def test_connections_whose_readers_take_nothing_are_given_up() -> None:
    with socket.socket() as listener, socket.socket() as client:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        give_up_stalled_readers()

        client.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == LONGEST_SILENCE_MS


EIGHT_THREADS_ALLOCATE = """
import ctypes, threading
from kb.cli.serve import share_memory_pools
share_memory_pools()
together = threading.Barrier(8)
def allocate():
    together.wait()
    kept = [bytearray(5_000) for _ in range(200)]
    together.wait()
threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
output = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, output)
libc.fflush(output)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such pools")
def test_threads_share_the_memory_pools() -> None:
    told = subprocess.run([sys.executable, "-c", EIGHT_THREADS_ALLOCATE], capture_output=True, text=True, check=True)

    assert 1 <= told.stdout.count("<heap nr=") <= MEMORY_POOLS
