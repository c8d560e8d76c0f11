"""An inventory against a standard of image quality: pass, fail and not known kept apart.

``standard`` reads what is asked, ``records`` what is known of each camera, ``density`` the pixels
on a target, ``audit`` judges, ``counts`` sums up by area and operator, ``evidence`` puts coverage
for evidence beside plain coverage, ``illustrative`` makes records for cameras that do not exist.
"""
