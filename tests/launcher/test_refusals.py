"""What stands in the way is said in words that help, and never as a traceback."""

import ast
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.launcher.failures import LaunchError
from scripts.launcher.pins import FILES, require_no_address
from tests.launcher.launching import DEV, Launcher
from tests.make.ports import a_port

pytestmark = pytest.mark.timeout(240)

AUTHENTICATED = b"R\x00\x00\x00\x08\x00\x00\x00\x00"
KEY = b"K\x00\x00\x00\x0c\x00\x00\x00\x01\x00\x00\x00\x01"
IDLE = b"Z\x00\x00\x00\x05I"


@contextmanager
def a_server_of_version(version: str) -> Iterator[str]:
    """Speak just enough of PostgreSQL's protocol to say a version."""
    pair = b"server_version\0" + version.encode() + b"\0"
    greeting = AUTHENTICATED + b"S" + (len(pair) + 4).to_bytes(4) + pair + KEY + IDLE

    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            while packet := connection.recv(4096):
                asks_for_tls = len(packet) == 8
                connection.sendall(b"N" if asks_for_tls else greeting)
                if not asks_for_tls:
                    connection.recv(4096)
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer)
        thread.start()
        yield f"postgresql://baat:secret@127.0.0.1:{server.getsockname()[1]}/baat"
        thread.join(10)


def refusal(outcome: subprocess.CompletedProcess[str]) -> str:
    """Return what a launcher that refused has said."""
    assert outcome.returncode == 1, outcome.stderr
    assert "Traceback" not in outcome.stderr
    return outcome.stderr


def test_a_taken_port_is_told_before_the_slow_steps(launcher: Launcher) -> None:
    with socket.create_server(("127.0.0.1", launcher.port)):
        outcome = launcher.outcome("run", "--port", str(launcher.port))
    said = refusal(outcome)
    assert f"Port {launcher.port} cannot be used: Address already in use." in said
    assert "scripts/dev.py run --port" in said
    assert not outcome.stdout
    assert not (launcher.home / "postgresql").exists()


@pytest.mark.parametrize("variable", ["BAAT_HOME", "BAAT_VENV"])
def test_a_place_that_is_no_folder(launcher: Launcher, tmp_path: Path, variable: str) -> None:
    (tmp_path / "file").touch()
    launcher.variables = {variable: str(tmp_path / "file" / "place")}
    said = refusal(launcher.outcome("run", "--port", str(launcher.port)))
    assert f"The folder {tmp_path / 'file' / 'place'} cannot be written" in said
    assert f"for example: {variable}=" in said


def test_a_folder_that_is_not_writable(ordinary: Launcher, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    ordinary.home = closed
    said = refusal(ordinary.outcome("run", "--port", str(ordinary.port)))
    assert f"The folder {closed} cannot be written: Permission denied." in said


def test_a_python_without_its_venv_module(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    venv = tmp_path / "venv"
    launcher.variables = {"PYTHONPATH": str(tmp_path), "BAAT_VENV": str(venv)}
    said = refusal(launcher.outcome("check"))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"sudo apt-get install --yes python{version}-venv" in said


def test_an_old_python_can_read_the_launcher_and_is_told() -> None:
    ast.parse(DEV.read_text(), feature_version=(3, 6))
    pretend = f"import sys, runpy; sys.version_info = (3, 9, 2); runpy.run_path({str(DEV)!r}, "
    outcome = subprocess.run(
        [sys.executable, "-c", pretend + "run_name='__main__')", "run"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "needs Python 3.11 or newer, and this is Python 3.9." in refusal(outcome)


@pytest.mark.parametrize("version", ["14.11", "9.6.24"])
def test_a_postgresql_that_is_too_old(launcher: Launcher, version: str) -> None:
    with a_server_of_version(version) as url:
        launcher.variables = {"DATABASE_URL": url}
        said = refusal(launcher.outcome("run", "--port", str(launcher.port)))
    assert f"is PostgreSQL {version.partition('.')[0]}; Baat needs 15 or newer" in said
    assert not (launcher.home / "postgresql").exists()


def test_a_database_that_does_not_answer(launcher: Launcher) -> None:
    port = a_port()
    launcher.variables = {"DATABASE_URL": f"postgresql+asyncpg://baat:hush@127.0.0.1:{port}/baat"}
    said = refusal(launcher.outcome("run", "--port", str(launcher.port)))
    assert f"127.0.0.1:{port}" in said
    assert "Check DATABASE_URL" in said
    assert "hush" not in said


def test_pins_hold_no_address() -> None:
    for name in FILES:
        require_no_address(name, (DEV.parents[1] / name).read_text())
    for line in (
        "--option here",
        "-e .",
        "    --option here",
        "baat @ file:/home",
        "httpx==1 # from https://example.org",
    ):
        with pytest.raises(LaunchError, match="would hold an address"):
            require_no_address("constraints.txt", f"anyio==4.0\n{line}\nattrs==1.0\n")


def test_the_image_holds_what_was_tested() -> None:
    tested, image = ((DEV.parents[1] / name).read_text().splitlines() for name in FILES)
    pins = {line.removesuffix(" \\") for line in image if "==" in line}
    assert pins
    assert pins <= set(tested), "run `python3 scripts/dev.py lock`"


def test_the_environment_does_not_reach_the_developer_of_this_test(launcher: Launcher) -> None:
    assert "DATABASE_URL" not in launcher.environment
    assert launcher.environment["BAAT_HOME"] != os.environ.get("BAAT_HOME")
