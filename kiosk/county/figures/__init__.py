"""The county's figures: what a year, or some months of it, came to for the whole county, a township or a station.

`tally` says what each figure means and counts one station's records; `count` keeps those counts in the hub's table and adds them up;
`answer` makes of them what a page shows. Counts are by month, so every span of months is a sum.
"""
