"""The schedule: a build that nobody watches, and many builds at once.

log         what happened, in JSON lines
stages      the stages of an unattended run, their exit codes, and what is tried again
message     the word sent when a run ends
publishing  the verified site to where readers are, and what changed with it
unattended  refresh, check, freshness, build, verify, publish, changes; in this order, under one lock
plan, edition_task, executors, comparison, sweep   many editions, on this machine or a cluster, side by side
"""
