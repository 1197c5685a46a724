"""Figures, outside the tests: ``python -m benchmarks`` runs every ``bench_*.py`` of this folder.

A module ``bench_NAME.py`` has one function ``run()`` that returns a list of rows. A row is a dict::

    {"name": "formal.gwp(10)", "seconds": 1.1,            # required
     "peer": "published sample", "peer_seconds": 46.0,    # what it is compared with in the same run
     "ratio": 41.8,                                       # peer_seconds / seconds unless given
     "peak_mb": 410.0, "target": "under 2 s and 500 MB"}  # what it must reach, as text

Every module runs in a process of its own, so that caches and memory of one do not flatter or burden another.
"""
