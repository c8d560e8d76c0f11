"""The first page: the answer, the map, the risks, and the ways on to other pages and files."""

from __future__ import annotations

from collections.abc import Sequence

from maps.shell.page import Content, Page, PageContext, assemble
from maps.shell.tables import PageLink, Section
from maps.shell.wording import Sentence


def index_page(
    *,
    links: Sequence[PageLink],
    lead: Sentence | str,
    context: PageContext,
    sections: Sequence[Section] = (),
    findings: Sequence[Section] = (),
    files: Sequence[PageLink] = (),
) -> Page:
    """Make the page of pages.

    Parameters
    ----------
    links
        The pages, relative to this one.
    lead
        The sentence to begin with.
    context
        What the page says about itself.
    sections
        The answer, the map and the risks, before the links.
    findings
        What else was found, grouped by question, after them.
    files
        Data files that lie beside the pages.

    Returns
    -------
    Page
        The page.

    Examples
    --------
    >>> from datetime import date
    >>> context = PageContext(title="Sharedview", dated=date(2026, 3, 9))
    >>> page = index_page(
    ...     links=[PageLink("coverage.html", "Coverage")],
    ...     lead="All is seen.",
    ...     context=context,
    ... )
    >>> 'href="coverage.html"' in page.html
    True
    """
    ways = [Section("Ways on: pages", links=tuple(links))]
    if files:
        ways.append(Section("Ways on: files", links=tuple(files)))
    content = Content(lead=(lead,), sections=(*sections, *ways, *findings))
    return assemble(content, context=context)
