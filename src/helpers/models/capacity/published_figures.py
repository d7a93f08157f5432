"""The published figures against which the model is held: what each counts, and what explains where ours differs."""

from typing import NamedTuple

from helpers.models.capacity.legs import DOMESTIC

INDEPENDENT, TAKEN_UP, CITED = "independent", "taken up as a count", "our prior cites it"
# A count that the model takes up, compared with the model run without the counts of that house.
HELD_OUT = "taken up, left out here"


class Target(NamedTuple):
    """A published figure and what compares with it.

    leg: which part it checks; measure: `stock` (H100e brought in to the date), `added` (H100e in the period), `cards`
    or `dies` (sold in the period) or the key of a licensed chip; role: what the figure is to the model; why: what
    explains a gap, shown when ours lies outside; missed: what an earlier vintage could not know, shown when its band
    misses.
    """

    leg: str
    entity: str
    metric: str
    measure: str
    legs: tuple[str, ...]
    role: str
    why: str
    missed: str = ""


_UNCOUNTED = "no estimate of such a size was public yet"
_ORDERS = "only orders of named buyers were public"
_AMD = "IDC counts cards of every class; the prior rests on a charge for MI308 stock alone"
EPOCH_SCOPE = ("huawei", "cambricon", "nvidia", "amd", "smuggled")
TARGETS = (
    Target("total", "China", "cumulative_compute", "stock", EPOCH_SCOPE, INDEPENDENT,
           "scope: only the legs that Epoch counts; smuggling dominates both intervals"),
    Target("huawei", "Huawei Ascend", "cumulative_compute", "stock", ("huawei",), INDEPENDENT,
           "the share of 910C in IDC's cards, and Epoch's higher rate of a 910C"),
    Target("nvidia", "China licensed NVIDIA", "cumulative_compute", "stock", ("nvidia",), TAKEN_UP,
           "named buyers' orders, on which the priors rest, against all buyers", _ORDERS),
    Target("amd", "China legal AMD", "cumulative_compute", "stock", ("amd",), CITED,
           "IDC counts every card, Epoch those under the rules"),
    Target("cambricon", "Cambricon", "cumulative_compute", "stock", ("cambricon",), INDEPENDENT,
           "the mix of small cards is unknown"),
    Target("smuggled", "China smuggled NVIDIA", "cumulative_compute", "stock", ("smuggled",), CITED,
           "our prior is Epoch's interval", _UNCOUNTED),
    Target("smuggled", "China", "smuggled_chips", "added", ("smuggled",), INDEPENDENT,
           "chips against H100e: the mix of 2024 is near one for one", _UNCOUNTED),
    Target("smuggled", "China", "restricted_chips_in_country", "stock", ("smuggled",), INDEPENDENT,
           "an upper view of some officials, contested by others"),
    Target("huawei", "Huawei Ascend", "shipments", "cards", ("huawei",), TAKEN_UP, ""),
    Target("huawei", "Huawei Ascend", "production", "cards", ("huawei",), INDEPENDENT,
           "forecast within the year"),
    Target("huawei", "Huawei Ascend", "production_capacity", "cards", ("huawei",), INDEPENDENT,
           "an upper bound, stated within the year, on what can be made; the later count is far above it"),
    Target("huawei", "Huawei Ascend 910B and 910C", "shipments", "cards", ("huawei",), INDEPENDENT,
           "forecast within the year"),
    Target("huawei", "Huawei Ascend", "die_production", "dies", ("huawei",), INDEPENDENT,
           "dies made in the year against dies sold in it, which include a bank made before"),
    Target("thead", "Alibaba T-Head", "shipments", "cards", ("thead",), TAKEN_UP, ""),
    Target("kunlunxin", "Baidu Kunlunxin", "shipments", "cards", ("kunlunxin",), TAKEN_UP, ""),
    Target("cambricon", "Cambricon", "shipments", "cards", ("cambricon",), TAKEN_UP,
           "one early count is all but ignored, see the assumptions"),
    Target("domestic", "China", "domestic_ai_accelerator_shipments", "cards", DOMESTIC, TAKEN_UP, ""),
    Target("domestic", "China", "domestic_ai_chip_shipments", "cards", DOMESTIC, INDEPENDENT,
           "a broker's forecast within the year"),
    Target("nvidia", "NVIDIA H20", "production", "h20", ("nvidia",), INDEPENDENT,
           "made in nine months against sold in the same",
           "chips made, which run ahead of chips sold, of a part whose orders had just opened"),
    Target("nvidia", "NVIDIA H20", "shipments", "h20", ("nvidia",), INDEPENDENT, "forecast within the year"),
    Target("nvidia", "NVIDIA H20", "units", "h20", ("nvidia",), TAKEN_UP, "the newest release is taken up"),
    Target("nvidia", "NVIDIA A800", "cumulative_units", "a800", ("nvidia",), TAKEN_UP,
           "named buyers' orders, on which the prior rests, against all buyers", _ORDERS),
    Target("nvidia", "NVIDIA H800", "cumulative_units", "h800", ("nvidia",), TAKEN_UP,
           "named buyers' orders, on which the prior rests, against all buyers", _ORDERS),
    Target("amd", "AMD", "china_shipments", "amd", ("amd",), TAKEN_UP,
           _AMD, _AMD),
    Target("huawei", "Huawei Ascend 910B", "production", "cards", ("huawei",), TAKEN_UP, ""),
)  # fmt: skip
