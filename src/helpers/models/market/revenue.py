"""Revenue from China of NVIDIA, AMD and Intel, by basis and by quarter, and what the rules of 2025 cost.

Two bases are never chained. *Billing location* is where the invoice goes, as first filed up to NVIDIA's second
quarter of fiscal 2026; *customer headquarters* is where the buyer is based, the only basis since. The same quarter
differs by half or more between them. Both include Hong Kong.
"""

import re

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.market.series import OUTTURN, best_of, joined, long_form, observations, record

BILLING = "billing location, as first filed"
HEADQUARTERS = "customer headquarters"
REVENUE = "revenue from China incl. Hong Kong"
SELLERS = ("NVIDIA", "AMD", "Intel")
CHARGES = {
    "inventory_charge": "inventory charge",
    "lost_revenue": "sales lost to the licence rule",
    "potential_revenue": "sales possible if licensed",
}
# The rules that moved these sales: rows of events.csv and what a chart calls them.
RULES = {
    "pe-2022-10-07": "Oct 2022 rule",
    "pe-2023-10-17": "Oct 2023 rule",
    "pe-2025-04-09": "Apr 2025 licence rule",
}
_FISCAL = re.compile(r"FY(\d{4})(?:-Q([1-4]))?(?: \(.*\))?$")


def china_revenue(evidence: Evidence) -> pd.DataFrame:
    """Revenue from China in USD; one row is one company, period and basis.

    Adds `grain` (quarter or year), `fiscal_year`, `calendar` (the calendar quarter or year that holds the middle
    of the fiscal one) and keeps the first filing where several state a number. A fourth quarter that no filing
    states is the year less its three quarters on the same basis, with status `derived`.
    """
    facts = observations(evidence.facts, ("china_hk_revenue", "china_revenue"), SELLERS, OUTTURN)
    facts = facts[facts["unit"] == "USD"]
    if facts.empty:
        return long_form([], evidence, ("grain", "fiscal_year", "calendar"))
    marked = facts.assign(
        basis_=[_basis(stated) for stated in facts["basis"]],
        label=[period_label(text) for text in facts["period"]],
    )
    marked = best_of(marked.dropna(subset=["label", "basis_"]), ["entity", "label", "basis_"])
    rows = []
    for fact in marked.to_dict("records"):
        grain = "quarter" if "-Q" in fact["label"] else "year"
        calendar = calendar_label(fact["period_start"], fact["period_end"], grain)
        more = {
            "period": fact["label"],
            "grain": grain,
            "fiscal_year": fact["label"][:6],
            "calendar": calendar,
        }
        rows.append(record(fact, REVENUE, "USD", fact["basis_"], **more))
    rows += _fourth_quarters(rows)
    frame = long_form(rows, evidence, ("grain", "fiscal_year", "calendar"))
    return frame.sort_values(["entity", "basis", "grain", "period_end"], ignore_index=True)


def quarter_sums(revenue: pd.DataFrame) -> pd.DataFrame:
    """Fiscal years against the sum of their quarters on the same basis; one row is one company, year and basis.

    Columns: entity, basis, fiscal_year, quarters (how many), sum_usd, year_usd, difference_usd (empty unless the
    year has four quarters and a total), derived (a quarter is itself a difference, so the check says nothing).
    """
    rows = []
    for (entity, basis, year), part in revenue.groupby(["entity", "basis", "fiscal_year"], sort=True):
        quarters = part[part["grain"] == "quarter"]
        total = part[part["grain"] == "year"]["p50"].max()
        if quarters.empty:
            continue
        summed = quarters["p50"].sum()
        difference = summed - total if len(quarters) == 4 else float("nan")
        derived = bool(quarters["status"].isin(["derived", "estimated"]).any())
        rows.append((entity, basis, year, len(quarters), summed, total, difference, derived))
    names = ["entity", "basis", "fiscal_year", "quarters", "sum_usd", "year_usd", "difference_usd", "derived"]
    return pd.DataFrame(rows, columns=names)


def basis_gap(revenue: pd.DataFrame) -> pd.DataFrame:
    """Quarters that both bases give; one row is one quarter: billing_usd, headquarters_usd and their ratio."""
    quarters = revenue[(revenue["grain"] == "quarter") & (revenue["entity"] == "NVIDIA")]
    wide = quarters.pivot_table(index=["period", "calendar"], columns="basis", values="p50", aggfunc="first")
    if not {BILLING, HEADQUARTERS} <= set(wide.columns):
        return pd.DataFrame(
            columns=["period", "calendar", "billing_usd", "headquarters_usd", "ratio", "evidence"]
        )
    both = wide.dropna(subset=[BILLING, HEADQUARTERS]).reset_index()
    ids = quarters.groupby("period")["evidence"].agg(lambda cells: joined(*cells))
    return pd.DataFrame(
        {
            "period": both["period"],
            "calendar": both["calendar"],
            "billing_usd": both[BILLING],
            "headquarters_usd": both[HEADQUARTERS],
            "ratio": both[HEADQUARTERS] / both[BILLING],
            "evidence": both["period"].map(ids),
        }
    ).sort_values("calendar", ignore_index=True)


