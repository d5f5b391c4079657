"""A headless Chromium, driven through its DevTools protocol."""

import base64
import contextlib
import json
import resource
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome")
IDLE = "!document.querySelector('.o_loading_indicator, .o_blockUI')"
PAUSE = 0.1


class Browser:
    """One tab of an own browser, with a profile that is thrown away."""

    def __init__(self, url: str, width: int, height: int, *, phone: bool = False):
        self._url = url
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        with _without_limit():
            self._process = subprocess.Popen(
                [
                    next(filter(None, map(shutil.which, NAMES))),
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--hide-scrollbars",
                    "--remote-debugging-port=0",
                    "--remote-allow-origins=*",
                    f"--user-data-dir={self._folder.name}",
                    "about:blank",
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._count = 0
        self._socket = websocket.create_connection(self._tab(), timeout=60)
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )
        self._send("Emulation.setTouchEmulationEnabled", enabled=phone)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._process.terminate()
        self._process.wait(10)
        self._folder.cleanup()

    def open(self, path: str) -> None:
        self._send("Page.navigate", url=self._url + path)
        time.sleep(PAUSE)
        self.wait_for("document.readyState === 'complete'")

    def run(self, code: str):
        """Return the value of a JavaScript expression, ``None`` if it failed."""
        answer = self._send(
            "Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True
        )
        return answer["result"].get("value")

    def wait_for(self, code: str, seconds: float = 30) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.run(code) is True:
                return True
            time.sleep(PAUSE)
        return False

    def settle(self) -> None:
        """Wait until nothing is loading, and animations are over."""
        time.sleep(1)
        self.wait_for(IDLE)

    def picture(self) -> bytes:
        answer = self._send("Page.captureScreenshot", format="png")
        return base64.b64decode(answer["data"])

    def _tab(self) -> str:
        """Return the address of the tab: the browser writes its port to a file."""
        file = Path(self._folder.name, "DevToolsActivePort")
        for _attempt in range(200):
            if file.exists() and file.read_text().count("\n"):
                break
            time.sleep(PAUSE)
        port = file.read_text().split("\n")[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            tabs = json.load(answer)
        return next(
            tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"
        )

    def _send(self, method: str, **parameters) -> dict:
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._count:
                return answer.get("result", {"result": {}})


@contextlib.contextmanager
def _without_limit():
    """An Odoo in this process has limited its memory: too little for a browser."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
