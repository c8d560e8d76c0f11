"""Officers' time to obtain footage under each plan.

``bases`` reads where officers start, ``queueing`` holds Erlang's formulas, ``hours`` the
arithmetic, ``model`` the checked inputs, ``plans`` the answer for each plan; ``tables`` and
``figures`` say it.
"""
