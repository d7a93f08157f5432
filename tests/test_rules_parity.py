"""The page's engine and Python's give the same answer: random specifications, with holes, at every rule date."""

import json
import random
import shutil
import subprocess

import pytest

from helpers.evidence import load
from helpers.models.rules import compile_rules, judge, rule_dates, specifications
from helpers.models.rules.metrics import measure
from helpers.models.rules.specification import RATES
from helpers.paths import report_dir

SPECIFICATIONS = 10_000
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")

_PROGRAM = """
const fs = require("fs");
const engine = require(process.argv[2]);
const { book, days, specs } = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
const answers = specs.map(spec => days.map(day => engine.judge(spec, book, day).possible.join(";")).join("|"));
process.stdout.write(JSON.stringify(answers));
"""


def in_node(tmp_path, book, days, specs):
    (tmp_path / "run.js").write_text(_PROGRAM, encoding="utf-8")
    (tmp_path / "data.json").write_text(
        json.dumps({"book": book, "days": days, "specs": specs}), encoding="utf-8"
    )
    engine = report_dir() / "assets" / "js" / "rules.js"
    ran = subprocess.run(
        [NODE, str(tmp_path / "run.js"), str(engine), str(tmp_path / "data.json")],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return json.loads(ran.stdout)


def in_python(book, days, specs):
    answers = []
    for spec in specs:
        measured = measure(spec, book)
        answers.append("|".join(";".join(judge(spec, book, day, measured).possible) for day in days))
    return answers


def random_specification(rng, book):
    """Figures near the thresholds and anywhere, ranges, unknowns, rates left out, makers of every kind."""

    def number(values, low, high):
        kind = rng.random()
        if kind < 0.12:
            return None
        first = rng.choice(values) if kind < 0.45 else round(rng.uniform(low, high), rng.choice([0, 1, 6]))
        return [first, round(first * rng.uniform(1, 1.5), 3)] if kind > 0.88 else first

    spec = {
        "name": "design",
        "vendor": rng.choice(["NVIDIA", "AMD", "Intel", "Google", "Huawei", None]),
        "vendor_hq": rng.choice(["US", "US", "US", "CN", None]),
        "market": rng.choice(["datacenter", "datacenter", "consumer", "workstation", None]),
        "die_area_mm2": number([814, 826, 400, 740, 1000], 20, 3000),
        "memory_bw_gbs": number([1344, 1400, 4000, 6499, 6500], 50, 9000),
        "interconnect_gbs": number([0, 400, 512, 600, 900, 1100], 0, 2000),
        "host_io_gbs": rng.choice([None, 0, 32, 64, 128]),
        "mem_bw_density": rng.choice([None, 1.5, 2.0, 2.5]),
        "release_date": rng.choice([None, "2017-06-01", "2020-06-01", "2023-06-01", "2025-06-01"]),
        "commercially_available_us": rng.choice([True, False, None]),
        "is_memory_stack": rng.random() < 0.04,
        "planar": rng.random() < 0.06,
        "named_in": [rng.choice(book["rules"])["id"]] if rng.random() < 0.1 else [],
    }
    for field in RATES:
        if rng.random() < 0.45:
            spec[field] = number([100, 150, 300, 600, 1312.5], 1, 4000)
    for field in ("planar", "die_area_mm2", "memory_bw_gbs"):
        if rng.random() < 0.05:
            del spec[field]
    return spec


def test_ten_thousand_random_specifications_at_every_rule_date(tmp_path):
    book = compile_rules(load().rulebook)
    rng = random.Random(20231017)
    specs = [random_specification(rng, book) for _ in range(SPECIFICATIONS)]
    days = rule_dates(book)
    python, page = in_python(book, days, specs), in_node(tmp_path, book, days, specs)
    assert len(page) == SPECIFICATIONS
    different = [place for place in range(SPECIFICATIONS) if python[place] != page[place]]
    assert not different, (len(different), specs[different[0]], python[different[0]], page[different[0]])
    said = {status for answer in python for one in answer.split("|") for status in one.split(";")}
    assert said == set(book["order"]), "the sample must reach every status"


def test_every_chip_of_the_table_in_an_older_edition_too(tmp_path):
    for as_of in ("2024-08-01", "latest"):
        evidence = load(as_of=as_of)
        book = compile_rules(evidence.rulebook, evidence.as_of)
        specs = specifications(evidence.chips, evidence, book)
        days = rule_dates(book)
        assert in_python(book, days, specs) == in_node(tmp_path, book, days, specs)


def test_the_page_evaluates_nothing():
    for name in ("rules.js", "designer.js"):
        text = (report_dir() / "assets" / "js" / name).read_text(encoding="utf-8")
        for forbidden in (
            "eval(",
            "new Function",
            "innerHTML",
            "document.write",
            "fetch(",
            "XMLHttpRequest",
            "import ",
        ):
            assert forbidden not in text, (name, forbidden)
