"""Which private cameras to integrate, and where new ones would see most, for a budget.

``problem`` states maximal covering as arrays, ``reduction`` makes it small, ``greedy`` and
``bound`` enclose it, ``max_coverage`` proves it and ``fairness`` looks after the least seen;
``candidates`` come from cameras and places, ``plan`` puts them together and ``tables`` says it.
"""
