"""The page in a real headless Chromium: a reviewer's hand on the keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.review.browser import CHROMIUM, DRIVER, Page, chromium, until
from tests.review.making import Made
from tests.review.serving import Serving, serving
from vimedsynth.review.server import Wish

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver"),
]


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    """One browser for all tests of this file."""
    with chromium() as found:
        yield found


@pytest.fixture
def desk(driver: Any, page: Serving) -> Page:
    """The page, signed in as An."""
    driver.delete_all_cookies()
    sheet = Page(driver)
    sheet.open(page.link("An"))
    return sheet


def test_twenty_samples_by_keyboard_alone(desk: Page, page: Serving) -> None:
    from selenium.webdriver.common.keys import Keys

    for number in range(20):
        if number % 4 == 3:
            desk.keys("r")
            desk.keys(str(1 + number % 8))
            step = (Keys.ENTER,)
        else:
            step = ("a",)
        if number < 19:
            desk.decide(*step)
        else:
            desk.keys(*step)
    until(lambda: desk.meter() == (20, 20), "all twenty")
    verdicts = [str(d.verdict) for d in page.desk.ledger.decisions()]
    assert (verdicts.count("accept"), verdicts.count("reject")) == (15, 5)
    assert all(0 < d.elapsed_ms < 60_000 for d in page.desk.ledger.decisions())
    assert desk.complaints() == []


def test_evidence_is_marked_and_follows_the_turn(desk: Page) -> None:
    assert "nốt mờ" in desk.text("mark")
    for _ in range(3):
        desk.decide("a")
    assert desk.count(".turn") == 3
    desk.keys("..")
    until(lambda: "tràn dịch" in desk.text("mark"), "the third turn's evidence")


def test_undo_shows_the_sample_again(desk: Page) -> None:
    first = desk.decide("a")
    desk.keys("u")
    until(lambda: desk.sample() == first, "the sample that was undone")
    assert desk.count(".banner") == 0
    assert desk.meter() == (0, 20)


def test_reload_keeps_the_place(desk: Page, driver: Any) -> None:
    desk.decide("a")
    desk.keys("j")
    here = until(lambda: desk.text("#place").startswith("3 ") and desk.sample(), "the third sample")
    driver.refresh()
    until(lambda: desk.text("#place").startswith("3 "), "the third sample again")
    assert desk.sample() == here


def test_going_back_shows_what_was_decided(desk: Page) -> None:
    first = desk.decide("a")
    desk.keys("k")
    until(lambda: desk.sample() == first, "the first sample")
    until(lambda: desk.count(".banner.accept") == 1, "the decision on it")


def test_english_is_one_key_away(desk: Page) -> None:
    desk.keys("g")
    until(lambda: "Accept" in desk.text(".actions"), "English")
    desk.keys("g")
    until(lambda: "Chấp nhận" in desk.text(".actions"), "Vietnamese")


def test_another_reason_asks_for_a_note(desk: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    desk.keys("r")
    desk.keys("9")
    desk.keys(Keys.ENTER)
    until(lambda: desk.text("#reject-error"), "the question for a note")
    desk.keys("lặp lại")
    desk.decide(Keys.CONTROL, Keys.ENTER)


def test_a_server_that_dies_in_the_middle_loses_nothing(made: Made, driver: Any) -> None:
    """The decision is made while nobody listens; it arrives once, when the server is back."""
    driver.delete_all_cookies()
    desk = Page(driver)
    with serving(made) as running:
        port = running.port
        desk.open(running.link("An"))
        desk.decide("a")
        here = desk.sample()
    desk.keys("a")
    until(lambda: "không trả lời" in desk.text("#trouble"), "the warning")
    with serving(made, port=port) as running:
        until(lambda: desk.sample() != here, "the next sample")
        assert [d.sample_id for d in running.desk.ledger.decisions()] == [*made.ids[:2]]
        assert desk.text("#trouble") == ""


def test_two_readers_and_a_third(panel: Serving, driver: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    desk = Page(driver)
    for name, keys in (("An", ("a",)), ("Bình", ("r", "2", Keys.ENTER))):
        driver.delete_all_cookies()
        desk.open(panel.link(name))
        for key in keys[:-1]:
            desk.keys(key)
        desk.decide(keys[-1])
    driver.delete_all_cookies()
    desk.open(panel.link("Chi"))
    until(lambda: desk.count(".sample-body .banner") == 2, "both readings")
    assert "Sai bên" in desk.text("#sample")
    assert "Bình" not in desk.text("body").replace("Bình thường", "")
    desk.keys("a")
    until(lambda: desk.meter() == (1, 1), "the verdict of the third")


def test_hostile_words_stay_words(tmp_path: Any, driver: Any) -> None:
    """Report, question and answer full of markup: shown letter by letter, nothing runs, nothing is fetched."""
    import orjson

    from tests.review.making import make_run

    evil = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>'\"&lt;{{7*7}}\u202e\u0000"
    made = make_run(tmp_path, studies=1)
    report = made.corpus / "report_0.json"
    report.write_bytes(report.read_bytes().replace("ở não.".encode(), f"ở não {evil[:-1]}.".replace('"', "").encode()))
    rows = [orjson.loads(line) for line in (made.run / "samples.jsonl").read_bytes().splitlines()]
    for row in rows:
        row["provenance"]["report_sha256"] = ""
        for turn in row["turns"]:
            turn.update(
                question=evil + turn["question"], answer=evil, question_type=evil, evidence=[[5, 60], [-3, 9999]]
            )
    (made.run / "samples.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    driver.delete_all_cookies()
    desk = Page(driver)
    with serving(made, Wish(readers=("<b>An</b>",))) as running:
        desk.open(running.link("<b>An</b>"))
        assert "<img src=x onerror" in desk.text("#sample")
        assert "<script>" in desk.text("#report")
        assert desk.text("#who") == "<b>An</b>"
        for key in "e", "\ue00c", "l":
            desk.keys(key)
        assert desk.count("#sample img, #report img, #sample script, dialog script, b") == 0
        assert driver.execute_script("return window.hacked ?? null") is None
        assert desk.complaints() == []


def test_ten_thousand_samples_open_in_under_a_second(tmp_path: Any, driver: Any) -> None:
    from tests.review.making import make_run

    made = make_run(tmp_path, studies=50, copies=50)
    assert len(made.ids) == 10_000
    driver.delete_all_cookies()
    desk = Page(driver)
    with serving(made) as running:
        desk.open(running.link("An"))
        driver.refresh()
        until(lambda: desk.count(".turn"), "the first sample")
        code = (
            "const shown = performance.getEntriesByType('resource').filter(e => e.name.includes('/api/item'))[0];"
            "return shown ? shown.responseEnd : null"
        )
        spent = until(lambda: driver.execute_script(code), "the timing")
        assert spent < 1000, f"{spent} ms"
        desk.keys("l")
        until(lambda: desk.count(".rows li") == 100, "the list's first window")
