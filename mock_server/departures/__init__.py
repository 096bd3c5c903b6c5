"""Departures: the mock as a faulty backend (`defects/`), or as another legal one (`variations/`).

A departure is a small function apart from the code that it departs from: handlers, domain and
transport know nothing of it. To run the mock with one:
`create_app(…, departure=all_defects()["page-is-ignored"])`.
"""

from mock_server.departures.catalogue import UnknownDeparture, all_defects, all_variations, listed, named
from mock_server.departures.departure import Departure

__all__ = ["Departure", "UnknownDeparture", "all_defects", "all_variations", "listed", "named"]
