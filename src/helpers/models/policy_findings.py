"""Headline numbers of the policy chapter, as arguments of `Run.headlines`."""

from datetime import date

import pandas as pd

NEEDING = ("licence-required", "case-by-case", "licence-letter")
_OPEN = "range over chips that cannot be told"
_RULES = "rules and figures known on the date; US-made chips on sale"


def policy_findings(
    rules: pd.DataFrame,
    matrix: pd.DataFrame,
    frontier: pd.DataFrame,
    summary: pd.DataFrame,
    agreed: pd.DataFrame,
    as_of: date,
) -> list[dict]:
    """What the chapter found, most important first; fewer in an edition that knows less.

    rules: of `rules_in_force`; matrix: of `status_matrix`; frontier: of `legal_frontier`; summary: of
    `caught_summary`; agreed: of `agreement`.
    """
    sources = _sources(rules[rules["level"] == "chip"])
    found = [
        *_frontier(frontier, "tpp", "US chips", "compute (TPP)", "legal-frontier-compute", True),
        *_frontier(
            frontier,
            "memory_bandwidth",
            "US data-centre chips",
            "memory bandwidth",
            "legal-frontier-memory",
            False,
        ),
        *_needing(matrix, sources, as_of),
        *_caught(summary, sources),
        *_agreed(agreed),
    ]
    return [row for row in found if row["evidence"]]


def _frontier(
    frontier: pd.DataFrame, metric: str, entity: str, words: str, name: str, key: bool
) -> list[dict]:
    rows = frontier[(frontier["quantity"] == f"legal_frontier_{metric}") & (frontier["entity"] == entity)]
    free = rows[rows["basis"] == "no licence"].dropna(subset=["p50"]).sort_values("period")
    best = rows[rows["basis"] == "best on sale"].dropna(subset=["p50"]).sort_values("period")
    if free.empty or best.empty or free["p50"].nunique() < 2:
        return []
    now, top = free.iloc[-1], best.iloc[-1]
    low, high = 100 * now["p50"] / top["p50"], min(100.0, 100 * now["p95"] / top["p50"])
    return [
        {
            "id": name, "value": low, "low": low, "high": high, "spread": _OPEN, "unit": "percent",
            "basis": f"{entity} on sale, dense rates",
            "shown": f"{low:.0f} %", "label": f"of the best chip's {words} is free of licence",
            "sentence": f"The best of the {entity} that China may buy without a licence ({_bare(now['chip'])}) has "
            f"{{shown}} of the {words} of the best on sale ({_bare(top['chip'])}).",
            "period": now["period"], "confidence": "medium", "key": key,
            "exhibit": f"policy-legal-frontier-{metric.replace('_', '-')}"
            + ("-data-centre" if "data-centre" in entity else ""),
            "evidence": _split(now["evidence"], top["evidence"]),
        }
    ]  # fmt: skip


def _needing(matrix: pd.DataFrame, sources: list[str], as_of: date) -> list[dict]:
    rows = matrix[matrix["on_sale"].astype(bool) & (matrix["day"] == as_of.isoformat())]
    if rows.empty:
        return []
    need, unclear = int(rows["status"].isin(NEEDING).sum()), int((rows["status"] == "undetermined").sum())
    return [
        {
            "id": "chips-needing-licence", "value": need, "low": need, "high": need + unclear, "spread": _OPEN,
            "unit": "chips",
            "basis": _RULES, "shown": f"{need}", "label": f"of {len(rows)} chips a rule ever reached need a licence",
            "sentence": f"Of {len(rows)} US chips that a rule ever reached, {{shown}} need a licence for China"
            + (f"; for {unclear} the published figures do not tell." if unclear else "."),
            "period": as_of.isoformat(), "confidence": "medium", "key": False, "exhibit": "policy-chip-status",
            "evidence": sources,
        }
    ]  # fmt: skip


def _caught(summary: pd.DataFrame, sources: list[str]) -> list[dict]:
    if summary.empty:
        return []
    total = summary.assign(total=summary["licence"] + summary["notification"])
    most = total.sort_values(["total", "day"], ascending=[False, True], kind="stable").iloc[0]
    return [
        {
            "id": "chips-caught-most", "value": int(most["total"]), "unit": "chips", "basis": _RULES,
            "shown": f"{int(most['total'])}", "label": "chips on sale caught by the widest rule change",
            "sentence": f"The change of {pd.Timestamp(most['day']):%B %Y} caught {{shown}} of the "
            f"{int(most['on_sale'])} US chips then on sale.",
            "period": most["day"], "confidence": "medium", "key": False, "exhibit": "policy-chips-caught",
            "evidence": sources,
        }
    ]  # fmt: skip


def _agreed(agreed: pd.DataFrame) -> list[dict]:
    core = agreed[agreed["tier"] == "core"]
    if core.empty:
        return []
    count = int(core["agrees"].astype(bool).sum())
    wrong = int((~core["agrees"].astype(bool) & (core["engine_status"] != "undetermined")).sum())
    return [
        {
            "id": "rule-engine-agreement", "value": count, "unit": "statements",
            "basis": "published statements of tier core", "shown": f"{count} of {len(core)}",
            "label": "core statements that the engine repeats",
            "sentence": "The rule engine repeats {shown} core statements on chips and "
            + ("contradicts none." if not wrong else f"contradicts {wrong}."),
            "period": str(core["as_of"].max()), "confidence": "high", "key": False, "exhibit": "policy-agreement",
            "evidence": sorted({source for source in core["source_id"] if source}),
        }
    ]  # fmt: skip


def _bare(chip: str) -> str:
    """The name without its brackets: `GB300 (per GPU)` stands in brackets itself."""
    return chip.partition(" (")[0]


def _sources(rules: pd.DataFrame) -> list[str]:
    return list(_split(*rules["source_ids"]))


def _split(*joined: str) -> list[str]:
    return list(dict.fromkeys(source for ids in joined for source in str(ids).split(";") if source))
