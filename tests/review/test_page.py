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
    assert all(d.elapsed_ms > 0 for d in page.desk.ledger.decisions())
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


def test_one_cursor_for_all_planes(desk: Page, driver: Any) -> None:
    """Study 0 has counts, study 1 SUV; the page opens at the hottest place and the slices scroll by key."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    until(lambda: "20.000" in desk.text("#readout"), "the hottest counts")
    assert "không phải SUV" in desk.text("#readout")
    assert [desk.count(f"#plane-{name}") for name in ("ct", "pet", "fused", "mip")] == [1, 1, 1, 1]
    for _ in range(4):
        desk.decide("a")
    until(lambda: "SUV 20,0" in desk.text("#readout"), "the hottest SUV")
    slice_at = desk.text("#slice-at")
    for _ in range(6):
        desk.keys(Keys.ARROW_DOWN)
    until(lambda: "SUV 1,2" in desk.text("#readout"), "the lung below the spot")
    assert desk.text("#slice-at") != slice_at
    desk.keys("h")
    until(lambda: desk.text("#slice-at") == slice_at, "back at the spot")
    canvas = driver.find_element("id", "plane-fused")
    ActionChains(driver).move_to_element_with_offset(canvas, 0, 0).click().perform()
    until(lambda: "CT 40 HU" in desk.text("#readout"), "the middle of the body")
    # What is right in the patient is on the left of the page: study 1's spot lies left, so on the right.
    dark = (
        "const c = document.getElementById('plane-pet'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "let left = 0, right = 0; for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255 && d[i] + d[i + 1] + d[i + 2] < 60)"
        " ((i / 4) % c.width < c.width / 2 ? left++ : right++); return [left, right]"
    )
    left, right = driver.execute_script(dark)
    assert right > 20 * max(left, 1)


CONTRAST = """
const parse = (c) => (c.match(/[\\d.]+/g) ?? []).map(Number);
const light = ([r, g, b]) => { const f = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
const ground = (n) => { for (; n; n = n.parentElement) { const c = parse(getComputedStyle(n).backgroundColor);
  if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
const bad = [];
for (const n of document.querySelectorAll('body *')) {
  const own = [...n.childNodes].some((c) => c.nodeType === 3 && c.data.trim());
  if (!own || !n.offsetParent || n.closest('[disabled], .plane, .toast')) continue;
  const style = getComputedStyle(n), a = light(parse(style.color)), b = light(ground(n));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05) * (n.tagName === 'KBD' ? .9 : 1);
  if (ratio < 4.5) bad.push(`${n.tagName}.${n.className} ${ratio.toFixed(2)} ${n.textContent.slice(0, 30)}`);
}
return bad;
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_word_can_be_read(desk: Page, driver: Any, theme: str) -> None:
    """WCAG AA: a contrast of 4.5 to 1 for all text, in every state, in both themes."""
    from selenium.webdriver.common.keys import Keys

    driver.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
    assert driver.execute_script(CONTRAST) == []
    shown = {
        "r": "fieldset",
        "e": "textarea",
        "l": ".drawer[open] li",
        "?": ".help[open]",
        "b": "#sheet-view:not([hidden])",
    }
    for keys, selector in shown.items():
        desk.keys(keys)
        until(lambda wanted=selector: desk.count(wanted), keys)
        assert driver.execute_script(CONTRAST) == [], keys
        desk.keys(Keys.ESCAPE)
        until(lambda: desk.count("#desk:not([hidden]) .actions") and not desk.count("dialog[open]"), "the desk")
    desk.decide("a")
    desk.keys("k")
    until(lambda: desk.count(".banner.accept"), "the decision")
    assert driver.execute_script(CONTRAST) == []


def test_an_edit_is_guarded_at_once_and_the_physician_decides(desk: Page, page: Serving) -> None:
    from selenium.webdriver.common.keys import Keys

    desk.keys("e")
    desk.keys(Keys.CONTROL, "a")
    desk.keys("Nốt mờ nằm ở thùy trên phổi trái.")
    until(lambda: desk.count("#objections li"), "the objection")
    assert page.desk.ledger.decisions() == ()
    desk.decide(Keys.CONTROL, Keys.ENTER)
    (made,) = page.desk.ledger.decisions()
    assert made.objections
    assert made.after == {"turns": [{**made.before["turns"][0], "answer": "Nốt mờ nằm ở thùy trên phổi trái."}]}


def test_a_lesion_sheet_is_corrected_and_kept(desk: Page, page: Serving, driver: Any) -> None:
    desk.keys("b")
    until(lambda: desk.count(".lesion") == 1, "the extracted lesion")
    field = driver.find_element("id", "lesion-0-3")
    field.clear()
    field.send_keys("nhiều")
    driver.find_element("id", "confirm-sheet").click()
    until(lambda: "12,6" in desk.text("#sheet-error"), "the objection to the SUV")
    field.clear()
    field.send_keys("9,5")
    driver.find_element("id", "confirm-sheet").click()
    until(lambda: page.desk.ledger.sheets(), "the sheet")
    (sheet,) = page.desk.ledger.sheets()
    assert sheet.lesions[0]["Mức độ FDG"]["SUVmax"] == 9.5


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (768, 1024)])
def test_nothing_is_cut_off(desk: Page, driver: Any, size: tuple[int, int]) -> None:
    """No sideways scrolling, and the three decisions are in sight, on a desk and on a tablet."""
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= size[0]
        for name in ("accept", "edit", "reject"):
            box = driver.execute_script(
                f"return document.querySelector('.actions .{name}').getBoundingClientRect().toJSON()"
            )
            assert box["left"] >= 0
            assert box["right"] <= size[0]
            assert box["bottom"] <= size[1]
            assert box["height"] >= 44
    finally:
        metrics.update(width=1280, height=800)
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def test_of_ten_thousand_samples_the_page_asks_for_what_it_shows(tmp_path: Any, driver: Any) -> None:
    from tests.review.making import make_run

    made = make_run(tmp_path, studies=50, copies=50)
    assert len(made.ids) == 10_000
    driver.delete_all_cookies()
    desk = Page(driver)
    with serving(made) as running:
        desk.open(running.link("An"))
        driver.refresh()
        until(lambda: desk.count(".turn"), "the first sample")
        asked = driver.execute_script(
            "return performance.getEntriesByType('resource').filter(e => e.name.includes('/api/'))"
            ".map(e => [new URL(e.name).pathname, e.encodedBodySize])"
        )
        assert [path for path, _ in asked].count("/api/item") == 1
        assert sum(size for _, size in asked) < 1 << 16, asked  # bytes; the samples are 8 MB
        desk.keys("l")
        until(lambda: desk.count(".rows li") == 100, "the list's first window")
