"""A small, sound evidence folder for tests: the shipped schema with a few hand-written rows."""

import csv
import json
from pathlib import Path

from helpers.paths import data_dir

RULES = """
metrics: {tpp: {unit: TPP}}
rules:
  - id: rule-a
    title: A rule
    announced: 2023-10-17
    published: 2023-10-25
    effective: 2023-11-17
    end: null
    tests: {all: [{metric: tpp, op: ">=", value: 4800}]}
    verification: {title: verified}
    field_sources: {title: [paper]}
"""
SCENARIO = "title: Baseline\ndescription: As it stands.\nassumptions: {}\nswitches: {}\n"

# What a row needs beyond the columns a test cares about.
ROWS = {
    "sources": [
        dict(source_id="paper", title="A paper", publisher="A journal", published="2023-01-10", kind="academic",
             seen_as="original", accessed="2026-11-21", url="https://example.org/paper"),
        dict(source_id="later-copy", title="A copy", publisher="An outlet", published="2025-05-01", kind="news",
             seen_as="relay", accessed="2026-11-21"),
        dict(source_id="database", title="A database", publisher="Keepers", published="2026-01-15", since="2020",
             kind="dataset", seen_as="original", accessed="2026-11-21"),
    ],
    "facts": [
        dict(fact_id="sales-2022", topic="market", entity="Maker", metric="revenue", value="100", unit="USD",
             period="2022", published="2023-02-01", status="reported", source_id="paper", locator="p. 1"),
        dict(fact_id="sales-2023", topic="market", entity="Maker", metric="revenue", value="150", low="140",
             high="160", unit="USD", period="2023", published="2024-02", status="reported",
             source_id="later-copy", original_id="paper", locator="p. 2", note="Doubled again in 2025."),
        dict(fact_id="sales-2023-again", topic="market", entity="Maker", metric="revenue", value="150",
             unit="USD", period="2023", published="2025-05-01", status="reported", source_id="later-copy",
             locator="p. 3", repeats="sales-2023"),
    ],
    "jumps": [],
    "rejected": [
        dict(rejected_id="sales-wrong", table="facts", entity="Maker", metric="revenue", value="1500", unit="USD",
             period="2023", published="2024-03-01", source_id="later-copy", reason="Factor ten too high."),
    ],
    "chips": [
        dict(chip_id="chip_one", name="Chip One", aliases="One", vendor="Maker", vendor_hq="US", family="F",
             published="2022-03-22", tflops_fp16_dense="300", market="datacenter", status="shipping",
             source_ids="paper;database", confidence="high"),
    ],
    "chip_disputes": [
        dict(dispute_id="d-one", chip_id="chip_one", field="tflops_fp16_dense", low="290", high="300",
             values="290;300", source_ids="paper", published="2024-01-05"),
    ],
    "events": [
        dict(event_id="pe-1", date="2023-10-17", published="2023-10-17", actor="US", instrument="rule",
             title="A rule", summary="It limits chips.", chips_affected="One", direction="tighten",
             source_ids="paper", verification="verified"),
    ],
    "classifications": [
        dict(chip="One", as_of="2023-11-17", published="2023-11-20", controlled="licence-required",
             rule_id="rule-a", source_id="paper", locator="p. 4", tier="core"),
    ],
    "exchange_rates": [
        dict(rate_id="rate-2023", currency="CNY", convention="period_average", period="2023", cny_per_usd="7.08",
             published="2024-01", source_id="database"),
    ],
    "claims": [
        dict(claim_id="maker-grew", source_id="later-copy", paragraph="1", statement="Maker grew.",
             kind="comparison", subject="market", entity="Maker", published="2025-05-01",
             check='fact("sales-2023") > fact("sales-2022")'),
    ],
}  # fmt: skip


def write_evidence(folder: Path) -> Path:
    """Write the small package and return its folder."""
    package = json.loads((data_dir() / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [entry for entry in package["resources"] if entry["name"] in ROWS]
    (folder / "scenarios").mkdir(parents=True)
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    (folder / "scenarios" / "baseline.yml").write_text(SCENARIO, encoding="utf-8")
    for entry in package["resources"]:
        write_table(folder, entry["name"], ROWS[entry["name"]])
    return folder


def columns(folder: Path, table: str) -> list[str]:
    """The columns of a table as its schema lists them."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    entry = next(entry for entry in package["resources"] if entry["name"] == table)
    return [field["name"] for field in entry["schema"]["fields"]]


def write_table(folder: Path, table: str, rows: list[dict]) -> None:
    """Write a table; what a row does not name is empty."""
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns(folder, table), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_table(folder: Path, table: str) -> list[dict]:
    """The rows of a table as text."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
