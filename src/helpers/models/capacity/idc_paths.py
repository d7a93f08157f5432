"""IDC's five-year paths of intelligent compute, held against what IDC itself counted later.

A path is stated by its two ends (a base year and a last year); in between it is read at constant growth, which is
how IDC words it. The model does not compete: IDC counts what stood before 2022 too.
"""

import numpy as np
import pandas as pd

METRIC = "intelligent_compute_idc"
QUANTITY = "IDC's AI EFLOPS"


def idc_paths(facts: pd.DataFrame) -> list[dict]:
    """Each path at each year that IDC counted later. One dict is one year of one path.

    Keys: outturn and ends (rows of `facts`), value (EFLOPS, read off the path), note.
    """
    rows = facts[(facts["entity"] == "China") & (facts["metric"] == METRIC) & facts["value"].notna()]
    counted = rows[(rows["status"] == "estimated") & (rows["period_end"] <= rows["published"])]
    found = []
    for said, told in rows.groupby("published"):
        base = counted[counted["published"] == said].sort_values("period_end").tail(1)
        later = told[told["status"] == "forecast"].sort_values("period_end")
        known = counted[(counted["published"] > said) & ~counted["period_end"].isin(later["period_end"])]
        for outturn in known.sort_values("period_end").itertuples():
            path = pd.concat([base, later]).sort_values("period_end")
            before = path[path["period_end"] <= outturn.period_end].tail(1)
            after = path[path["period_end"] > outturn.period_end].head(1)
            if len(before) and len(after):
                found.append(_read(before.iloc[0], after.iloc[0], outturn))
    return found


def _read(start: pd.Series, end: pd.Series, outturn) -> dict:
    years = outturn.period_end.year - start["period_end"].year
    span = end["period_end"].year - start["period_end"].year
    value = start["value"] * (end["value"] / start["value"]) ** (years / span)
    note = f"read off its path from {start['period_end'].year} to {end['period_end'].year} at constant growth"
    ids = f"{start['fact_id']};{end['fact_id']}"
    return {"outturn": outturn, "said": end["published"], "value": float(value), "note": note, "fact_ids": ids,
            "source_id": end["source_id"], "score": float(abs(np.log(value / outturn.value)))}  # fmt: skip
