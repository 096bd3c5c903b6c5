"""LibreOffice opens an export: no cell is a formula at any separator, and what it saves can be imported."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator

import pytest

from mock_server.domain.spreadsheet import export
from mock_server.domain.world import World
from mock_server.worldfile import load_world
from tests.mock_server.conftest import NOW, Start

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")

COMMA, SEMICOLON, TAB, BAR = "44", "59", "9", "124"
US, GERMAN = "1033", "1031"
UTF_8, UTF_16 = "76", "65535"
LIVE = (
    *("=1+1", " =1+2", "+1+3", "@SUM(1)", "\u200b=1+4", "＝1+5", '"=1+6', "\xa0=1+7"),
    *("a;=1+8", "a; =1+9", "b\t=1+10", "b\t\u200b=1+11", "c\n=1+12", 'd;"=1+13', "e|=1+14", "f;-1+15"),
)

Convert = Callable[[bytes, str, str], bytes]


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Opens a CSV file with the options of LibreOffice's import filter, and saves it in another format."""
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def converted(content: bytes, options: str, target: str) -> bytes:
        folder = tmp_path_factory.mktemp("files")
        (folder / "deals.csv").write_bytes(content)
        command = [
            *(OFFICE or "", f"-env:UserInstallation={profile}", "--headless", f"--infilter=CSV:{options}"),
            *("--convert-to", target, "--outdir", str(folder / "out"), str(folder / "deals.csv")),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return next((folder / "out").iterdir()).read_bytes()

    return converted


def formulas(convert: Convert, content: bytes, separators: str, *, trimmed: bool = False) -> list[str]:
    """The formulas in a file that is opened with these separators, and with spaces removed if asked."""
    options = f"{separators},34,{UTF_8},1,,{US},false,true,false,false,{str(trimmed).lower()}"
    return re.findall(r'table:formula="([^"]*)"', convert(content, options, "fods").decode())


def hostile_file() -> bytes:
    rows = [{"name": name, "notes": notes} for name in ("x", *LIVE) for notes in ("y", *LIVE)]
    return export(rows, ["name", "notes"]).encode()


def unprotected_file() -> bytes:
    return "".join(f'x,"{text}"\r\n' for text in LIVE).encode()


@pytest.mark.parametrize("separators", [COMMA, SEMICOLON, TAB, BAR, f"{COMMA}/{SEMICOLON}/{TAB}"])
@pytest.mark.parametrize("trimmed", [False, True])
def test_no_cell_of_an_export_is_a_formula(convert: Convert, separators: str, trimmed: bool) -> None:
    assert formulas(convert, hostile_file(), separators, trimmed=trimmed) == []


@pytest.mark.parametrize("separators", [COMMA, SEMICOLON, TAB, BAR])
def test_without_apostrophes_there_would_be_formulas(convert: Convert, separators: str) -> None:
    assert formulas(convert, unprotected_file(), separators, trimmed=True) != []


def saved_by_office() -> Iterator[tuple[str, str]]:
    """How LibreOffice opens an export, and how it saves it again."""
    csv = "csv:Text - txt - csv (StarCalc):"
    opened = f"{COMMA},34,{UTF_8},1,,{US},false,true"
    yield opened, f"{csv}{COMMA},34,{UTF_8},1,,{US},false,true,false"
    yield opened, f"{csv}{TAB},34,{UTF_16},1,,{US},false,true,false"
    yield opened, f"{csv}{COMMA},34,{UTF_8},1,,{US},true,true,false"  # every text in quotation marks
    yield opened.replace(US, GERMAN), f"{csv}{SEMICOLON},34,{UTF_8},1,,{GERMAN},false,true,false"


@pytest.mark.parametrize(("opened", "saved"), list(saved_by_office()))
def test_what_libreoffice_saves_is_imported_as_it_was_exported(
    convert: Convert, start: Start, opened: str, saved: str
) -> None:
    world = load_world("nasty", NOW)
    # What LibreOffice itself changes: FALSE, 15 digits, and 1.0050 becomes 1.005, which is refused.
    changed = [deal.id for deal in world.deals if deal.name == "false" or deal.value in (1.005, 0.1 + 0.2)]
    world = world.drop("deals", *changed)
    source = start(world)
    target = start(World().put("users", *world.users).put("stages", *world.stages))
    exported = source.get("/deals/export").content
    report = target.upload(convert(exported, opened, saved)).json()["data"]
    assert (report["created"], report["errors"], report["warnings"]) == (len(world.deals), [], [])
    assert target.get("/deals/export").content == exported
