"""Words for reading: names of columns and parameters, and marks, dates and periods as prose writes them."""

import re
from datetime import date

from helpers.exhibits.citation import day

_WRITTEN = {
    "amd": "AMD", "ascend": "Ascend", "bw": "bandwidth", "cambricon": "Cambricon", "china": "China", "cny": "CNY",
    "flop": "FLOP", "gb": "GB", "gbs": "GB/s", "gpu": "GPU", "hbm": "HBM", "hopper": "Hopper", "huawei": "Huawei",
    "hygon": "Hygon", "id": "ID", "ids": "IDs", "kunlunxin": "Kunlunxin", "kw": "kW", "mfu": "MFU", "mm2": "mm²",
    "nvidia": "NVIDIA", "pflops": "PFLOPS", "pue": "PUE", "smic": "SMIC", "tb": "TB", "tbs": "TB/s",
    "tflops": "TFLOPS", "thead": "T-Head", "tpp": "TPP", "url": "URL", "us": "US", "usd": "USD", "vs": "against",
    "w": "W", "8bit": "8 bit",
}  # fmt: skip
_MODEL = re.compile(r"(?:fp|int|bf)\d+|[abhl]\d+a?|nvl\d+", re.I)
_PER_CENT = re.compile(r"(?<=\d)[ \u00a0]?%(?!\w)")
_APOSTROPHE = re.compile(r"(?<=[\w.])'(?=\w)|^'(?=s\b)|(?<=[sz])'(?=[\s,.;:)]|$)")
_SINGLE = re.compile(r"(?<![\w'])'(?=\w)([^'\n]{1,60}(?<=[\w.,!?]))'(?!\w)")
_QUOTED = re.compile(r'"([^"\n]+)"')
_ALONE = r"(?<![\w/.#=-])", r"(?![\w/=-])"
_DAY = re.compile(rf"{_ALONE[0]}(20[0-4]\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]){_ALONE[1]}")
_MONTH = re.compile(rf"{_ALONE[0]}(20[0-4]\d)-(0[1-9]|1[0-2]){_ALONE[1]}")
_PART = re.compile(rf"{_ALONE[0]}(FY)?(20[0-4]\d)-([QH][1-4]){_ALONE[1]}")
_YEARS = re.compile(rf"{_ALONE[0]}(20[0-4]\d)/(20[0-4]\d){_ALONE[1]}")


# The codes of a status, as the rules and the command write them, for readers.
STATUS = {
    "licence-required": "licence required",
    "case-by-case": "case by case",
    "licence-letter": "licence by letter",
    "nac-notification": "notification (NAC)",
    "not-controlled": "not controlled",
    "undetermined": "undetermined",
}


def name_in_words(name: str, starts: bool = True) -> str:
    """A column or parameter as readers see it: `huawei_hbm_inflow_2026` -> Huawei HBM inflow, 2026.

    starts: it begins a line, with a capital letter.
    """
    parts = [_word(part) for part in str(name).split("_")]
    text = " ".join(parts)
    text = re.sub(
        r"(?<!\bto)(?<!,) (20\d\d(?: 20\d\d)?)$", lambda found: f", {found[1].replace(' ', ' to ')}", text
    )
    return text[:1].upper() + text[1:] if starts else text


def _word(part: str) -> str:
    if part.lower() == "h100e":
        return "H100e"
    return _WRITTEN.get(part) or (part.upper() if _MODEL.fullmatch(part) else part)


def marks(text: str) -> str:
    """Round apostrophes and quotes, and no break before a per cent sign."""
    text = _SINGLE.sub("“\\1”", _PER_CENT.sub("\u00a0%", text))
    return _QUOTED.sub("“\\1”", _APOSTROPHE.sub("’", text))


def dates(text: str) -> str:
    """Days, months, quarters and half years in words: `2026-Q3` -> Q3 2026, `2025-12-31` -> 31 Dec 2025."""
    text = _YEARS.sub(r"\1 to \2", _PART.sub(_part, text))
    return _MONTH.sub(lambda found: f"{_month(found[1], found[2]):%b\u00a0%Y}", _DAY.sub(_day, text))


def _day(found: re.Match) -> str:
    try:
        return day(date(int(found[1]), int(found[2]), int(found[3]))).replace(" ", "\u00a0")
    except ValueError:
        return found[0]


def _part(found: re.Match) -> str:
    year = f"fiscal {found[2]}" if found[1] else found[2]
    return f"{found[3]}\u00a0{year}"


def _month(year: str, month: str) -> date:
    return date(int(year), int(month), 1)
