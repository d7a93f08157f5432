"""What a finding is: the arguments of `Run.headline` as a dict."""

import pandas as pd


def finding(id: str, value: float, unit: str, basis: str, label: str, sentence: str, **more) -> dict:
    """One headline; `more` holds low, high, shown, period, evidence, exhibit, confidence and key."""
    return {
        "id": id,
        "value": float(value),
        "unit": unit,
        "basis": basis,
        "label": label,
        "sentence": sentence,
        **more,
    }


def ids(rows: pd.DataFrame | pd.Series) -> list[str]:
    """Every evidence id of a row or of rows, once."""
    cells = [rows["evidence"]] if isinstance(rows, pd.Series) else rows["evidence"]
    return list(dict.fromkeys(part for cell in cells for part in str(cell).split(";") if part))


def known(bound: float) -> float | None:
    """A bound as a headline takes it: None where it is unknown."""
    return None if pd.isna(bound) else float(bound)
