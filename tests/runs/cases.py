"""Cases with findings written by hand, so that these tests do not depend on the extractor."""

from vimedsynth.findings import Finding, Polarity, Uptake
from vimedsynth.reports import Report, Section, Span, sectioned_report
from vimedsynth.samples import WHOLE, Case
from vimedsynth.studies import Study

NODULE = "Hình ảnh nốt mờ ở thùy trên phổi trái, kích thước 17 x 12 mm, tăng chuyển hóa FDG (SUVmax: 6,8)."
EFFUSION = "Không phát hiện hình ảnh tràn dịch màng phổi hai bên và tràn dịch màng tim."
HEART = "Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim."


def report(*extra: str) -> Report:
    """A report with a head-neck and a chest section; ``extra`` sentences end the chest section."""
    chest = " ".join((HEART, EFFUSION, NODULE, *extra))
    return sectioned_report({Section.HEAD_NECK: "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não.", Section.CHEST: chest})


def finding(name: str, span: Span, section: Section = Section.CHEST) -> Finding:
    return Finding(
        name,
        section,
        (span,),
        Polarity.PRESENT,
        "nodule",
        "nốt mờ",
        None,
        (),
        "ở thùy trên phổi trái",
        Uptake.INCREASED,
        "",
    )


def case(*extra: str, region: str = "chest", name: str = "s1") -> Case:
    """A case whose only finding ``f1`` is the nodule."""
    text = report(*extra)
    sentence = next(s for s in text.sentences if s.text == NODULE)
    made = Case(Study(name, f"p-{name}"), text, region)
    made.__dict__["all_findings"] = (finding("f1", sentence.span),)
    return made


def whole(name: str = "s1") -> Case:
    return case(region=WHOLE, name=name)
