"""A real headless Chromium, Debian's, driven from the tests as a hand on a keyboard."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


@contextmanager
def chromium(width: int = 1280, height: int = 800) -> Iterator[Any]:
    """A fresh browser without profile, at a window size."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=vi",
                 f"--window-size={width},{height}"):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(executable_path=DRIVER))
    try:
        # The window's size counts its frame; the page's own size is what is asked for.
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        yield driver
    finally:
        driver.quit()


def until(true: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Wait for something to become true, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = true()
        except Exception:  # an element that the page just replaced
            found = None
        if found:
            return found
        time.sleep(0.03)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


class Page:
    """The review page in a browser: what a reviewer sees and types."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        self.driver.get_log("browser")  # what an earlier page left behind
        self.driver.get(address)
        until(lambda: self.count("#desk:not([hidden]) #sample > *"), "the desk")

    def text(self, selector: str) -> str:
        found = self.driver.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)
        return str(found)

    def count(self, selector: str) -> int:
        return int(self.driver.execute_script("return document.querySelectorAll(arguments[0]).length", selector))

    def keys(self, *keys: str) -> None:
        """Typed into whatever has the focus."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def sample(self) -> str:
        """The id of the sample on the desk."""
        found = self.driver.execute_script("return decodeURIComponent(location.hash.replace('#s=', ''))")
        return str(found)

    def decide(self, *keys: str) -> str:
        """Type keys that decide; wait for the next sample; return the id of the one decided."""
        before = self.sample()
        self.keys(*keys)
        until(lambda: self.sample() != before, f"the sample after {before[:8]}")
        return before

    def meter(self) -> tuple[int, int]:
        """(done, total) as the progress bar says."""
        now, most = (
            self.driver.find_element("id", "meter").get_attribute(n) for n in ("aria-valuenow", "aria-valuemax")
        )
        return int(now), int(most)

    def complaints(self) -> list[str]:
        """What the browser's console holds against the page."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
