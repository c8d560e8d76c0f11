"""Pages hold all they need, run only their own scripts, and are the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import unescape
from pathlib import Path
from typing import ClassVar

import folium
import pytest

import maps
from maps.shell import offline as _offline
from maps.shell.offline import OfflineAssetError, OfflineFigure, data_block, json_text, script_safe

ASSETS = Path(maps.__file__).parent / "assets" / "leaflet"
KINDS = ("coverage", "ownership", "consolidation", "comparison", "comparison4", "index")
SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL)


def running_scripts(html):
    return [text for attributes, text in SCRIPT.findall(html) if "type=" not in attributes]


def policy_of(html):
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    return unescape(found.group(1))


def test_vendored_files_are_the_recorded_ones():
    manifest = json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["package"] == "leaflet@1.9.4"
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() == digest, name
    assert "BSD 2-Clause" in (ASSETS / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_the_policy_allows_exactly_the_scripts_of_the_page(pages, kind):
    html = pages[kind].html
    allowed = re.findall(r"'sha256-([^']+)'", policy_of(html))
    expected = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in running_scripts(html)
    ]
    assert allowed == list(dict.fromkeys(expected))
    assert policy_of(html).startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy_of(html).split("script-src")[1].split(";")[0]
    # The policy comes before anything that it governs.
    assert html.index("Content-Security-Policy") < html.index("<style")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_refers_to_the_network(pages, kind):
    html = pages[kind].html
    for text in running_scripts(html):
        html = html.replace(
            text, ""
        )  # Leaflet names its home page in a credit that is switched off
    assert not re.search(r"https?://", html)
    assert not re.search(r"<script[^>]+src=|<link[^>]+stylesheet|@import|<iframe|<img", html)
    for address in re.findall(r"url\(([^)]*)\)", html):
        assert address.startswith(("data:", "#", "'data:", '"data:')), address[:60]


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_says_what_it_is(pages, kind, samples):
    html = pages[kind].html
    assert '<html lang="en-GB">' in html
    assert html.count('name="viewport"') == 1
    assert "user-scalable" not in html
    assert html.count("OFFICIAL") == 2
    assert "Illustrative cameras" in html
    assert "Contains OS data © Crown copyright and database right" in html
    assert "9 March 2026" in html
    assert "test scenario" in html
    assert "2 rows were dropped" in html
    assert "Mount height of a street camera" in html


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_text_and_never_html(pages, kind, samples):
    html = pages[kind].html
    assert samples.HOSTILE not in html
    assert "&lt;img src=x" in html or "\\u003cimg src=x" in html
    assert "<b>not bold" not in html


def test_pages_are_the_same_bytes_each_time(pages, samples):
    again = samples.pages()
    assert set(again) == set(pages) >= set(KINDS)
    differing = [kind for kind, page in pages.items() if again[kind].html != page.html]
    assert differing == []


def test_an_unknown_asset_is_refused():
    class Plugin(folium.elements.JSCSSMixin):
        default_js: ClassVar = [("new_plugin", "https://cdn.example/new.js")]

    figure = OfflineFigure(title="t", body="<!--slot m-->", css="")
    drawn = folium.Map(location=[51.5, 0], tiles=None)
    drawn.add_child(Plugin())
    figure.add_child(drawn, name="m")
    with pytest.raises(OfflineAssetError, match=r"new_plugin .*renew_assets"):
        figure.render()


def test_a_plain_folium_map_renders_without_a_request():
    figure = OfflineFigure(title="<t>", body="<!--slot m-->", css="")
    figure.add_child(folium.Map(location=[51.5, 0], tiles=None), name="m")
    html = figure.render()
    assert "jquery" not in html.lower().replace("l.map", "")[:2000]
    assert "<title>&lt;t&gt;</title>" in html
    assert 'class="folium-map"' in html
    assert "sourceMappingURL" not in html


def test_scripts_and_data_cannot_break_out():
    assert "</script" not in script_safe("x = '</SCRIPT><!--'").lower()
    hostile = {"name": "</script><script>alert(1)</script>\u2028&"}
    text = json_text(hostile)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == hostile
    assert data_block('a"b', "{}") == '<script type="application/json" id="a&quot;b">{}</script>'


def test_icons_and_style_pictures_are_inside():
    assert _offline.leaflet_css().count("url(data:image/png;base64,") == 3
    assert "images/" not in _offline.leaflet_css()
    assert "data:image/png" in _offline.leaflet_js()
