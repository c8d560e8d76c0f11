"""A tile service is one host that a run names; a page without one asks nobody."""

from __future__ import annotations

import pytest

from coverage_model.base.errors import InputError
from maps.shell.offline import content_security_policy
from maps.shell.tile_service import tile_service

GOOD = "https://tiles.example.org/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://tiles.example.org/{z}/{x}.png", "lacks {y}"),
        ("http://tiles.example.org/{z}/{x}/{y}.png", "no https"),
        ("file:///tiles/{z}/{x}/{y}.png", "no https"),
        ("https://{s}.example.org/{z}/{x}/{y}.png", "without {s}"),
        ("https://*.example.org/{z}/{x}/{y}.png", "not one host"),
        ("https://me:secret@example.org/{z}/{x}/{y}.png", "not one host"),
        ("https://a.example https://b.example/{z}/{x}/{y}.png", "not one host"),
        ("https://a.example; script-src 'unsafe-inline'/{z}/{x}/{y}", "not one host"),
        ('https://a.example/{z}/{x}/{y}"><script>', "characters"),
        ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "opened from a file"),
        ("nonsense", "no https"),
    ],
)
def test_an_address_that_no_page_could_use_is_refused(url, said):
    with pytest.raises(InputError) as caught:
        tile_service(url)
    assert said in str(caught.value)
    assert caught.value.source == "--tiles"


def test_a_policy_names_the_host_and_no_other():
    service = tile_service(GOOD + "?key=abc", credit="© Example")
    policy = content_security_policy("<p>", pictures=(service.origin,))
    assert "img-src data: blob: https://tiles.example.org;" in policy
    assert "https" not in content_security_policy("<p>")
    assert tile_service("http://127.0.0.1:8080/{z}/{x}/{y}.png").origin == "http://127.0.0.1:8080"


def test_a_credit_is_the_one_given_or_the_host():
    assert tile_service(GOOD, credit="© Example").credit == "© Example"
    assert "tiles.example.org" in tile_service(GOOD).credit
