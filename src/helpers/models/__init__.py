"""Models: pure functions from evidence and assumptions to one tidy result; no files, no clock, no prior of their own.

chips       how far apart the chips and the systems are
capacity    how much compute China has
rules       what a licence was needed for, and when
policy, policy_findings   the rules as tables for the chapter, and its headline numbers
market      who sells, who buys, who gains
claims      what the press said, recomputed
priors      assumptions as distributions, and their draws
currency    amounts in dollars at the rate of their period
long_form   the columns of every result
"""
