"""The expert's page: generated pairs become a validated test set on one physician's machine, or on a hospital's.

``records`` keeps everything that was ever decided, append-only; ``ledger`` folds it to what holds now; ``protocol``
says who reads what; ``app`` serves it. Nothing here ever talks to another machine.
"""
