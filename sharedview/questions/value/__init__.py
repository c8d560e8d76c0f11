"""Value for money of monitoring: what watching costs, and what it would have to achieve.

``monitoring`` holds the ways to watch and their cost, ``crime`` what happens in view and what it
costs, ``basis`` the figures taken, ``draws`` their uncertainty, ``allocation`` the best use of
operator hours, ``uses`` what a saving would buy; ``study`` puts them together and ``figures`` says
it.
"""
