"""Words for reading: names of columns and parameters, and marks, dates and periods as prose writes them."""

import re
from datetime import date
from functools import lru_cache

from helpers.exhibits.citation import day

_WRITTEN = {
    "ai": "AI", "amd": "AMD", "ascend": "Ascend", "bw": "bandwidth", "cambricon": "Cambricon", "china": "China",
    "cny": "CNY", "flop": "FLOP", "gb": "GB", "gbs": "GB/s", "gpu": "GPU", "hbm": "HBM", "hopper": "Hopper",
    "huawei": "Huawei", "hygon": "Hygon", "id": "ID", "ids": "IDs", "kunlunxin": "Kunlunxin", "kw": "kW",
    "mfu": "MFU", "mm2": "mm²", "nvidia": "NVIDIA", "pflops": "PFLOPS", "pue": "PUE", "smic": "SMIC", "tb": "TB",
    "tbs": "TB/s", "tflops": "TFLOPS", "thead": "T-Head", "tpp": "TPP", "url": "URL", "us": "US", "usd": "USD",
    "vs": "against", "w": "W", "8bit": "8 bit",
}  # fmt: skip
# Beginnings of parameters that do not read as they are written.
_STEMS = {
    "leak_h100e_to_": "smuggled_compute_to_",
    "leak_": "smuggling_",
    "others_": "other_vendors’_",
    "deployment_lag_quarters": "lag_to_deployment",
    "service_life_years": "service_life",
    "release_date_error_months": "release_date_error",
    "error_b-cambricon-2024-gs": "error_of_the_count_of_Cambricon_cards_2024",
}
_MODEL = re.compile(r"(?:fp|int|bf)\d+|[abhl]\d+a?|nvl\d+|9[15]0[a-z]{1,2}\d?", re.I)
_PER_CENT = re.compile(r"(?<=\d)[ \u00a0]?%(?!\w)")
_APOSTROPHE = re.compile(r"(?<=[\w.])'(?=\w)|^'(?=s\b)|(?<=[sz])'(?=[\s,.;:)]|$)")
_SINGLE = re.compile(r"(?<![\w'])'(?=\w)([^'\n]{1,60}(?<=[\w.,!?]))'(?!\w)")
_QUOTED = re.compile(r'"([^"\n]+)"')
_ALONE = r"(?<![\w/.#=-])", r"(?![\w/=-])"
_DAY = re.compile(rf"{_ALONE[0]}(20[0-4]\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]){_ALONE[1]}")
_MONTH = re.compile(rf"{_ALONE[0]}(20[0-4]\d)-(0[1-9]|1[0-2]){_ALONE[1]}")
_PART = re.compile(rf"{_ALONE[0]}(FY)?(20[0-4]\d)-([QH][1-4]){_ALONE[1]}")
_YEARS = re.compile(rf"{_ALONE[0]}(20[0-4]\d)/(20[0-4]\d){_ALONE[1]}")
_FISCAL = re.compile(rf"{_ALONE[0]}FY(20[0-4]\d){_ALONE[1]}")
# What stays on one line: a number and its size or unit, a day and its month, a quarter and its year.
_SIZE = re.compile(r"(?<=\d) (?=(?:thousand|million|billion|trillion|bn|tn)\b)")
_SIZED = re.compile(r"(?<=\d\u00a0(?:bn|tn)) (?=(?:USD|CNY)\b)")
_UNIT = re.compile(r"(?<=\d) (?=(?:[TPE]FLOPS|TFLOP/s|TOPS|GB|[GT]B/s|MW|GW|USD|CNY|nm|times|months)\b)")
_MONTH_NAMES = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY_OF = re.compile(rf"(?:(?<=\b\d)|(?<=\b\d\d)) (?=(?:{_MONTH_NAMES})\b)")
_PART_OF = re.compile(r"(?<=\b[QH][1-4]) (?=(?:fiscal )?20\d\d\b)")


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
    name = str(name)
    for stem, said in _STEMS.items():
        if name.startswith(stem):
            name = name.replace(stem, said, 1)
    text = " ".join(_word(part) for part in name.split("_"))
    text = re.sub(
        r"(?<!\bto)(?<!,) (20\d\d(?: 20\d\d)?)$", lambda found: f", {found[1].replace(' ', ' to ')}", text
    )
    text = text.replace("B per s", "B/s")
    return text[:1].upper() + text[1:] if starts else text


def spelled_out(text: str) -> str:
    """A text made of names of columns and ids, each word as readers see it: `ascend 910b` -> Ascend 910B."""
    return re.sub(r"\w+", lambda found: _word(found[0]), text)


def unit_in_words(unit: str) -> str:
    """A unit as prose writes it: `x` is times, `x of the value used` times of it, `H100e` H100-equivalents."""
    return "H100-equivalents" if unit == "H100e" else re.sub(r"^x(?= |$)", "times", unit)


def _word(part: str) -> str:
    if part.lower() == "h100e":
        return "H100e"
    return _WRITTEN.get(part) or (part.upper() if _MODEL.fullmatch(part) else part)


@lru_cache(maxsize=2**16)  # most texts of a site stand in it more than once
def marks(text: str) -> str:
    """Round apostrophes and quotes, and no break between a number and its sign, size or unit, or inside a date."""
    text = _SINGLE.sub("“\\1”", _PER_CENT.sub("\u00a0%", text))
    for pair in (_SIZE, _SIZED, _UNIT, _DAY_OF, _PART_OF):
        text = pair.sub("\u00a0", text)
    return _QUOTED.sub("“\\1”", _APOSTROPHE.sub("’", text))


@lru_cache(maxsize=2**16)
def dates(text: str) -> str:
    """Days, months, quarters and half years in words: `2026-Q3` -> Q3 2026, `2025-12-31` -> 31 Dec 2025."""
    text = _FISCAL.sub("fiscal\u00a0\\1", _YEARS.sub(r"\1 to \2", _PART.sub(_part, text)))
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
