#!/usr/bin/env python3
"""Tries the page of `foretell explain` in Chromium, without a window: hover, click, keys, search, jump, both looks, light and
dark, and a content of 10 MB. Fails at the first thing that is not as it should be, or at any error on the console.

    tests/page.py --foretell target/release/foretell --out target/page corpus/generated/orders.jsonl

Chromium is driven through a pipe (--remote-debugging-pipe), so that nothing but Python is needed. Pictures go to OUT.
"""

import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time


class Browser:
    """Chromium, asked over a pipe: messages are JSON, each with a zero byte behind it."""

    def __init__(self, program, profile):
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()

        def place():
            # Both may stand where the other must go.
            read, write = os.dup(to_read), os.dup(to_write)
            os.dup2(read, 3)
            os.dup2(write, 4)

        command = [program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
                   "--no-first-run", "--hide-scrollbars=false", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(command, preexec_fn=place, close_fds=False, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.number, self.held, self.session, self.events = 0, b"", None, []

    def read(self):
        while b"\0" not in self.held:
            more = os.read(self.back, 1 << 20)
            if not more:
                raise SystemExit("Chromium has ended")
            self.held += more
        message, self.held = self.held.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, url):
        if not self.session:
            target = self.ask("Target.createTarget", url="about:blank")["targetId"]
            self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ["Page", "Runtime", "Log", "Network"]:
                self.ask(f"{domain}.enable")
            self.ask("Emulation.setDeviceMetricsOverride", width=1500, height=1000, deviceScaleFactor=1, mobile=False)
        self.ask("Page.navigate", url=url)
        self.wait("document.documentElement?.dataset.ready === 'yes'")

    def value(self, expression):
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, expression, seconds=60):
        until = time.monotonic() + seconds
        while not self.value(expression):
            if time.monotonic() > until:
                raise SystemExit(f"never true: {expression}")
            time.sleep(0.05)

    def text(self, name):
        return self.value(f"document.getElementById('{name}').textContent")

    def mouse(self, kind, x, y, **more):
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, x, y):
        self.mouse("mousePressed", x, y, button="left", clickCount=1)
        self.mouse("mouseReleased", x, y, button="left", clickCount=1)

    def key(self, key, text=None, modifiers=0):
        codes = {"Enter": 13, "Backspace": 8, "Escape": 27, "ArrowRight": 39, "ArrowDown": 40, "PageDown": 34, "End": 35, "Home": 36}
        common = {"key": key, "windowsVirtualKeyCode": codes.get(key, ord(key[0].upper())), "modifiers": modifiers}
        down = dict(common, text=text) if text else common
        self.ask("Input.dispatchKeyEvent", type="keyDown", **down)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text):
        self.ask("Input.insertText", text=text)

    def picture(self, path):
        data = self.ask("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    def complaints(self):
        """Errors on the console, broken rules of the policy, and whatever was asked for from elsewhere."""
        found = []
        for event in self.events:
            method, given = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown" or (method == "Log.entryAdded" and given["entry"]["level"] == "error"):
                found.append(given)
            if method == "Runtime.consoleAPICalled" and given["type"] in ("error", "assert", "warning"):
                found.append(given)
            if method == "Network.requestWillBeSent":
                url = given["request"]["url"]
                if not url.startswith(("file:", "about:", "blob:")):
                    found.append(url)
        return found

    def end(self):
        self.session = None
        self.ask("Browser.close")
        self.process.wait(10)


def check(is_right, what):
    if not is_right:
        raise SystemExit(f"wrong: {what}")
    print(f"right: {what}")


def area(browser, name):
    return browser.value(f"(() => {{ const r = document.getElementById('{name}').getBoundingClientRect();"
                         " return {x: r.x, y: r.y, w: r.width, h: r.height}; })()")


def try_page(browser, page, content, out):
    browser.open(page.as_uri())
    time.sleep(0.3)
    browser.picture(out / "light.png")
    heat = area(browser, "heat")

    # Hover over the first rows: the panel follows, and there are details.
    panels = set()
    for i in range(60):
        browser.mouse("mouseMoved", heat["x"] + 180 + 9 * i, heat["y"] + 9 + 18 * (i % 5))
        panels.add(browser.text("detail"))
    check(len(panels) > 20, "the panel follows the pointer")
    detailed = [text for text in panels if "Expected" in text and "Who decided" in text]
    check(len(detailed) > 5, "there are details of dear bytes")
    check(any("%" in text for text in detailed), "details have probabilities and shares")
    browser.picture(out / "hover.png")

    # Search from the start for something that occurs.
    browser.mouse("mouseMoved", 5, 5)
    middle = len(content) // 2
    wanted = bytes(byte for byte in content[middle:middle + 12] if 0x21 <= byte < 0x7f)[:8].decode()
    first = content.find(wanted.encode())
    browser.key("/", "/")
    browser.type(wanted)
    browser.key("Enter", "\r")
    check(browser.text("status").startswith(f"found at byte {first:,}"), f"search finds {wanted!r} at {first}")
    browser.key("Enter", "\r")
    second = content.find(wanted.encode(), first + 1)
    if second > 0:
        check(browser.text("status").startswith(f"found at byte {second:,}"), "the next one is found too")
    browser.picture(out / "search.png")

    # Jump, and move by keys.
    browser.key("Escape")
    browser.key("g", "g")
    browser.type(str(middle))
    browser.key("Enter", "\r")
    check(f"byte {middle:,}:" in browser.text("detail"), "a jump goes where it should")
    browser.key("Escape")
    browser.key("ArrowRight")
    check(f"byte {middle + 1:,}:" in browser.text("detail"), "an arrow moves by a byte")
    browser.key("End", modifiers=2)
    check(f"byte {len(content) - 1:,}:" in browser.text("detail"), "the end is reached by keys")

    # A match leads to its source, and back.
    for at in range(middle, min(middle + 4000, len(content))):
        browser.key("g", "g")
        browser.type(str(at))
        browser.key("Enter", "\r")
        browser.key("Escape")
        if browser.value("!!document.getElementById('source')"):
            source = browser.text("source")
            browser.picture(out / "match.png")
            browser.key("Enter")
            place = source.rsplit(" at ", 1)[1]
            check(f"byte {place}:" in browser.text("detail"), f"Enter goes to the source of the match: {source}")
            browser.key("Backspace")
            check(f"byte {at:,}:" in browser.text("detail"), "Backspace goes back")
            break
    else:
        raise SystemExit("wrong: no byte in 4000 had a match")

    # The table's links, the map, the wheel, hexadecimal numbers, the dark.
    browser.value("document.querySelector('a[data-at]').click()")
    at = browser.value("document.querySelector('a[data-at]').textContent")
    check(f"byte {at}:" in browser.text("detail"), "a line of the table leads to its place")
    chart = area(browser, "map")
    browser.click(chart["x"] + 20, chart["y"] + chart["h"] * 0.9)
    browser.mouse("mouseWheel", heat["x"] + 50, heat["y"] + 50, deltaX=0, deltaY=-720)
    browser.value("document.getElementById('look').click()")
    browser.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    browser.value("window.scrollTo(0, 0)")
    time.sleep(0.3)
    browser.picture(out / "hex-dark.png")
    browser.value("window.scrollTo(0, 1000)")
    time.sleep(0.2)
    browser.picture(out / "tables-dark.png")
    browser.ask("Emulation.setEmulatedMedia", features=[])


def try_long(browser, page, out):
    """A content of 10 MB: it opens soon, and scrolls with a frame for nearly each screen."""
    begun = time.monotonic()
    browser.open(page.as_uri())
    print(f"      10 MB opened in {time.monotonic() - begun:.1f} s")
    heat = area(browser, "heat")
    browser.mouse("mouseMoved", heat["x"] + 300, heat["y"] + 100)
    rate = browser.value("""(async () => {
        const view = document.getElementById('view');
        let frames = 0;
        const begun = performance.now();
        while (performance.now() - begun < 2000) {
            view.dispatchEvent(new WheelEvent('wheel', {deltaY: 1800, bubbles: true, cancelable: true}));
            await new Promise(requestAnimationFrame);
            frames++;
        }
        return frames / (performance.now() - begun) * 1000;
    })()""")
    check(rate > 20, f"10 MB scroll at {rate:.0f} frames a second")
    browser.picture(out / "long.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--foretell", type=pathlib.Path, required=True)
    parser.add_argument("--chromium", default="chromium")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--level", default="4")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    content = arguments.file.read_bytes()
    page, long_page, long_file = out / "page.html", out / "long.html", out / "long.txt"

    def explain(file, page, level):
        command = [arguments.foretell.resolve(), "explain", "-l", level, "-f", "-o", page, file]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        print(f"      {page.name}: {page.stat().st_size:,} bytes for {file.stat().st_size:,}")

    explain(arguments.file, page, arguments.level)
    # Each turn differs from the one before, so that it is no copy.
    turns = (f"{i}:".encode() + content.replace(b"e", bytes([97 + i % 26])) for i in range(10_000_000 // len(content) + 1))
    long_file.write_bytes(b"\n".join(turns)[:10_000_000])
    explain(long_file, long_page, "1")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(arguments.chromium, profile)
        try_page(browser, page, content, out)
        try_long(browser, long_page, out)
        complaints = browser.complaints()
        check(not complaints, f"nothing on the console: {complaints}")
        browser.end()
    print(f"pictures are in {out}")


if __name__ == "__main__":
    sys.exit(main())
