"""A small client of the Deals API; in your project, this is the code that you test."""

from __future__ import annotations

from typing import Any

import httpx

TRIES = 3


class DealsClient:
    """Reads and changes deals. A server that has no time is asked again."""

    def __init__(self, base_url: str, token: str) -> None:
        self._http = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"})

    def __enter__(self) -> DealsClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def rename(self, deal_id: int, name: str) -> None:
        deal = self._ask("GET", f"/deals/{deal_id}")["data"]
        self._ask("PUT", f"/deals/{deal_id}", {"name": name, "stage_id": deal["stage_id"]})

    def delete(self, deal_id: int) -> None:
        self._ask("DELETE", f"/deals/{deal_id}")

    def at_risk(self) -> set[int]:
        """The ids of my deals whose risk is high."""
        columns = self._ask("GET", "/deals/pipeline?scope=me")["data"]
        deals = [deal for column in columns for deal in column["deals"]]
        return {deal["id"] for deal in deals if deal["risk"] and deal["risk"]["risk_level"] == "high"}

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        for _ in range(TRIES):
            response = self._http.request(method, path, json=body)
            if response.status_code != 503:
                break
        return response.raise_for_status().json()
