"""Boroughs, cameras and costs in; proved plans for shared control rooms out."""
