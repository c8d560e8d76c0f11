"""Frames and plans in; pages and pictures that open without a network out. Computes no figure."""
