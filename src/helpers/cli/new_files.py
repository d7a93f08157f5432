"""Files that `briefing new` makes: a scenario, or a notebook with its card and its place in the navigation."""

import json
import re
from pathlib import Path

import typer
import yaml

from helpers.cli.new import name_unknown, stop
from helpers.evidence.tables import TABLES
from helpers.paths import data_dir, notebooks_dir, project_root
from helpers.refresh import edit

FIELDS = {
    "scenario": {
        "name": "file name without its ending, such as slow_yield",
        "title": "a few words",
        "description": "what holds in it, in a sentence or two",
        "assumptions": "overrides, `parameter: {low: 1, high: 2}`, separated by semicolons",
    },
    "notebook": {
        "name": "page name, such as energy",
        "title": "a word or two",
        "asks": "the question that it answers",
        "parameters": "names from cards.yml, separated by commas; as_of by default",
        "evidence": "tables that it uses, separated by commas; facts by default",
    },
}
_SECTIONS = ("Question", "Evidence", "Method", "What would change it")


def make(kind: str, given: dict[str, str], like: str | None, fields: bool, dry_run: bool) -> None:
    """Write the files of a scenario or a notebook, or say what is wrong and write nothing."""
    if fields:
        for name, described in FIELDS[kind].items():
            typer.echo(f"--{name}: {described}")
        return
    name_unknown(given, list(FIELDS[kind]), f"{kind}s have")
    name = given.get("name", "")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        stop(f"--name: found {name!r}, expected lower-case letters, digits and _")
    files = _scenario(name, given, like) if kind == "scenario" else _notebook(name, given)
    if dry_run:
        for path, text in files.items():
            typer.echo(f"{path.relative_to(project_root())}\n{text}")
        return
    if kind == "scenario":
        inside = {path.relative_to(data_dir()).as_posix(): text for path, text in files.items()}
        try:
            edit.write_checked(data_dir(), inside)
        except edit.EditRefused as refused:
            stop("nothing was written:\n" + "\n".join(f"  {fault}" for fault in refused.faults))
        then = f"briefing build --scenario {name}"
    else:
        for path, text in files.items():
            edit.replace_whole(path, text)
        then = "briefing build"
    for path in files:
        typer.echo(path.relative_to(project_root()).as_posix())
    typer.echo(f"`{then}` shows it", err=True)


def _scenario(name: str, given: dict[str, str], like: str | None) -> dict[Path, str]:
    folder = data_dir() / "scenarios"
    path = folder / f"{name}.yml"
    if path.exists():
        stop(f"data/scenarios/{name}.yml exists already")
    plan = {"assumptions": {}, "switches": {}}
    if like is not None:
        model = folder / f"{like}.yml"
        if not model.is_file():
            there = ", ".join(sorted(each.stem for each in folder.glob("*.yml")))
            stop(f"--like: no scenario {like!r}; there are: {there}")
        plan = yaml.safe_load(model.read_text(encoding="utf-8"))
    overrides = dict(plan.get("assumptions") or {})
    for part in filter(None, (part.strip() for part in given.get("assumptions", "").split(";"))):
        try:
            overrides |= yaml.safe_load(part)
        except (yaml.YAMLError, TypeError, ValueError):
            stop(f"--assumptions: found {part!r}, expected `parameter: {{low: 1, high: 2}}`")
    title = given.get("title") or name.replace("_", " ").capitalize()
    lines = [
        f"title: {json.dumps(title, ensure_ascii=False)}",
        "description: >-",
        f"  {given.get('description') or 'As the baseline, but for the overrides below.'}",
        "assumptions:" if overrides else "assumptions: {}",
    ]
    lines += [f"  {key}: {_flow(value)}" for key, value in overrides.items()]
    switches = plan.get("switches") or {}
    lines += ["switches:" if switches else "switches: {}"]
    lines += [f"  {key}: {_flow(value)}" for key, value in switches.items()]
    return {path: "\n".join(lines) + "\n"}


