"""One self-contained page about a run or a manifest.

folder --entries--> Entry --portrait--> Portrait --plots, cards, page--> HTML
"""
