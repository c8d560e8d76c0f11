"""A contract for import-linter: some modules may import only what is named.

import-linter's own contracts say what must not be imported; a page that takes frames is said more
simply, and more safely when modules are added, by what it may.
"""

from __future__ import annotations

from fnmatch import fnmatch

import grimp
from importlinter import Contract, ContractCheck, fields, output


class OnlyContract(Contract):
    """The sources import, of our packages, only modules that match ``allowed``; ``*`` is any text.

    ``except_imports`` are lines of the form ``importer -> imported``; one that is no longer needed
    breaks the contract, so that none is forgotten.
    """

    type_name = "only"

    sources = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField())
    except_imports = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002
        """Compare each direct import with what is allowed."""
        sources = [name for name in graph.modules if matches(name, self.sources)]
        found = {
            f"{source} -> {target}"
            for source in sources
            for target in graph.find_modules_directly_imported_by(source)
            if not matches(target, (*self.sources, *self.allowed))
        }
        named = set(self.except_imports or ())
        # A contract without any module to hold is a mistake in its patterns.
        missing = [p for p in self.sources if not any(fnmatch(name, p) for name in graph.modules)]
        metadata = {
            "not allowed": sorted(found - named),
            "no longer needed": sorted(named - found),
            "no module": missing,
        }
        return ContractCheck(kept=not any(metadata.values()), metadata=metadata)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """List what broke it."""
        for what, lines in check.metadata.items():
            for line in lines:
                output.print_error(f"{what}: {line}", bold=False)


def matches(name: str, patterns: tuple[str, ...] | list[str]) -> bool:
    """Whether a module's name matches one of the patterns."""
    return any(fnmatch(name, pattern) for pattern in patterns)
