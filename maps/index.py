"""The first page: the findings in sentences, and links to the other pages and files."""

from __future__ import annotations

from collections.abc import Sequence

from maps.shell.page import Content, Page, PageContext, assemble
from maps.shell.tables import PageLink, Section
from maps.shell.wording import Sentence


def index_page(
    *,
    links: Sequence[PageLink],
    sentences: Sequence[Sentence | str],
    context: PageContext,
    files: Sequence[PageLink] = (),
) -> Page:
    """Make the page of pages.

    Parameters
    ----------
    links
        The pages, relative to this one.
    sentences
        The findings; the first is the lead.
    context
        What the page says about itself.
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
    ...     sentences=["All is seen."],
    ...     context=context,
    ... )
    >>> 'href="coverage.html"' in page.html
    True
    """
    sections = []
    if len(sentences) > 1:
        sections.append(Section("Findings", sentences=tuple(sentences[1:])))
    sections.append(Section("Pages", links=tuple(links)))
    if files:
        sections.append(Section("Files", links=tuple(files)))
    return assemble(Content(lead=tuple(sentences[:1]), sections=sections), context=context)
