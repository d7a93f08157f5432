"""How long an analyst waits in a notebook: each question asked the first time and again.

Run: python benchmarks/lab.py. Processor seconds beside wall seconds, which a busy machine stretches.
"""

import time
from collections.abc import Callable

from helpers import lab

QUESTIONS: dict[str, Callable[[], object]] = {
    "load()": lab.load,
    'load_table("facts", as_of)': lambda: lab.load_table("facts", as_of="2025-06-29"),
    'classify("H20", as_of)': lambda: lab.classify("H20", as_of="2025-05-01"),
    'chips("H20")': lambda: lab.chips("H20"),
    "capacity()": lab.capacity,
    "capacity(scenario, as_of)": lambda: lab.capacity("tight_controls", as_of="2025-06-30"),
    "check()": lab.check,
}


def main() -> None:
    """Print a line a question."""
    print(f"{'':28}{'first':>16}{'again':>16}   processor (wall) seconds")
    for name, ask in QUESTIONS.items():
        times = []
        for _ in range(2):
            began, used = time.perf_counter(), time.process_time()
            ask()
            times.append((time.process_time() - used, time.perf_counter() - began))
        print(f"{name:28}" + "".join(f"{used:9.3f} ({wall:.2f})" for used, wall in times))


if __name__ == "__main__":
    main()
