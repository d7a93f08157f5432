"""Ascend against NVIDIA, specification by specification, and what was said of them.

An Ascend name covers several bins (a 910B is 280 to 414 TFLOPS): its range is the outer one of the bins and of their
disputed values, its middle the row for chips whose bin is not stated. Ratios are dense peak over dense peak.
"""

from datetime import date

import numpy as np
import pandas as pd

from helpers.evidence import Evidence
from helpers.models.chips.specs import METRICS
from helpers.models.long_form import LONG_FORM

# Name for readers -> how the ids of its bins begin; the shortest id is the bin not stated.
ASCEND = {
    "Ascend 910B": "ascend_910b",
    "Ascend 910C": "ascend_910c",
    "Ascend 950PR": "ascend_950pr_atlas350",
    "Ascend 950DT": "ascend_950dt_atlas",
}
NVIDIA = {
    "A100": "a100_sxm_80",
    "A800": "a800_sxm_80",
    "H100": "h100_sxm",
    "H800": "h800_sxm",
    "H20": "h20_96",
    "H200": "h200_sxm",
    "B200": "b200",
}
COMPARED = ("tflops_fp16", "tops_8bit", "memory_gb", "memory_bw_gbs", "interconnect_gbs", "tflops_fp16_per_w")
BASIS = "peak over peak, dense; range over bins and disputed values"
# Statement, factor over the A100, and whether it speaks of the best case ("up to") or of the chip as such.
STATEMENTS = (
    ("910B matches the A100", 1.0, False),
    ("910B is up to 20 % ahead of the A100", 1.2, True),
)
# Measured on both sides: label, Ascend fact, NVIDIA fact (None: the fact is itself a percentage of the reference).
_MEASURED = (
    ("Ascend 910B", "A100", "FP16 matrix multiply, measured", "f-flagperf-910b-fp16", "f-flagperf-a100-fp16"),
    ("Ascend 910B", "A100", "LLM training, as stated by Huawei", "c-910b-claim-training", None),
    ("Ascend 910C", "H100", "inference, as stated by DeepSeek", "f-910c-h100-infer", None),
    ("Ascend 910C", "H100", "decode of DeepSeek-R1, measured", "f-serve-910c-decode", "f-serve-h100-decode"),
    (
        "Ascend 910C",
        "H100",
        "decode per peak TFLOPS, measured",
        "f-serve-910c-decode-eff",
        "f-serve-h100-decode-eff",
    ),
    (
        "Ascend 910C",
        "H100",
        "prompts per peak TFLOPS, measured",
        "f-serve-910c-prefill-eff",
        "f-serve-h100-prefill-eff",
    ),
    ("Ascend 910C", "H800", "decode of DeepSeek-R1, measured", "f-serve-910c-decode", "f-serve-h800-decode"),
)


def chip_range(table: pd.DataFrame, prefix: str, metric: str) -> tuple[float, float, float]:
    """Low, middle and high of a metric over the bins whose ids begin with `prefix`; NaN where unknown."""
    bins = table[table["chip_id"].str.startswith(prefix)]
    if bins.empty:
        return np.nan, np.nan, np.nan
    middle = bins.sort_values("chip_id", key=lambda ids: ids.str.len())[metric].iloc[0]
    return float(bins[f"{metric}_low"].min()), float(middle), float(bins[f"{metric}_high"].max())


def ratios(
    table: pd.DataFrame,
    as_of: date,
    chips: dict[str, str] | None = None,
    references: dict[str, str] | None = None,
    metrics: tuple[str, ...] = COMPARED,
) -> pd.DataFrame:
    """Long form: one row is a chip over a reference in one metric; unknown ratios are left out.

    chips, references: name for readers -> beginning of the ids of its bins (all Ascends, all NVIDIA chips).
    """
    rows = []
    chips, references = chips or ASCEND, references or NVIDIA
    span = {
        (prefix, metric): chip_range(table, prefix, metric)
        for prefix in {*chips.values(), *references.values()}
        for metric in metrics
    }
    for name, prefix in chips.items():
        for reference, reference_id in references.items():
            evidence = _sources(table, prefix, reference_id)
            for metric in metrics:
                (low, middle, high), (below, other, above) = span[prefix, metric], span[reference_id, metric]
                rows.append(
                    {
                        "entity": f"{name} over {reference}",
                        "period": as_of.isoformat(),
                        "quantity": f"ratio_{metric}",
                        "unit": "x",
                        "basis": BASIS,
                        "p5": low / above,
                        "p50": middle / other,
                        "p95": high / below,
                        "as_of": as_of.isoformat(),
                        "evidence": evidence,
                        "chip": name,
                        "reference": reference,
                        "metric": METRICS[metric].label,
                    }
                )
    frame = pd.DataFrame(rows, columns=[*LONG_FORM, "chip", "reference", "metric"])
    return frame.dropna(subset=["p50"]).reset_index(drop=True)


def measured_ratios(evidence: Evidence) -> pd.DataFrame:
    """One row is a measured or stated ratio of an Ascend to an NVIDIA chip: chip, reference, metric, ratio, facts."""
    facts = {row["fact_id"]: row for row in evidence.facts.to_dict("records")}
    rows = []
    for chip, reference, label, ours, theirs in _MEASURED:
        if ours not in facts or (theirs and theirs not in facts):
            continue
        ratio = facts[ours]["value"] / (facts[theirs]["value"] if theirs else 100)
        used = [name for name in (ours, theirs) if name]
        sources = ";".join(dict.fromkeys(facts[name]["source_id"] for name in used))
        rows.append((chip, reference, label, ratio, facts[ours]["status"], ";".join(used), sources))
    return pd.DataFrame(
        rows, columns=["chip", "reference", "metric", "ratio", "status", "fact_ids", "source_ids"]
    )


def verdicts(ratio_rows: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """What was said of the 910B and the A100, against every specification and measurement known on the date.

    One row is a statement: `met` and `missed` name the ratios on either side of its factor, `verdict` is `supported`
    (all met), `contradicted` (none) or `mixed`, and `undetermined` where nothing is known.
    """
    specs = ratio_rows[(ratio_rows["chip"] == "Ascend 910B") & (ratio_rows["reference"] == "A100")]
    tests = measured[(measured["chip"] == "Ascend 910B") & (measured["reference"] == "A100")]
    rows = []
    for statement, factor, best_case in STATEMENTS:
        side = "p95" if best_case else "p50"
        held = [(row["metric"], row[side]) for row in specs.to_dict("records")]
        held += [(row["metric"], row["ratio"]) for row in tests.to_dict("records")]
        met = [f"{label} {value:.2f}" for label, value in held if value >= factor]
        missed = [f"{label} {value:.2f}" for label, value in held if value < factor]
        verdict = (
            "mixed"
            if met and missed
            else "supported"
            if met
            else "contradicted"
            if missed
            else "undetermined"
        )
        sides = f"Met by {', '.join(met) or 'nothing'}; missed by {', '.join(missed) or 'nothing'}."
        sentence = f"{statement}: {verdict}. {sides}"
        rows.append((statement, factor, verdict, "; ".join(met), "; ".join(missed), sentence))
    return pd.DataFrame(rows, columns=["statement", "factor", "verdict", "met", "missed", "sentence"])


def _sources(table: pd.DataFrame, *prefixes: str) -> str:
    rows = table[table["chip_id"].str.startswith(prefixes)]
    return ";".join(dict.fromkeys(name for ids in rows["source_ids"] for name in ids.split(";") if name))
