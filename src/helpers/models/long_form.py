"""The long form in which every model hands on its numbers: one row is one quantity of one thing in one period.

entity, period, quantity, unit, basis   what the number is of, when it is true, and on what definition
p5, p50, p95                            the middle and the ends of its range, in that unit; empty where unknown
as_of                                   the knowledge date
evidence                                ids of the rows that it rests on, separated by `;`
"""

LONG_FORM = ("entity", "period", "quantity", "unit", "basis", "p5", "p50", "p95", "as_of", "evidence")
