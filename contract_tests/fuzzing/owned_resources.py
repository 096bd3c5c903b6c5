"""What random requests may touch: records made for them, and unknown ids."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import cycle
from typing import Any, Final

from contract_tests.client.created import OWNED, REMOVERS, delete_request
from contract_tests.client.errors import SkippedError
from contract_tests.client.exchange import File
from contract_tests.scene.api_reader import FAR, LARGEST_ID
from contract_tests.scene.expectations import Broken, NotJudged
from contract_tests.scene.json_search import Record
from contract_tests.scene.run_names import lasting
from contract_tests.scene.scene import Scene
from deals_spec import Operation

KINDS: Final = {parameter: kind for kind, parameter in OWNED.items()}
NO_ID: Final = ("none", "null", "undefined", "-", "idé", "a" * 300)  # not ids, as they have no digit
UNAVAILABLE: Final = (NotJudged, Broken, SkippedError)  # what a record or a reading may be lacking for
SAMPLE: Final = 20  # existing deals that are read, but never written
PLAIN_HEADER: Final = "name,stage_name"

Ids = Mapping[str, Any]
Left = tuple[str, Any, Any]  # kind, id, parent


class OwnedResources:
    """The run's own deal, stage, task and note; each is made again after it was deleted."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.client = scene.client
        self.lacking: dict[str, str] = {}  # kind → why none could be made
        self._living: dict[str, Ids] = {}
        self._ever: set[tuple[str, str]] = set()
        self._files: Iterator[File] | None = None

    def one(self, kind: str) -> Ids | None:
        """The path parameters of an own record of this kind; None if none can be made."""
        if kind not in self._living and kind not in self.lacking and not self.client.settings.read_only:
            try:
                self._living[kind] = self._make(kind)
                self._ever |= {(kind_of(name, kind), str(id)) for name, id in self._living[kind].items()}
            except UNAVAILABLE as error:
                self.lacking[kind] = str(error)
        return self._living.get(kind)

    def deleted(self, operation: str, ids: Ids) -> None:
        """Note that an own record was deleted; with a deal, also its task and note."""
        kind = REMOVERS[operation]
        concerned = (kind, *OWNED) if kind == "deal" else (kind,)
        for each in concerned:
            living = self._living.get(each, {})
            if living and all(str(living[name]) == str(id) for name, id in ids.items()):
                del self._living[each]

    def learn(self, kind: str, id: Any) -> None:
        """Note that a request created a record: it is our own."""
        self._ever.add((kind, str(id)))

    def owns(self, kind: str, ids: Ids, *, gone: bool) -> bool:
        """Whether this run made all of these records; with `gone` they may have been deleted since."""
        ours = all((kind_of(name, kind), str(id)) in self._ever for name, id in ids.items())
        return ours and (gone or str(ids["id"]) in {str(id) for _, id, _ in self.client.created.left()})

    def unknown(self, operation: Operation) -> Ids:
        """Ids that no record has; for a task or note, in an own deal."""
        ids = dict.fromkeys(operation.path_parameters, self.no_id)
        deal = self.one("deal") if len(ids) > 1 else None
        return {**ids, **(deal or {})}

    @cached_property
    def no_id(self) -> int:
        """An id that no record has, far beyond those in use."""
        return min(max(_ids(deal["id"] for deal in self._newest), default=0) + FAR, LARGEST_ID)

    @cached_property
    def _newest(self) -> list[Record]:
        """The newest deals, without those made by a run."""
        query = {"per_page": self.scene.limits.largest_page, "sort_by": "created_at", "sort_dir": "DESC"}
        try:
            found = self.scene.api.page(query).records
        except UNAVAILABLE:
            return []
        return lasting(found)

    def others(self) -> list[Any]:
        """Ids of existing deals: to be read, never written."""
        return [deal["id"] for deal in self._newest[:SAMPLE]]

    @property
    def my_id(self) -> Any:
        """The id of the user of the token; None if it cannot be found out."""
        try:
            return self.scene.my_id
        except UNAVAILABLE:
            return None

    def stage_ids(self) -> list[Any]:
        """The ids of the stages, in order."""
        try:
            return [stage["id"] for stage in self.scene.api.stages(fresh=True)]
        except UNAVAILABLE:
            return []

    def usable_stage_ids(self) -> list[Any]:
        """The ids of the stages in which deals may be put."""
        try:
            return [stage["id"] for stage in self.scene.make.usable_stages(fresh=True)]
        except UNAVAILABLE:
            return []

    def seen(self, field: str) -> list[Any]:
        """The ids that deals have in a field: existing references."""
        return _ids(deal.get(field) for deal in self._newest)

    def file(self) -> File:
        """The next file for the import; a row that could be imported contains the run's id."""
        if self._files is None:
            self._files = cycle(_files(self._header(), self.scene.word(), self._stage_name()))
        return next(self._files)

    def tidy(self, before: Collection[Left]) -> None:
        """Delete what was made since, except with --keep; what cannot be deleted is left for the end."""
        for kind, id, parent in () if self.client.settings.keep else self.client.created.left():
            if (kind, id, parent) not in before:
                operation, ids = delete_request(kind, id, parent)
                self.client.call(operation, observe=False, **ids)
        self._living.clear()

    def _make(self, kind: str) -> Ids:
        if kind in OWNED:
            deal = self.one("deal")
            if deal is None:
                raise NotJudged(self.lacking["deal"])
            return {"id": deal["id"], OWNED[kind]: self._make_in(deal["id"], kind)}
        return {"id": self.scene.make.deal() if kind == "deal" else self.scene.make.stage()}

    def _make_in(self, deal: Any, kind: str) -> Any:
        if kind == "task":
            return self.scene.make.task(deal)
        return self.scene.make.note(deal, f"A note {self.scene.word()}")

    def _header(self) -> str:
        try:
            template = self.scene.call("downloadDealTemplate")
        except SkippedError:
            return PLAIN_HEADER
        text = template.body.decode("utf-8-sig", "replace") if template.ok else ""
        return text.split("\n")[0].strip() or PLAIN_HEADER

    def _stage_name(self) -> str:
        try:
            return str(self.scene.make.usable_stages()[0]["name"])
        except (*UNAVAILABLE, LookupError):
            return ""


