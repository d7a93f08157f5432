"""Market: who sells, who buys, who gains. Pure functions from evidence to long-form tables.

series        which facts count, and the long form
revenue       NVIDIA, AMD and Intel in China by basis; charges of 2025
vendors       Chinese chip firms and SMIC
huawei        group, cloud by its definitions, R&D; the dollar conversions checked
shares        accelerators by definition; concentration (HHI)
cloud         cloud, AI cloud and tokens: three markets
capex         buyers in China and in the United States
prices        what a buyer pays per FLOP, and for renting
card_counts   cards of a product line in a year
substitution  what moved from whom to whom, in units, H100e and value
equivalence   H100-equivalents of a product line
model_gap     how far behind the models are, each measure by itself
adoption      patents, use and registered services
findings      the headline numbers
"""