def charges(evidence: Evidence) -> pd.DataFrame:
    """Charges, lost and possible sales in USD that makers put down to export rules.

    One row is one statement; basis `booked` or `guided`. A warning of April 2025 and the charge booked later are
    two rows of one event: never add them.
    """
    facts = observations(evidence.facts, tuple(CHARGES))
    rows = []
    for fact in facts[facts["unit"] == "USD"].to_dict("records"):
        basis = "booked" if fact["status"] in ("measured", "reported") else "guided"
        rows.append(record(fact, CHARGES[fact["metric"]], "USD", basis))
    return long_form(rows, evidence)


def charge_totals(statements: pd.DataFrame) -> pd.DataFrame:
    """Booked inventory charges, and sales lost, by the calendar year they fall in; one row is one year and quantity.

    A charge counts when booked. Lost sales count as stated: a quarter's unshipped orders are booked, the next
    quarter's loss was guided, and no quarter is in twice. Columns: year, quantity, usd, evidence.
    """
    counted = statements[
        ((statements["quantity"] == CHARGES["inventory_charge"]) & (statements["basis"] == "booked"))
        | (statements["quantity"] == CHARGES["lost_revenue"])
    ]
    rows = [
        (int(year), quantity, part["p50"].sum(), joined(*part["evidence"]))
        for (year, quantity), part in counted.groupby([counted["period_end"].dt.year, "quantity"], sort=True)
    ]
    return pd.DataFrame(rows, columns=["year", "quantity", "usd", "evidence"])


def rule_dates(evidence: Evidence) -> pd.DataFrame:
    """The rules that a chart of these sales marks; one row is one rule: label, date, event_id, source_ids."""
    events = evidence.events
    if events.empty:
        return pd.DataFrame(columns=["label", "date", "event_id", "source_ids"])
    known = events[events["event_id"].isin(RULES)]
    return pd.DataFrame(
        {
            "label": known["event_id"].map(RULES),
            "date": pd.to_datetime(known["date"]),
            "event_id": known["event_id"],
            "source_ids": known["source_ids"],
        }
    ).sort_values("date", ignore_index=True)


def period_label(text: str) -> str | None:
    """`FY2025-Q3 (quarter ended 2024-10-27)` as `FY2025-Q3`; None for halves and other spans."""
    if found := _FISCAL.match(text):
        return f"FY{found[1]}" + (f"-Q{found[2]}" if found[2] else "")
    return text if re.match(r"\d{4}(-Q[1-4])?$", text) else None


def calendar_label(start: pd.Timestamp, end: pd.Timestamp, grain: str) -> str:
    """The calendar quarter (2024-Q3) or year that holds the middle day of a fiscal period."""
    middle = start + (end - start) / 2
    return f"{middle.year}-Q{middle.quarter}" if grain == "quarter" else str(middle.year)


def _basis(stated: str) -> str | None:
    """The basis as this chapter names it; None for a figure whose basis is not stated."""
    if stated.startswith("customer headquarters"):
        return HEADQUARTERS
    return BILLING if stated.startswith("billing location") else None


def _fourth_quarters(rows: list[dict]) -> list[dict]:
    known = {(row["entity"], row["basis"], row["period"]): row for row in rows}
    derived = []
    for (entity, basis, period), year in list(known.items()):
        thirds = [known.get((entity, basis, f"{period}-Q{number}")) for number in (1, 2, 3)]
        if year["grain"] != "year" or not all(thirds) or (entity, basis, f"{period}-Q4") in known:
            continue
        start = max(third["period_end"] for third in thirds) + pd.Timedelta(days=1)
        # The bounds of the year carry over; those of the quarters where a filing's rounding is stated.
        low, value, high = (
            year[one] - sum(third["p50"] if pd.isna(third[other]) else third[other] for third in thirds)
            for one, other in (("p5", "p95"), ("p50", "p50"), ("p95", "p5"))
        )
        derived.append(
            {
                **year,
                "period": f"{period}-Q4",
                "p5": low,
                "p50": value,
                "p95": high,
                "grain": "quarter",
                "calendar": calendar_label(start, year["period_end"], "quarter"),
                "period_start": start,
                "status": "derived",
                "evidence": joined(year["evidence"], *(third["evidence"] for third in thirds)),
                "source_ids": joined(year["source_ids"], *(third["source_ids"] for third in thirds)),
            }
        )
    return derived
