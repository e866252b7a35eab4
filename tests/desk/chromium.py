"""Real Chromium as a member of staff uses it: opens pages, types, clicks, and is photographed. Speaks the DevTools protocol over a pipe."""

import base64
import fcntl
import importlib.util
import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from kiosk.trial.browser import FLAGS

PATIENCE_S = 60.0


def _trusting(certificate: Path) -> str:
    """Trust this one certificate and no other, as somebody does who has compared the fingerprint."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
    return "--ignore-certificate-errors-spki-list=" + base64.b64encode(digest.finalize()).decode()


def _axe() -> Path:
    """Find the script in a package that is not imported: it would ask for a browser driver that we have no use for."""
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "axe.min.js"


class Chromium:
    """One window of `width`×`height` CSS pixels."""

    def __init__(self, profile: Path, certificate: Path | None, width: int = 1440, height: int = 900) -> None:
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()

        def hand_over() -> None:
            # the pipe's ends must be 3 and 4; first out of each other's way, to where nothing is
            reading, writing = (fcntl.fcntl(end, fcntl.F_DUPFD, 5) for end in (theirs_in, theirs_out))
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        flags = [*FLAGS, "--remote-debugging-pipe", f"--user-data-dir={profile}", f"--window-size={width},{height}"]
        flags += [_trusting(certificate)] if certificate else []
        self._process = subprocess.Popen(
            ["chromium", *flags, "about:blank"],
            preexec_fn=hand_over,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._number, self._rest, self._session = 0, b"", ""
        page = self._first_page()
        self._session = self._call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        self.resize(width, height)

    def _first_page(self) -> Any:
        """Give the window's page: on a busy machine the browser answers before it has one."""
        until = time.monotonic() + PATIENCE_S
        while True:
            pages = [t for t in self._call("Target.getTargets")["targetInfos"] if t["type"] == "page"]
            if pages:
                return pages[0]
            assert time.monotonic() < until, "Chromium opens no page"
            time.sleep(0.05)

    def close(self) -> None:
        """End the browser."""
        with suppress(OSError):
            os.write(self._out, json.dumps({"id": 0, "method": "Browser.close"}).encode() + b"\0")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def resize(self, width: int, height: int) -> None:
        """Make the window so large."""
        shape = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **shape)

    def enlarge(self, font_px: int) -> None:
        """Set the reader's own size of letters, 16 unless he chose another."""
        self._call("Page.setFontSizes", fontSizes={"standard": font_px})

    def forbid_scripts(self) -> None:
        """Run no script of any page."""
        self._call("Emulation.setScriptExecutionDisabled", value=True)

    def open(self, url: str) -> None:
        """Load a page."""
        self._moving(lambda: self._call("Page.navigate", url=url))

    def text(self) -> str:
        """Give what a person reads."""
        return str(self._run("document.body.innerText"))

    def type(self, field: str, words: str) -> None:
        """Write into the field with this name, over what stands there."""
        self._run(f"(e => {{ e.focus(); e.select(); }})(document.querySelector('[name=\"{field}\"]'))")
        self._call("Input.insertText", text=words)

    def choose(self, field: str, value: str) -> None:
        """Choose from the list with this name."""
        self._run(f"document.querySelector('select[name=\"{field}\"]').value = {json.dumps(value)}")

    def press_button(self, words: str) -> None:
        """Press the one button that says so, and wait for the page that it leads to."""
        self.click(words, "button")

    def click(self, words: str, kinds: str = "button,a,label,summary") -> None:
        """Click the last button, link or choice that says just so, else that has it in it, and wait for the page that it may lead to."""
        place = self._run(
            f"(() => {{ const all = [...document.querySelectorAll('{kinds}')].filter(e => e.checkVisibility() && !e.disabled);"
            f"const says = {json.dumps(words)}, has = all.filter(e => e.innerText.includes(says));"
            "const e = has.findLast(e => e.innerText.trim() === says) || has[has.length - 1]; if (!e) return null;"
            "e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        assert place is not None, f"nothing to click says {words!r}: {self.text()}"

        def press() -> None:
            for kind in ("mousePressed", "mouseReleased"):
                self._call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

        self._moving(press)

    def offered(self) -> list[str]:
        """Give the words of all that may be pressed, and what the fields are called that may be written into."""
        script = (
            "[...document.querySelectorAll('button,a,summary,input,select,textarea')].filter(e => e.checkVisibility() && !e.disabled)"
            ".map(e => e.innerText.trim() || e.name)"
        )
        return [str(one) for one in self._run(script)]

    def pictures(self) -> list[tuple[int, int]]:
        """Give width and height of the pictures that the page shows, those that did not come with 0."""
        return [tuple(one) for one in self._run("[...document.images].map(e => [e.naturalWidth, e.naturalHeight])")]

    def save(self, words: str, folder: Path) -> Path:
        """Press the button that leads to a file, and give where it was saved."""
        self._call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        before = set(folder.iterdir())
        self.press_button(words)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            found = [one for one in set(folder.iterdir()) - before if one.suffix != ".crdownload" and not one.name.startswith(".")]
            if found:
                return found[0]
            time.sleep(0.05)
        raise TimeoutError("no file comes")

    def wider_than_window(self) -> int:
        """Give by how many pixels the page leaves the window at the side: 0, when nothing is cut off."""
        return int(self._run("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def stumbles(self) -> list[str]:
        """Give what axe-core calls serious or critical on this page: the rule, and the first place of each."""
        self._run(_axe().read_text("utf-8"))
        found = self._run(
            "axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
            ".map(v => v.id + ': ' + v.nodes[0].html))",
            awaitPromise=True,
        )
        return [str(one) for one in found]

    def faults(self, widths: Sequence[int] = (1024, 1366)) -> list[str]:
        """Give what is wrong with this page in windows so wide: what is cut off at the side, what one stumbles over."""
        found = []
        for width in widths:
            self.resize(width, 768)
            if wider := self.wider_than_window():
                found.append(f"{wider} px cut off at {width}")
        return found + self.stumbles()

    def picture(self, path: Path) -> None:
        """Keep what the window shows as PNG."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def _moving(self, act: Callable[[], Any]) -> None:
        """Act, then wait until the page that stands there, new or old, is whole."""
        act()
        until = time.monotonic() + PATIENCE_S
        time.sleep(0.15)
        while time.monotonic() < until:
            with suppress(KeyError):
                if self._run("document.readyState") == "complete":
                    return
            time.sleep(0.05)
        raise TimeoutError("the page does not come")

    def _run(self, script: str, **how: Any) -> Any:
        return self._call("Runtime.evaluate", expression=script, returnByValue=True, **how)["result"].get("value")

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        call: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            call["sessionId"] = self._session
        os.write(self._out, json.dumps(call).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                result: dict[str, Any] = answer["result"]
                return result

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._in, 1 << 20)
            if not more:
                raise EOFError("Chromium has ended")
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        read: dict[str, Any] = json.loads(message)
        return read
