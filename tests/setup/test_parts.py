"""Parts of setup/ that would mislead everybody if they were wrong."""

import smtplib
import subprocess
import sys
from pathlib import Path

import pytest

from ground import gates, process, pytest_runs

ROOT = Path(__file__).resolve().parents[2]
SINK = ROOT / "setup" / "ground" / "mail_sink.py"


def test_sink_keeps_every_message(tmp_path):
    with subprocess.Popen(
        [sys.executable, str(SINK), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as sink:
        port = int(sink.stdout.readline())
        for number in range(3):
            with smtplib.SMTP("127.0.0.1", port) as smtp:
                text = f"Subject: Aviso {number}\r\n\r\nSaldo: 1.250,00 €\r\n".encode()
                smtp.sendmail("us@example.com", ["you@example.com"], text)
        sink.stdin.close()
        assert sink.wait(timeout=10) == 0
    files = sorted(tmp_path.glob("*.eml"))
    assert len(files) == 3
    assert "you@example.com" in files[0].name
    content = files[0].read_bytes()
    assert content.startswith(b"X-Envelope-From: us@example.com")
    assert "1.250,00 €".encode() in content


def test_a_skipped_test_fails_the_run(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import pytest\ndef test_it():\n    pytest.skip('no browser')\n"
    )
    plugins = ["-p", "no:odoo", "-p", "no:cacheprovider", "-p", "ground.no_skips"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, f"--rootdir={tmp_path}", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no browser" in done.stdout


def test_warnings_of_an_installation_are_found():
    log = (
        "2026-01-02 03:04:05,678 12 INFO db odoo.modules: loading\n"
        "2026-01-02 03:04:05,678 12 WARNING db odoo.models: no access rules\n"
        "2026-01-02 03:04:05,678 12 ERROR db odoo.sql_db: bad query\n"
    )
    assert [line.split()[3] for line in gates.find_warnings(log)] == [
        "WARNING",
        "ERROR",
    ]


@pytest.mark.parametrize(
    ("argument", "pure"),
    [
        ("tests/unit", True),
        ("tests/properties/test_x.py::test_y", True),
        ("tests/scenarios", False),
        ("collections_management/tests/test_case.py", False),
    ],
)
def test_pure_tests_are_known_by_their_folder(monkeypatch, argument, pure):
    monkeypatch.chdir(ROOT)
    assert pytest_runs.is_pure(argument) is pure


def test_reason_of_a_failure_is_the_exception(tmp_path):
    log = tmp_path / "log"
    log.write_text(
        "Traceback (most recent call last):\n"
        "odoo.tools.convert.ParseError: while parsing a.xml:3\n"
        "2026-01-02 03:04:05,678 12 INFO db odoo.sql_db: closed 1 connection\n"
    )
    assert process.reason(log) == "odoo.tools.convert.ParseError: while parsing a.xml:3"
