"""Mutations: run the mock as a faulty backend (`defects/`) or as another legal one (`variations/`).

A mutation is a small function, separate from the code that it changes: handlers, domain and
transport do not know about it. The mock loads this package only if a mutation is requested:
`create_app(…, mutation=mutation_named("page-is-ignored"))`.
"""

from mock_server.mutations.catalogue import (
    UnknownMutationError,
    all_defects,
    all_variations,
    catalogue_text,
    mutation_named,
)
from mock_server.mutations.mutation import Mutation

__all__ = [
    "Mutation",
    "UnknownMutationError",
    "all_defects",
    "all_variations",
    "catalogue_text",
    "mutation_named",
]
