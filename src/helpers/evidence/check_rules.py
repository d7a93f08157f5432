"""Faults of `rules.yaml` and of the scenarios: dates and their order, metrics, sources, names."""

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
import yaml

from helpers.evidence.faults import Fault, shown
from helpers.evidence.periods import parse_partial

# A letter takes effect before anyone outside hears of it, so effective may come before announced.
_ORDER = (("announced", "published"), ("effective", "end"))
_REQUIRED = ("id", "title", "announced", "published", "effective", "tests", "verification", "field_sources")
_OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in", "not in")
_RULES = "data/rules.yaml"


class _Strict(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML in which a key stands once: a second `effective:` would silently win."""

    def construct_mapping(self, node, deep=False):
        """A mapping; a repeated key is an error that names its line."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"the key {key.value!r} a second time"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def rule_faults(folder: Path, tables: dict[str, pd.DataFrame], package: dict) -> list[Fault]:
    """Faults of the rule book, of every scenario file and of the list of feeds."""
    faults = [
        Fault(f"data/{name}", 0, "", "no file", "a file that every build reads")
        for name in ("rules.yaml", "scenarios/baseline.yml")
        if not (folder / name).is_file()
    ]
    faults += _read(folder / "refresh.yml", "data/refresh.yml")[1]
    book, more = _read(folder / "rules.yaml", _RULES)
    faults += more
    if book is not None:
        faults += _rulebook(book, tables)
    for path in sorted((folder / "scenarios").glob("*.yml")):
        plan, more = _read(path, f"data/scenarios/{path.name}")
        faults += more
        if plan is not None:
            faults += _scenario(f"data/scenarios/{path.name}", plan, tables.get("assumptions"), package)
    return faults


def _read(path: Path, file: str) -> tuple[dict | None, list[Fault]]:
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.load(text, Loader=_Strict)
    except OSError:
        return None, []
    except UnicodeDecodeError:
        return None, [Fault(file, 0, "", "other bytes", "UTF-8 text")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        return None, [Fault(file, line, "", shown(getattr(error, "problem", error)), "valid YAML")]
    if not isinstance(content, dict):
        return None, [Fault(file, 0, "", type(content).__name__, "a mapping")]
    return content, []


def _rulebook(book: dict, tables: dict[str, pd.DataFrame]) -> list[Fault]:
    if faults := _misshapen(book):
        return faults
    metrics = set(book.get("metrics") or {})
    metrics |= set((book.get("metrics") or {}).get("not_of_the_chip") or [])
    sources = set(tables["sources"]["source_id"]) if "sources" in tables else None
    faults, seen = [], set()
    for section in ("rules", "pending_bills", "cn_measures"):
        for place, rule in enumerate(book.get(section) or []):
            name = str(rule.get("id") or f"{section}[{place}]")
            if name in seen:
                faults.append(Fault(_RULES, 0, name, "an id that an earlier entry has", "an id of its own"))
            seen.add(name)
            if section == "rules":
                faults += _missing(name, rule)
            faults += _dates(name, rule) + _tests(name, rule, metrics)
            if sources is not None:
                faults += _sources(name, rule, sources)
    if "classifications" in tables:
        known = seen | {str(rule.get("group")) for rule in book.get("rules") or []}
        faults += _classified(tables["classifications"], known)
    return faults


def _misshapen(book: dict) -> list[Fault]:
    """Sections that are no lists of mappings: nothing below them can be read."""
    faults = []
    if not isinstance(book.get("metrics") or {}, dict):
        faults.append(Fault(_RULES, 0, "metrics", shown(book["metrics"]), "a mapping"))
    for section in ("rules", "pending_bills", "cn_measures"):
        entries = book.get(section) or []
        if not isinstance(entries, list):
            faults.append(Fault(_RULES, 0, section, shown(entries), "a list of rules"))
            continue
        for place, rule in enumerate(entries):
            if not isinstance(rule, dict):
                faults.append(Fault(_RULES, 0, f"{section}[{place}]", shown(rule), "a mapping"))
                continue
            for key, kind in (("licence_policy", list), ("field_sources", dict), ("verification", dict)):
                if not isinstance(rule.get(key) or kind(), kind):
                    name = f"{rule.get('id', place)}.{key}"
                    expected = "a list" if kind is list else "a mapping"
                    faults.append(Fault(_RULES, 0, name, shown(rule[key]), expected))
    return faults


def _missing(name: str, rule: dict) -> list[Fault]:
    """A rule folded into another keeps its place and loses its tests."""
    needed = [key for key in _REQUIRED if not (key == "tests" and rule.get("folded_into"))]
    return [Fault(_RULES, 0, f"{name}.{key}", "nothing", "a value") for key in needed if not rule.get(key)]


def _dates(name: str, rule: dict) -> list[Fault]:
    days, faults = {}, []
    for key in ("announced", "published", "effective", "end"):
        if rule.get(key) is None:
            continue
        try:
            days[key] = parse_partial(str(rule[key]))
        except ValueError:
            faults.append(Fault(_RULES, 0, f"{name}.{key}", shown(rule[key]), "a date, or null"))
    for first, second in _ORDER:
        if first in days and second in days and days[first].start > days[second].end:
            expected = f"no earlier than {first}, {rule[first]}"
            faults.append(Fault(_RULES, 0, f"{name}.{second}", shown(rule[second]), expected))
    for policy in rule.get("licence_policy") or []:
        begin, until = policy.get("from"), policy.get("until")
        if isinstance(begin, date) and isinstance(until, date) and begin > until:
            faults.append(
                Fault(_RULES, 0, f"{name}.licence_policy", shown(until), f"no earlier than {begin}")
            )
    return faults


def _tests(name: str, rule: dict, metrics: set[str]) -> list[Fault]:
    faults = []
    for part in ("tests", "exclusions", "exceptions"):
        for leaf in _leaves(rule.get(part) or {}):
            if leaf["metric"] not in metrics:
                faults.append(
                    Fault(_RULES, 0, f"{name}.{part}", shown(leaf["metric"]), "a metric of `metrics`")
                )
            if leaf.get("op") not in _OPERATORS:
                found = shown(leaf.get("op"))
                faults.append(Fault(_RULES, 0, f"{name}.{part}", found, "one of " + ", ".join(_OPERATORS)))
            if not {"value", "value_low", "value_high"} & set(leaf):
                faults.append(
                    Fault(_RULES, 0, f"{name}.{part}", "a leaf without a value", "a value or a range")
                )
    return faults


def _leaves(tree: object) -> Iterator[dict]:
    if isinstance(tree, dict):
        if "metric" in tree:
            yield tree
            return
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from _leaves(branch)


def _sources(name: str, rule: dict, known: set[str]) -> list[Fault]:
    cited = {"sources": rule.get("sources") or [], **(rule.get("field_sources") or {})}
    return [
        Fault(_RULES, 0, f"{name}.{field}", shown(source), "an id of sources.csv")
        for field, listed in cited.items()
        for source in (listed if isinstance(listed, list) else [listed])
        if source not in known
    ]


def _classified(table: pd.DataFrame, known: set[str]) -> list[Fault]:
    return [
        Fault(
            "data/classifications.csv",
            row,
            "rule_id",
            shown(rule),
            "the id or group of an entry in rules.yaml",
        )
        for row, rule in zip(table["row"], table["rule_id"], strict=True)
        if rule not in known
    ]


def _scenario(file: str, plan: dict, assumptions: pd.DataFrame | None, package: dict) -> list[Fault]:
    switches = set(package["scenarioSwitches"]) if "scenarioSwitches" in package else None
    known = {
        "": {"title", "description", "assumptions", "switches"},
        "switches.": switches,
        "assumptions.": None if assumptions is None else set(assumptions["parameter"]),
    }
    faults = [
        Fault(file, 0, key, shown(plan[key]), "a mapping of names to values")
        for key in ("switches", "assumptions")
        if not isinstance(plan.get(key) or {}, dict)
    ]
    if faults:
        return faults
    named = {"": plan, "switches.": plan.get("switches") or {}, "assumptions.": plan.get("assumptions") or {}}
    for prefix, names in named.items():
        for name in names:
            if known[prefix] is not None and name not in known[prefix]:
                expected = {
                    "": "title, description, assumptions or switches",
                    "switches.": "one of " + ", ".join(sorted(switches or ())),
                    "assumptions.": "a parameter of assumptions.csv",
                }[prefix]
                near = get_close_matches(str(name), sorted(known[prefix]), n=1)
                expected += f"; the nearest is {near[0]}" if near else ""
                faults.append(Fault(file, 0, f"{prefix}{name}", "an unknown name", expected))
    return faults + _overrides(file, named["assumptions."])


def _overrides(file: str, changes: dict) -> list[Fault]:
    """Overrides that are not an interval: an end missing, the wrong way round, or something else beside it."""
    faults = []
    for name, change in changes.items():
        ends = change if isinstance(change, dict) else {}
        more = sorted(set(ends) - {"low", "high", "distribution", "reason"})
        numbers = [ends.get(end) for end in ("low", "high")]
        if more or not all(isinstance(end, (int, float)) for end in numbers) or numbers[0] > numbers[1]:
            faults.append(Fault(file, 0, f"assumptions.{name}", shown(change), "low and high, low <= high"))
    return faults
