"""The cheapest upgrades that bring cameras to a standard: ``model`` as arrays, ``plan`` as frames.

What a standard asks, and which cameras meet it, is :mod:`coverage_model.image_quality`.
"""
