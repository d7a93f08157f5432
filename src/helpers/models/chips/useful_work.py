"""How many Ascend 910C do the work of one GB200 NVL72.

Training: useful FLOP/s = chips x dense FP16 peak x MFU (model FLOP utilisation). Two readings: FP16 on both sides,
and each side in the best format that it has (the 910C has no FP8 units, so only NVIDIA's side gains).
Serving: measured tokens per second and chip of DeepSeek-R1 on either side, as published; a comparability factor
allows for their different context lengths, latency bounds and dates.

Monte Carlo over the priors of model `systems` (assumptions.csv), disputed chip rates and the spread of published
measurements. Every quantity has its own stream of the seed, so a new row moves no other result.
"""

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.chips.system_draws import COLUMNS, DRAWS, SystemDraws, summary
from helpers.models.chips.systems import DOMESTIC, REFERENCE


def chips_per_system(
    evidence: Evidence, systems: pd.DataFrame, seed: int, draws: int = DRAWS, scenario: dict | None = None
) -> pd.DataFrame:
    """Long form: how many 910C do the work of one NVL72, and how many NVL72 one CloudMatrix 384 is worth.

    Quantities `chips_per_nvl72` and `nvl72_per_cloudmatrix` by `workload` (training and serving, alike format and
    best format). A workload whose inputs are not known on `as_of` has no row.
    """
    known = systems.set_index("system_id") if len(systems) else systems
    if not {DOMESTIC, REFERENCE} <= set(known.index):
        return pd.DataFrame(columns=COLUMNS)
    ours, theirs = known.loc[DOMESTIC], known.loc[REFERENCE]
    draw = SystemDraws(evidence, seed, draws, scenario)
    rows = []
    for workload, basis, useful, rival, ids, sources in _workloads(ours, theirs, draw):
        if useful is None or rival is None:
            continue
        each = theirs["n_chips"] * rival / useful
        common = {"basis": basis, "workload": workload, "evidence": ids, "as_of": evidence.as_of.isoformat()}
        common["source_ids"] = ";".join(dict.fromkeys(sources.split(";")))
        common["period"] = evidence.as_of.isoformat()
        rows.append(summary("Ascend 910C", "chips_per_nvl72", "chips", each, common))
        rows.append(
            summary("CloudMatrix 384", "nvl72_per_cloudmatrix", "systems", ours["n_chips"] / each, common)
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _workloads(ours: pd.Series, theirs: pd.Series, draw: SystemDraws):
    """Workload, basis, useful work per 910C, useful work per GB200 GPU, evidence ids, source ids."""
    systems = f"{ours['source_ids']};{theirs['source_ids']}"
    peak = draw.between(
        "910C peak",
        ours["pflops_fp16_dense_low"] / ours["n_chips"],
        ours["pflops_fp16_dense_high"] / ours["n_chips"],
    )
    rival = theirs["pflops_fp16_dense"] / theirs["n_chips"]
    mfu, rival_mfu, gain = (
        draw.prior(name) for name in ("ascend_training_mfu", "nvl72_training_mfu", "fp8_training_gain")
    )
    ids = draw.ids("ascend_training_mfu", "nvl72_training_mfu")
    best_ids = draw.ids("ascend_training_mfu", "nvl72_training_mfu", "fp8_training_gain")
    useful = None if mfu is None else peak * mfu
    work = None if rival_mfu is None else rival * rival_mfu
    yield "training, FP16 on both", "dense FP16 peak x MFU", useful, work, ids, systems
    best = None if work is None or gain is None else work * gain
    yield "training, best format", "910C in FP16, NVL72 also in FP8", useful, best, best_ids, systems
    factor = draw.prior("serving_comparability")
    for metric, label in (
        ("decode_throughput", "generating tokens"),
        ("prefill_throughput", "reading prompts"),
    ):
        mine, facts = draw.measured("Ascend 910C", metric, False)
        for four_bit, form in ((False, "8-bit on both"), (True, "best format")):
            other, rival_facts = draw.measured("NVIDIA GB200", metric, four_bit)
            if other is not None and factor is not None:
                other = other * factor
            basis = "published DeepSeek-R1 tokens per second and chip"
            used = pd.concat([facts, rival_facts])
            ids, sources = (";".join(dict.fromkeys(used[name])) for name in ("fact_id", "source_id"))
            ids = ";".join([*ids.split(";"), draw.ids("serving_comparability")]).strip(";")
            yield f"{label}, {form}", basis, mine, other, ids, sources
