"""How long the rule engine takes: every chip at every rule date, one answer with its reasons, the compiled rules.

Run: python benchmarks/rules.py
"""

import json
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from helpers.evidence import load
from helpers.models.rules import compile_rules, rule_dates, specifications, status_on
from helpers.models.rules.classify import classify

RUNS = 7


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Median seconds of a few runs, and the last result."""
    seconds, result = [], None
    for _ in range(RUNS):
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
    return median(seconds), result


def main() -> None:
    """Print one line per figure."""
    evidence = load()
    compiling, book = timed(lambda: compile_rules(evidence.rulebook, evidence.as_of))
    days = rule_dates(book)
    reading, specs = timed(lambda: specifications(evidence.chips, evidence, book))
    judging, answers = timed(lambda: [status_on(spec, book, days) for spec in specs])
    asking, _ = timed(lambda: classify("H20", evidence.as_of, evidence, book))
    count = sum(len(row) for row in answers)
    size = f"{len(book['rules'])} rules, {len(json.dumps(book)):,} bytes"
    print(f"compile the rules        {1000 * compiling:8.1f} ms   {size}")
    print(f"specifications           {1000 * reading:8.1f} ms   {len(specs)} chips")
    print(
        f"all chips, all dates     {1000 * judging:8.1f} ms   {count:,} statuses, {1e6 * judging / count:.0f} µs each"
    )
    print(f"one chip with reasons    {1000 * asking:8.1f} ms")


if __name__ == "__main__":
    main()
