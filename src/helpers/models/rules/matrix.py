"""Chips by rule date: the statuses as a matrix that can be shown, versions with one history joined."""

import pandas as pd

from helpers.models.rules.engine import FREE


def status_matrix(table: pd.DataFrame, chips: pd.DataFrame) -> pd.DataFrame:
    """One row per label and day: label, versions, chip_ids, vendor, day, on_sale, status; in the order to be shown.

    table: of `statuses`; chips: the chips table. Only US-made chips that some rule ever reached while they were on
    sale. Versions that share their first alias and every status (the four A100) become one row with that alias.
    """
    rows = table[table["vendor_hq"] == "US"]
    reached = rows[rows["on_sale"].astype(bool) & (rows["status"] != FREE)]["chip_id"].unique()
    rows = rows[rows["chip_id"].isin(reached)].sort_values(["chip_id", "day"], kind="stable")
    if rows.empty:
        return pd.DataFrame(columns=["label", "versions", "chip_ids", "vendor", "day", "on_sale", "status"])
    alias = dict(zip(chips["chip_id"], _first_alias(chips), strict=True))
    histories: dict[tuple, list[str]] = {}
    for chip_id, history in rows.groupby("chip_id", sort=False):
        shown = history["status"].where(history["on_sale"].astype(bool), "")
        histories.setdefault((alias[chip_id], *shown), []).append(chip_id)
    split = pd.Series([key[0] for key in histories]).value_counts()
    names = dict(zip(chips["chip_id"], chips["name"], strict=True))
    labels = {
        chip_id: _label(key[0], names[members[0]], len(members), split[key[0]])
        for key, members in histories.items()
        for chip_id in members
    }
    members = {labels[group[0]]: group for group in histories.values()}
    rows = rows.assign(label=rows["chip_id"].map(labels))
    rows = rows.drop_duplicates(["label", "day"])
    rows = rows.assign(
        versions=rows["label"].map(lambda label: len(members[label])),
        chip_ids=rows["label"].map(lambda label: ";".join(members[label])),
    )
    hit = rows[rows["on_sale"].astype(bool) & (rows["status"] != FREE)].groupby("label")["day"].min()
    rows = rows.assign(first=rows["label"].map(hit))
    rows = rows.sort_values(["first", "vendor", "label", "day"], kind="stable")
    return rows[["label", "versions", "chip_ids", "vendor", "day", "on_sale", "status"]].reset_index(
        drop=True
    )


def _label(alias: str, name: str, versions: int, histories: int) -> str:
    if histories == 1:
        return alias
    return name if versions == 1 else f"{alias} ({versions} versions)"


def _first_alias(chips: pd.DataFrame) -> list[str]:
    aliases = chips["aliases"] if "aliases" in chips else pd.Series([""] * len(chips))
    return [alias.split(";")[0] or name for alias, name in zip(aliases, chips["name"], strict=True)]
