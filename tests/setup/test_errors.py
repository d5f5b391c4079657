"""Bad input gets one clear line and a non-zero exit; nothing is changed by it."""

import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from ground import cli, database, odoo_tree, postgres, python, server, system
from ground.errors import SetupError

ROOT = Path(__file__).resolve().parents[2]


class Version(NamedTuple):
    major: int
    minor: int


def command(name, *arguments):
    return subprocess.run(
        [sys.executable, str(ROOT / "setup" / name), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def assert_one_line(done, text):
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    assert text in lines[0]


def test_port_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert_one_line(command("run", "--port", str(port)), f"port {port} is taken")


def test_port_out_of_range():
    assert_one_line(command("run", "--port", "70000"), "70000 is no port")


def test_odoo_folder_without_odoo(tmp_path):
    assert_one_line(command("run", "--odoo", str(tmp_path)), "holds no Odoo")


def test_odoo_of_another_version(tmp_path):
    (tmp_path / "odoo").mkdir()
    release = "version_info = (18, 0, 0, 'final', 0, '')\n"
    (tmp_path / "odoo" / "release.py").write_text(release)
    assert_one_line(command("run", "--odoo", str(tmp_path)), "is Odoo 18.0")


def test_impossible_database_name():
    assert_one_line(command("run", "--database", "a b"), "no name for a database")


def test_unknown_database():
    done = command("odoo", "shell", "-d", "nowhere_to_be_found")
    assert_one_line(done, "there is no database nowhere_to_be_found")


def test_no_space(tmp_path):
    with pytest.raises(SetupError, match=r"GiB free .* 1e\+09 GiB are needed"):
        system.check_space(tmp_path, 1e9)


def test_no_postgresql_and_no_right_to_install_it(monkeypatch):
    monkeypatch.setattr(postgres, "_find_binaries", lambda: None)
    monkeypatch.setattr(system, "is_root", lambda: False)
    with pytest.raises(SetupError, match="only root may install it"):
        postgres.prepare()


def test_no_browser_and_no_right_to_install_it(monkeypatch):
    monkeypatch.setattr(system.shutil, "which", lambda name: name == "apt-get" or None)
    monkeypatch.setattr(system, "is_root", lambda: False)
    with pytest.raises(SetupError, match="apt-get install chromium"):
        system.prepare_browser()


def test_python_that_odoo_does_not_support(monkeypatch):
    newer = SimpleNamespace(version_info=Version(3, 14))
    monkeypatch.setattr(python, "sys", newer)
    monkeypatch.setattr(python.shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match=r"needs Python 3\.10 to 3\.13"):
        python.find_python()


def test_series_of_a_release_with_a_constant():
    tree = "FINAL = 'final'\nversion_info = (19, 0, 0, FINAL, 0, '')\n"
    path = ROOT / ".local" / "release-of-a-test.py"
    path.write_text(tree)
    try:
        assert odoo_tree.read_series(path) == "19.0"
    finally:
        path.unlink()


@pytest.mark.parametrize("name", ["", "-x", "a;b", 'a"b', "x" * 64])
def test_names_that_would_not_stay_names(name):
    with pytest.raises(SetupError):
        database.check_name(name)


def test_free_port_passes():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server.check_port(port)


def test_main_prints_one_line(capsys):
    def fail():
        raise SetupError("what to do")

    with pytest.raises(SystemExit) as end:
        cli.main(fail)
    assert end.value.code == 2
    assert capsys.readouterr().err == "error: what to do\n"
