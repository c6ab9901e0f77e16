"""`kb serve` as people start and stop it."""

from __future__ import annotations

import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from kb.cli.serve import MEMORY_POOLS, check_address, server_options
from kb.errors import OperatorError
from kb.settings import Settings
from kb.storage.generations import GenerationStore

START_LIMIT_S = 60.0  # generous: test machines are busy; what an idle one needs is measured by scripts/bench_search.py


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(var_dir: Path, port: int) -> subprocess.Popen[str]:
    """Start the server without a model, which would take seconds to load."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KB_")}
    environment |= {"KB_VAR_DIR": str(var_dir), "KB_EMBEDDING_MODEL": str(var_dir / "no-model")}
    return subprocess.Popen(
        [sys.executable, "-m", "kb.cli", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


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


def test_the_server_answers_admits_what_is_missing_and_stops_when_told(
    serving: tuple[str, subprocess.Popen[str]],
) -> None:
    address, process = serving

    assert requests.get(f"{address}/readyz", timeout=10).json()["degraded"] == ["vector"]
    assert requests.get(f"{address}/en/search?q=password", timeout=10).status_code == 200
    assert requests.get(f"{address}/en/search?q={'x' * 100_000}", timeout=10).status_code == 414
    assert send_raw(address, b"NONSENSE 0551234567 amal@example.com\r\n\r\n").startswith(b"HTTP/1.1 400")
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert f"Serving on {address}" in output
    assert "'NONSENSE [phone] [email]'" in output
    assert "ip=127" not in output


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
    settings = Settings.model_validate({"host": "::1", "port": 9000, "workers": 3, "server_threads": 5})
    options = server_options(settings)

    assert options["bind"] == "[::1]:9000"
    assert (options["workers"], options["threads"]) == (3, 5)


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
