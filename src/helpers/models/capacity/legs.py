"""The legs of the stock: who made the compute and how it came to China.

A leg is counted in cards or chips, turned into H100e by a reference chip of the chip table, and belongs to one
route. Structure only: what a leg's size may be is a row of the assumptions sheet or of the facts.
"""

from typing import NamedTuple


class Vendor(NamedTuple):
    """A Chinese vendor counted by shipments. entity: as in the facts; reference: chip that stands for its cards."""

    leg: str
    name: str
    entity: str
    reference: tuple[str, ...]


class Licensed(NamedTuple):
    """A chip sold under the rules. token: as in the events; entity: as in the facts; chip_id None: rate unknown."""

    key: str
    token: str
    entity: str
    chip_id: str | None
    leg: str
    launched_with: str


VENDORS = (
    Vendor("cambricon", "Cambricon", "Cambricon", ("mlu590",)),
    Vendor("hygon", "Hygon", "Hygon", ("hygon_k100_ai",)),
    Vendor("thead", "T-Head", "Alibaba T-Head", ("ppu_810e",)),
    Vendor("kunlunxin", "Kunlunxin", "Baidu Kunlunxin", ("kunlun_p800",)),
    Vendor("others", "others", "", ("metax_c500",)),
)

LICENSED = (
    Licensed("a100", "A100", "NVIDIA A100 to China", "a100_sxm_80", "nvidia", "a100_sxm_80"),
    Licensed("a800", "A800", "NVIDIA A800", "a800_sxm_80", "nvidia", "a800_sxm_80"),
    Licensed("h800", "H800", "NVIDIA H800", "h800_sxm", "nvidia", "h800_sxm"),
    Licensed("h20", "H20", "NVIDIA H20", "h20_96", "nvidia", "h20_96"),
    Licensed("h200", "H200", "NVIDIA H200", "h200_sxm", "nvidia", "h200_sxm"),
    Licensed("b30a", "B30A", "NVIDIA B30A", "b30a", "nvidia", "b30a"),
    Licensed("amd", "MI308", "AMD", None, "amd", "h20_96"),
)

HUAWEI_ENTITIES = ("Huawei Ascend", "Huawei Ascend 910B", "Huawei Ascend 910C", "Huawei Ascend 910B and 910C")

# leg: (name as the exhibits colour it, route)
LEGS = {
    "huawei": ("Huawei", "domestic"),
    "cambricon": ("Cambricon", "domestic"),
    "hygon": ("Hygon", "domestic"),
    "thead": ("T-Head", "domestic"),
    "kunlunxin": ("Kunlunxin", "domestic"),
    "others": ("others", "domestic"),
    "nvidia": ("NVIDIA", "licensed imports"),
    "amd": ("AMD", "licensed imports"),
    "smuggled": ("smuggled", "smuggled"),
}
DOMESTIC = tuple(leg for leg, (_, route) in LEGS.items() if route == "domestic")
ROUTES = ("domestic", "licensed imports", "smuggled")
