"""How far apart the chips are: pure functions of the evidence as known on a date.

specs       one row a chip: rates, memory, power and what follows from them, with the range the sources leave open
frontier    the best chip shipping, per country and metric, over time
lag         how long ago a US chip first reached what China's best ships
growth      growth rates of the frontier and of all chips, with standard errors
comparison  Ascend against NVIDIA, specification by specification, and what was said of them
roofline    what a chip can do at each arithmetic intensity, and the ratio by bound
systems     systems as sold: the table and the ratios of two of them
useful_work how many chips do the work of one system
useful_cost what a unit of useful compute costs on each
headlines   the numbers that prose may quote
"""
