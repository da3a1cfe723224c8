"""Firefox over WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/) and WebKitGTK, Safari's engine, over WebDriver
(https://www.w3.org/TR/webdriver2/). Both run scripts in the page and perform the same actions of pointer and keyboard;
the rest is in visitors.py."""

import http.client
import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from socket import create_server
from typing import Any

from websockets.sync.client import ClientConnection, connect

START_WITHIN = 60.0  # seconds, on a busy machine
ANSWER_WITHIN = 30.0


class BrowserFault(Exception):
    """The browser refused a command; the message is its own."""


class Firefox:
    """A headless Firefox. `page()` gives a window with cookies of its own."""

    PROGRAM = "firefox-esr"

    def __init__(self) -> None:
        self._profile = Path(tempfile.mkdtemp(prefix="sih-firefox-"))
        command = [self.PROGRAM, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", self._profile]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = json.loads(_content_of(self._profile / "WebDriverBiDiServer.json"))
        address = f"ws://{server['ws_host']}:{server['ws_port']}/session"
        self._socket: ClientConnection = connect(address, max_size=None, proxy=None)
        self._sent = 0
        self.send("session.new", capabilities={})

    def page(self, width: int, height: int) -> "FirefoxPage":
        context = self.send("browser.createUserContext")["userContext"]
        tab = self.send("browsingContext.create", type="tab", userContext=context)["context"]
        self.send("browsingContext.setViewport", context=tab, viewport={"width": width, "height": height})
        return FirefoxPage(self, tab)

    def send(self, method: str, **params) -> dict:
        """The result of a BiDi command. Raises BrowserFault."""
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=ANSWER_WITHIN))
            if answer.get("id") == self._sent:
                if answer["type"] == "error":
                    raise BrowserFault(f"{answer['error']}: {answer['message']}")
                return answer["result"]

    def close(self) -> None:
        self._socket.close()
        _end(self._process)
        shutil.rmtree(self._profile, ignore_errors=True)


class FirefoxPage:
    def __init__(self, browser: Firefox, context: str) -> None:
        self._browser, self._context = browser, context

    def go(self, address: str) -> None:
        self._browser.send("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def run(self, function: str, *arguments) -> Any:
        """What a JavaScript function returns, as JSON."""
        expression = f"JSON.stringify(({function})(...{json.dumps(arguments)}))"
        target = {"context": self._context}
        answer = self._browser.send(
            "script.evaluate", expression=expression, target=target, awaitPromise=False, userActivation=True
        )
        if answer["type"] == "exception":
            raise BrowserFault(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    def perform(self, *actions: dict) -> None:
        self._browser.send("input.performActions", context=self._context, actions=list(actions))

    def close(self) -> None:
        self._browser.send("browsingContext.close", context=self._context)


class WebKit:
    """WebKitGTK's MiniBrowser on a display of its own (Xvfb). `page()` gives a browser with cookies of its own."""

    PROGRAM = "WebKitWebDriver"

    def __init__(self) -> None:
        reading, writing = os.pipe()
        screen = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
        self._display = subprocess.Popen(screen, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            display = f":{pipe.readline().strip()}"
        self._port = _free_port()
        self._driver = subprocess.Popen(
            [self.PROGRAM, f"--port={self._port}"], env={**os.environ, "DISPLAY": display}, stderr=subprocess.DEVNULL
        )
        _wait_for(lambda: self.send("GET", "/status"))

    def page(self, width: int, height: int) -> "WebKitPage":
        program = next(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser"))
        options = {"binary": str(program), "args": ["--automation"]}
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = self.send("POST", "/session", {"capabilities": capabilities})["sessionId"]
        self.send("POST", f"/session/{session}/window/rect", {"width": width, "height": height})
        return WebKitPage(self, session)

    def send(self, method: str, path: str, content: dict | None = None) -> Any:
        """The value of a WebDriver command. Raises BrowserFault."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_WITHIN)
        connection.request(method, path, json.dumps(content) if content is not None else None)
        response = connection.getresponse()
        value = json.loads(response.read())["value"]
        connection.close()
        if response.status != 200:
            raise BrowserFault(f"{value['error']}: {value['message']}")
        return value

    def close(self) -> None:
        _end(self._driver)
        _end(self._display)


class WebKitPage:
    def __init__(self, browser: WebKit, session: str) -> None:
        self._browser, self._path = browser, f"/session/{session}"

    def go(self, address: str) -> None:
        self._browser.send("POST", f"{self._path}/url", {"url": address})

    def run(self, function: str, *arguments) -> Any:
        """What a JavaScript function returns, as JSON."""
        script = f"return JSON.stringify(({function})(...arguments))"
        value = self._browser.send("POST", f"{self._path}/execute/sync", {"script": script, "args": list(arguments)})
        return json.loads(value or "null")

    def perform(self, *actions: dict) -> None:
        self._browser.send("POST", f"{self._path}/actions", {"actions": list(actions)})

    def close(self) -> None:
        self._browser.send("DELETE", self._path)


def _content_of(path: Path) -> str:
    _wait_for(lambda: path.exists() and path.read_text().endswith("}"))
    return path.read_text()


def _wait_for(is_ready) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        with suppress(OSError):
            if is_ready():
                return
        time.sleep(0.1)
    raise BrowserFault(f"The browser did not start within {START_WITHIN:.0f} s.")


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
