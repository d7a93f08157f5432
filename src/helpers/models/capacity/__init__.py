"""How much AI compute China has: a stock-flow model by quarter, judged against what became known.

legs, quarters, equivalents   the parts counted, the time axis, H100-equivalents
domestic, imports             flows: Chinese makers; licensed sales, leakage, rental abroad
observations, stock           published counts taken up by the draws; the model itself
"""
