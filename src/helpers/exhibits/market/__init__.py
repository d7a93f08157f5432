"""Exhibits of the market chapter: a result of `helpers.models.market` in, an Exhibit out, or None.

None means that nothing was published on the question by the knowledge date; the notebook then says so.
"""

from helpers.exhibits.market.adoption import adoption_survey, genai_patents, registered_services
from helpers.exhibits.market.buyers import capex, price_per_flop, rental_prices
from helpers.exhibits.market.chinese import huawei_cloud, huawei_research, vendor_growth
from helpers.exhibits.market.concentration import concentration
from helpers.exhibits.market.models import model_gap
from helpers.exhibits.market.nvidia import charges, nvidia_china_revenue
from helpers.exhibits.market.shares import accelerator_shares, cloud_markets
from helpers.exhibits.market.substitution import substitution
from helpers.exhibits.market.value import sales_by_year

__all__ = [
    "accelerator_shares",
    "adoption_survey",
    "capex",
    "charges",
    "cloud_markets",
    "concentration",
    "genai_patents",
    "huawei_cloud",
    "huawei_research",
    "model_gap",
    "nvidia_china_revenue",
    "price_per_flop",
    "registered_services",
    "rental_prices",
    "sales_by_year",
    "substitution",
    "vendor_growth",
]