def _ids(values: Iterable[Any]) -> list[int]:
    return sorted({id for id in values if isinstance(id, int) and not isinstance(id, bool)})


def kind_of_path(operation: Operation) -> str | None:
    """The kind of record that the last parameter of a path identifies."""
    if not operation.path_parameters:
        return None
    whole = "stage" if operation.path.startswith("/pipeline-stages") else "deal"
    return kind_of(operation.path_parameters[-1], whole)


def kind_of(parameter: str, kind: str) -> str:
    """The kind of record that a path parameter identifies: `id` is the deal of a task or note."""
    return KINDS.get(parameter, "deal" if kind in OWNED else kind)


def _files(header: str, word: str, stage: str) -> list[File]:
    delimiter = ";" if ";" in header else ","
    names = next(csv.reader([header], delimiter=delimiter), [])
    values = [stage if "stage" in name.lower() else "" for name in names]
    row = io.StringIO()
    csv.writer(row, delimiter=delimiter).writerow([f"Import {word}", *values[1:]])
    contents = {
        "one-row.csv": f"{header}\r\n{row.getvalue()}".encode(),
        "header-only.csv": f"{header}\r\n".encode(),
        "empty.csv": b"",
        "binary.csv": b"\x89PNG\x00\xff\xfe\x00",
        "utf-16.csv": header.encode("utf-16"),
        "another-header.csv": b"colour,weight",
        "page.html": b"<html><body>Not a spreadsheet</body></html>",
    }
    return [(name, content, "text/csv") for name, content in contents.items()]
