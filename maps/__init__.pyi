# The public names and where each comes from: type checkers and the import both read this.
from maps.comparison_map import comparison_page as comparison_page
from maps.consolidation_map import consolidation_page as consolidation_page
from maps.coverage_map import coverage_page as coverage_page
from maps.ownership_map import ownership_page as ownership_page
from maps.shell.page import Page as Page
from maps.shell.page import PageContext as PageContext
