"""Best practice: boroughs beside like boroughs, and a refusal to rank what cannot be ranked.

``comparators`` holds what is known, ``like_for_like`` who may be compared, ``ranking`` what carries
an order, ``dea`` and its ``bootstrap`` the efficiency of rooms (``room_efficiency``); ``boroughs``
puts them together.
"""