def _flow(value: object) -> str:
    return (
        yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6)
        .strip()
        .removesuffix("...")
        .strip()
    )


def _notebook(name: str, given: dict[str, str]) -> dict[Path, str]:
    """The notebook, `cards.yml` with its card, and `_quarto.yml` with its place after the last chapter."""
    from helpers.run import read_cards

    deck = read_cards()
    if name in {card.page for card in deck.cards} or (project_root() / "report" / f"{name}.qmd").exists():
        stop(f"a page {name!r} exists already")
    taken = [part.strip() for part in given.get("parameters", "as_of").split(",") if part.strip()]
    taken = ["as_of", *(part for part in taken if part != "as_of")]
    if unknown := [part for part in taken if part not in deck.parameters]:
        stop(f"--parameters: unknown {', '.join(unknown)}; there are: {', '.join(deck.parameters)}")
    tables = [part.strip() for part in given.get("evidence", "facts").split(",") if part.strip()]
    if unknown := [part for part in tables if part not in (*TABLES, "rules", "scenarios")]:
        stop(f"--evidence: unknown {', '.join(unknown)}; there are: {', '.join(TABLES)}, rules, scenarios")
    last = max(int(re.match(r"\d+", card.file).group()) for card in deck.cards)
    file = f"{last + 1:02d}_{name}.ipynb"
    title = given.get("title") or name.replace("_", " ").capitalize()
    asks = given.get("asks") or f"What does the evidence say about {title.lower()}?"
    cards = notebooks_dir() / "cards.yml"
    card = (
        f"  - file: {file}\n    page: {name}\n    title: {json.dumps(title, ensure_ascii=False)}\n"
        f"    asks: {json.dumps(asks, ensure_ascii=False)}\n    parameters: [{', '.join(taken)}]\n    reads: []\n"
        f"    evidence: [{', '.join(tables)}]\n"
    )
    site = project_root() / "_quarto.yml"
    entry = f"      - href: {name}.ipynb\n        text: {json.dumps(title, ensure_ascii=False)}\n"
    pages = list(
        re.finditer(r"      - href: \w+\.ipynb\n        text: .*\n", site.read_text(encoding="utf-8"))
    )
    text = site.read_text(encoding="utf-8")
    files = {
        notebooks_dir() / file: _notebook_text(name, title, asks, [deck.parameters[part] for part in taken]),
        cards: cards.read_text(encoding="utf-8").rstrip("\n") + "\n" + card,
    }
    if pages:
        files[site] = text[: pages[-1].end()] + entry + text[pages[-1].end() :]
    return files


def _notebook_text(name: str, title: str, asks: str, parameters: list) -> str:
    kinds = {"integer": "int"}
    values = "\n".join(
        f"{each.name}: {kinds.get(each.kind, 'str')} = {json.dumps(each.default)}  # {each.help}"
        for each in parameters
    )
    passed = ", ".join(f"{each.name}={each.name}" for each in parameters)
    start = (
        f'from helpers.results import start\n\nrun = start("{name}", {passed})\n'
        "evidence, day = run.evidence, run.as_of"
    )
    words = {
        "Question": asks,
        "Evidence": "Which rows this chapter rests on, and what is missing from them.",
        "Method": "What is computed from them, and by which function of the package.",
        "What would change it": "- The observation that would move the answer most.",
    }
    cells = [_cell("raw", f"---\ntitle: {title}\ndescription: {asks}\n---")]
    for section in _SECTIONS:
        cells.append(_cell("markdown", f"## {section}\n\n{words[section]}"))
        if section == "Question":
            cells += [_cell("code", values, ["parameters"]), _cell("code", start)]
    notebook = {
        "cells": [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, source: str, tags: list[str] | None = None) -> dict:
    cell = {
        "cell_type": kind,
        "metadata": {"tags": tags} if tags else {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
