"""``python -m benchmarks.corruption.mutated``: free answers that pass, each with one word or number made another.

The operators of ``benchmarks.corruption`` corrupt sentences of reports; these corrupt what people and models wrote in
their own words, where more of a sentence goes unread. Some of what comes out is still true (the other side where both
are meant) or no Vietnamese, so the shares are to be compared with those of before, and never reach 100 %.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator

import click

from benchmarks.corruption.natural import FILES, FREE, judged, read_texts, text_of
from vimedsynth.guards import check_answer
from vimedsynth.reports import flat_report

WORDS = (
    ("phải", "trái"), ("trái", "phải"), ("không tăng", "tăng"), ("tăng", "không tăng"), ("không thấy", "có"),
    ("chưa thấy", "có"), ("không ghi nhận", "có"), ("nhiều khả năng", "chắc chắn là"), ("khả năng", "chắc chắn là"),
    ("nghi ngờ", "tương ứng với"), ("chưa loại trừ", "tương ứng với"), ("tương ứng với", "nghi ngờ"), ("nhẹ", "mạnh"),
    ("mạnh", "nhẹ"), ("thùy trên", "thùy dưới"), ("thùy dưới", "thùy trên"), ("thùy giữa", "thùy dưới"),
    ("1/3 dưới", "1/3 trên"), ("một nốt", "hai nốt"), ("hai nốt", "ba nốt"), ("hai hạch", "ba hạch"), ("vài", "nhiều"),
    ("nhiều", "vài"), ("lành tính", "ác tính"), ("di căn", "viêm"), ("viêm", "di căn"), ("hạch", "nốt"), ("nốt", "hạch"),
    ("gan", "lách"), ("lớn nhất", "nhỏ nhất"), ("cao hơn", "thấp hơn"), ("thấp hơn", "cao hơn"),
    ("lớn hơn", "nhỏ hơn"), ("nhỏ đi", "to lên"), ("hoàn toàn", "một phần"), ("một phần", "hoàn toàn"),
    ("sinh lý", "bệnh lý"), ("động mạch", "tĩnh mạch"), ("trước", "sau"), ("đã cắt", "còn"), ("tháng", "tuần"),
)  # fmt: skip
NOT_A_SIDE = re.compile(r"(?:không|chưa|có)\s*$")
BROKEN = re.compile(r"không không|chưa không|nhiều chắc|có chắc|vài khả năng|có tương")


def mutants(answer: str) -> Iterator[tuple[str, str]]:
    """Every answer that differs from this one by a word of ``WORDS``, or by the first digit of a number, with its kind."""
    for old, new in WORDS:
        for hit in re.finditer(rf"(?<!\w){old}(?!\w)", answer):
            verb = old == "phải" and NOT_A_SIDE.search(answer[: hit.start()])  # "không phải", "có phải"
            made = answer[: hit.start()] + new + answer[hit.end() :]
            if not verb and not BROKEN.search(made):
                yield f"{old} > {new}", made
    for hit in re.finditer(r"\d+(?:[.,]\d+)?", answer):
        changed = str((int(hit[0][0]) + 3) % 10 or 4) + hit[0][1:]
        yield "number", answer[: hit.start()] + changed + answer[hit.end() :]


def run() -> tuple[Counter[str], Counter[str], list[str]]:
    """By kind how many there are and how many pass, and what passes."""
    made, passed, shown = Counter[str](), Counter[str](), []
    for names in (FILES, FREE):
        reports = {
            key: flat_report(text_of(report)) for name in names for key, report in read_texts(name)["reports"].items()
        }
        for row in judged(names):
            if row.text is not None or not row.supported or not row.right:
                continue
            for kind, answer in mutants(row.answer):
                made[kind] += 1
                if check_answer(reports[row.report], row.question, answer).accepted:
                    passed[kind] += 1
                    shown.append(f"{kind} [{row.report}]\n  {row.question}\n  {row.answer}\n  {answer}")
    return made, passed, shown


@click.command()
@click.option("--show", is_flag=True, help="Print every mutant that passes.")
@click.option("--json", "as_json", is_flag=True, help="Counts as JSON.")
def main(show: bool, as_json: bool) -> None:
    """Mutate all of them."""
    made, passed, shown = run()
    if as_json:
        click.echo(json.dumps({"made": made, "passed": passed}, ensure_ascii=False))
        return
    for kind, count in made.most_common():
        click.echo(f"{kind:32} {count:5}  refused {1 - passed[kind] / count:7.1%}")
    click.echo(f"all {made.total()}: refused {1 - passed.total() / made.total():.1%}")
    if show:
        click.echo("\n".join(shown))


if __name__ == "__main__":
    main()
