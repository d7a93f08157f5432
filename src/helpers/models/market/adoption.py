"""Patents, use and registered services: three measures of adoption, none of which is quality.

WIPO counts patent **families** by inventor address, not granted patents. The SAS survey asks decision makers in
firms of 500 staff or more; "using" and "fully implemented" are two answers of one survey, and reverse the order of
countries. The Cyberspace Administration counts generative services filed with it, cumulatively.
"""

import pandas as pd

from helpers.evidence import Evidence
from helpers.models.market.series import OUTTURN, best_of, joined, long_form, observations, record

USING = "organisations using generative AI"
FULLY = "organisations that fully implemented it"
_SURVEY = {"orgs_using_genai": USING, "orgs_fully_implemented_genai": FULLY}
COUNTRIES = ("China", "United States", "Republic of Korea", "Japan", "India", "United Kingdom")


def patents(evidence: Evidence) -> pd.DataFrame:
    """Generative-AI patent families 2014 to 2023 (WIPO); one row is one country or applicant. Adds `kind`."""
    facts = observations(evidence.facts, ("genai_patent_families",))
    rows = []
    for fact in best_of(facts, ["entity", "period"]).to_dict("records"):
        kind = (
            "world"
            if fact["entity"] == "World"
            else "country"
            if fact["entity"] in COUNTRIES
            else "applicant"
        )
        basis = "WIPO, families by inventor address" if kind != "applicant" else "WIPO, families by applicant"
        rows.append(record(fact, "generative-AI patent families", "families", basis, kind=kind))
    frame = long_form(rows, evidence, ("kind",))
    return frame.sort_values(["kind", "p50"], ascending=[False, False], ignore_index=True)


def patent_ratio(families: pd.DataFrame) -> pd.DataFrame:
    """Families of China over those of the United States: one row, or none when either is unknown."""
    known = families.set_index("entity")
    if not {"China", "United States"} <= set(known.index):
        return families.iloc[:0]
    china, states = known.loc["China"], known.loc["United States"]
    row = families[families["entity"] == "China"].iloc[0].to_dict()
    row |= {
        "entity": "China over United States",
        "quantity": "ratio of generative-AI patent families",
        "unit": "times",
        "p50": china["p50"] / states["p50"],
        "evidence": joined(china["evidence"], states["evidence"]),
        "source_ids": joined(china["source_ids"], states["source_ids"]),
    }
    return pd.DataFrame([row], columns=families.columns)


def survey(evidence: Evidence) -> pd.DataFrame:
    """Share of organisations using, and fully using, generative AI (SAS, 2024); one row is one country and answer."""
    facts = best_of(observations(evidence.facts, tuple(_SURVEY)), ["entity", "metric", "period"])
    basis = "SAS survey of decision makers, firms of 500 or more staff, self-report"
    rows = [record(fact, _SURVEY[fact["metric"]], "percent", basis) for fact in facts.to_dict("records")]
    return long_form(rows, evidence).sort_values(["quantity", "p50"], ascending=False, ignore_index=True)


def ranks(answers: pd.DataFrame) -> pd.DataFrame:
    """Rank of each country on both answers; one row is one country that has both: using, fully, rank_*."""
    wide = answers.pivot_table(index="entity", columns="quantity", values="p50", aggfunc="first")
    if not {USING, FULLY} <= set(wide.columns):
        return pd.DataFrame(columns=["entity", "using", "fully", "rank_using", "rank_fully"])
    both = wide.dropna().rename(columns={USING: "using", FULLY: "fully"})
    both = both.assign(
        rank_using=both["using"].rank(ascending=False).astype(int),
        rank_fully=both["fully"].rank(ascending=False).astype(int),
    )
    return both.sort_values("rank_using").reset_index().rename_axis(columns=None)


def services(evidence: Evidence) -> pd.DataFrame:
    """Generative services filed with the Cyberspace Administration, cumulative; one row is one date."""
    facts = observations(evidence.facts, ("registered_genai_services",))
    rows = [
        record(
            fact,
            "generative services filed, cumulative",
            "services",
            "Cyberspace Administration, filed services",
        )
        for fact in best_of(facts, ["period"]).to_dict("records")
    ]
    return long_form(rows, evidence)


def users(evidence: Evidence) -> pd.DataFrame:
    """People who use generative AI in China (CNNIC); one row is one date. Accounts are not people and left out."""
    facts = observations(evidence.facts, ("genai_users",), statuses=OUTTURN)
    rows = [
        record(fact, "users of generative AI", "people", "CNNIC survey")
        for fact in best_of(facts, ["period"]).to_dict("records")
    ]
    return long_form(rows, evidence)
