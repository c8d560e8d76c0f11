"""Asking public services over the network: one request at a time, politely, and never twice.

Nothing else in Sharedview opens a connection. Each answer is whole and well-formed before it is
used: a cut body, a page of HTML, a time-out or a busy server is asked again, after as long as the
server says, and ends in one clear error if it goes on.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import requests
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coverage_model.base.errors import Fault, InputError, MissingFileError
from sharedview import __version__, provenance

Answer = TypeVar("Answer")
BUSY = frozenset({429, 502, 503, 504})
GAP_S = 1.0
LONGEST_WAIT_S = 120.0
SERVER_LIMIT_S = 180
OFFLINE = (
    "Run the same command on a machine with a network and carry its --out folder here; or point "
    "the table [fetch] of --settings at a server within reach; or cut a downloaded file with: "
    "sharedview extract FILE.osm.pbf"
)


class FetchSettings(BaseModel):
    """The table ``[fetch]`` of a settings file: where to ask, and how patiently.

    Parameters
    ----------
    overpass_url, nominatim_url, tfl_url, police_url, ons_url
        Services, without the last part of their paths.
    ons_wards
        Name of the feature service of wards.
    timeout_s
        Seconds without a byte before an answer is given up.
    tries
        How often one question is asked at most.
    wait_s
        First wait after a failure; doubled each time, unless the server says how long.
    most_megabytes
        Largest answer that is taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    overpass_url: str = "https://overpass-api.de/api"
    nominatim_url: str = "https://nominatim.openstreetmap.org"
    tfl_url: str = "https://api.tfl.gov.uk"
    police_url: str = "https://data.police.uk/api"
    ons_url: str = "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services"
    ons_wards: str = "Wards_December_2024_Boundaries_UK_BGC"
    timeout_s: float = Field(default=180.0, gt=0)
    tries: int = Field(default=5, ge=1, le=20)
    wait_s: float = Field(default=5.0, ge=0)
    most_megabytes: float = Field(default=500.0, gt=0)


def fetch_settings(path: Path | None) -> FetchSettings:
    """Read the table ``[fetch]`` of a TOML file; the usual services where there is none.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        Listing every fault of the table.
    """
    if path is None:
        return FetchSettings()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MissingFileError(path, [Fault("it cannot be opened", "Check the path")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(path, [Fault(f"it is not valid TOML: {error}", "Correct it")]) from error
    try:
        return FetchSettings.model_validate(content.get("fetch", {}))
    except ValidationError as error:
        known = ", ".join(FetchSettings.model_fields)
        faults = [
            Fault(f"fetch.{'.'.join(map(str, each['loc']))}: {each['msg']}", f"Keys: {known}")
            for each in error.errors()
        ]
        raise InputError(path, faults) from error


class _AskAgainError(Exception):
    """An answer that may be better the next time, with what was wrong and how long to wait."""

    def __init__(self, problem: str, wait_s: float | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.wait_s = wait_s


@dataclass
class Service:
    """Asks, and keeps what was answered.

    Parameters
    ----------
    settings
        Where and how.
    cache
        Folder of the answers: what is there is not asked again.
    say
        Takes a line for the user, about a wait.
    asked
        A record of each answer that was used: endpoint, query, time, bytes and checksum.
    """

    settings: FetchSettings
    cache: Path
    say: Callable[[str], None] = lambda _line: None
    asked: list[dict[str, object]] = field(default_factory=list)
    _last: bytes = b""

    def get_json(self, url: str, params: Mapping[str, str]) -> Any:
        """Ask for JSON, or take it from the cache."""
        said = requests.Request("GET", url, params=dict(params)).prepare().url or url
        kept = self.cache / f"{hashlib.sha256(said.encode()).hexdigest()}.json"

        def ask() -> Any:
            wait = self.settings.timeout_s
            requests.get(url, params=dict(params), timeout=wait, **self.hooks())
            return json.loads(self._last)

        def keep() -> Any:
            content = self.patiently(ask, url)
            _write(kept, json.dumps({"record": self.asked[-1], "content": content}))
            return content

        if not kept.is_file():
            return keep()
        held = json.loads(kept.read_text(encoding="utf-8"))
        self.asked.append(held["record"])
        return held["content"]

    def remembered(self, name: str, ask: Callable[[], Answer]) -> Answer:
        """Do what asks through osmnx, which keeps the answers; keep their records beside them."""
        kept = self.cache / f"{hashlib.sha256(name.encode()).hexdigest()}.records.json"
        before = len(self.asked)
        answer = ask()
        held = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else []
        fresh = self.asked[before:]
        if fresh:
            _write(kept, json.dumps([*held, *fresh]))
        self.asked[before:] = [*held, *fresh]
        return answer

    def hooks(self) -> dict[str, Any]:
        """Return the option of a request that lets every answer be checked before it is used."""
        return {"hooks": {"response": self._check}}

    def patiently(self, ask: Callable[[], Answer], where: str) -> Answer:
        """Ask again after a failure, as long as it is worth it.

        Raises
        ------
        InputError
            With the last failure and what to do.
        """
        wait = self.settings.wait_s
        for attempt in range(1, self.settings.tries + 1):
            said: float | None = None
            try:
                return ask()
            except _AskAgainError as error:
                problem, said = error.problem, error.wait_s
                remedy = "Try later: what was answered is kept, and only the rest is asked again"
            except requests.exceptions.Timeout:
                problem = f"no answer within {self.settings.timeout_s:g} s"
                remedy = "Try later, or give fetch.timeout_s; what was answered is kept"
            except requests.exceptions.ConnectionError as error:
                if not _was_cut(error):
                    fault = Fault(f"there is no connection to {_host(where)}", OFFLINE)
                    raise InputError("fetch", [fault]) from error
                problem = "the answer was cut off"
                remedy = "Try again: what was answered is kept"
            except requests.exceptions.RequestException as error:
                problem = f"the answer was cut off or damaged ({type(error).__name__})"
                remedy = "Try again: what was answered is kept"
            pause = min(wait if said is None else said, LONGEST_WAIT_S)
            if attempt < self.settings.tries:
                self.say(f"{_host(where)}: {problem}; asked again in {pause:g} s")
                time.sleep(pause)
                wait *= 2
        tried = f"{self.settings.tries} time{'s' if self.settings.tries > 1 else ''}"
        fault = Fault(f"{_host(where)}: {problem} (asked {tried})", remedy)
        raise InputError("fetch", [fault])

    def _check(self, response: requests.Response, **_: Any) -> None:
        """Refuse an answer that is not whole, not JSON, or no answer; note one that is."""
        if response.is_redirect:
            return
        status = response.status_code
        if status in BUSY:
            raise _AskAgainError(f"busy ({status} {response.reason})", _retry_after(response))
        if status >= 400:
            fault = Fault(
                f"{_host(response.url)} refuses: {status} {response.reason}",
                "Check the place and the table [fetch] of --settings",
            )
            raise InputError("fetch", [fault])
        most = self.settings.most_megabytes * 1e6
        response.raw = _Limited(response.raw, most, _host(response.url))
        body = response.content
        try:
            content = json.loads(body)
        except ValueError as error:
            start = body[:60].decode("utf-8", "replace").strip()
            raise _AskAgainError(f"the answer is no JSON: {start!r}") from error
        remark = content.get("remark") if isinstance(content, dict) else None
        if remark:  # Overpass gives half an answer with status 200
            raise _AskAgainError(f"half an answer: {remark}")
        if isinstance(content, dict) and "error" in content:  # and so does a feature service
            raise _AskAgainError(f"an error instead of an answer: {content['error']}")
        self._last = body
        query = response.request.body or response.request.url or ""
        self.asked.append(
            {
                "endpoint": response.url.partition("?")[0],
                "query": query.decode() if isinstance(query, bytes) else str(query),
                "fetched_utc": provenance.now().isoformat(timespec="seconds"),
                "bytes": len(body),
                "sha256": hashlib.sha256(body).hexdigest(),
            }
        )
        time.sleep(min(GAP_S, self.settings.wait_s))


class _Limited:
    """A body that stops where it grows too large."""

    def __init__(self, raw: Any, most: float, host: str) -> None:
        self._raw, self._most, self._host = raw, most, host

    def stream(self, size: int, *, decode_content: bool) -> Iterator[bytes]:
        """Give the body piece by piece."""
        total = 0
        for piece in self._raw.stream(size, decode_content=decode_content):
            total += len(piece)
            if total > self._most:
                fault = Fault(
                    f"{self._host} answers with more than {self._most / 1e6:g} MB",
                    "Name a smaller place, give fetch.most_megabytes, or use: sharedview extract",
                )
                raise InputError("fetch", [fault])
            yield piece

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


@contextmanager
def osmnx_asks(service: Service) -> Iterator[Any]:
    """Have osmnx ask through a service; its settings, and the system's, are put back after."""
    import osmnx  # noqa: PLC0415 - a second to import

    settings = osmnx.settings
    mine = {
        "overpass_url": service.settings.overpass_url,
        "nominatim_url": service.settings.nominatim_url,
        "requests_timeout": service.settings.timeout_s,
        "requests_kwargs": service.hooks(),
        "use_cache": True,
        "cache_folder": str(service.cache / "osm"),
        "cache_only_mode": False,
        # The server's own limit is part of the question, by which answers are kept.
        "overpass_settings": f"[out:json][timeout:{SERVER_LIMIT_S}]{{maxsize}}",
        "overpass_rate_limit": False,  # Retry-After says it, and one question is asked at a time
        "doh_url_template": None,  # names are resolved by the system, not by a third party
        "http_user_agent": f"sharedview/{__version__}",
        "http_referer": "sharedview",
        "log_console": False,
        "log_file": False,
    }
    before = {name: getattr(settings, name) for name in mine}
    resolve = socket.getaddrinfo  # osmnx pins the address of the host, for good
    _forget_halves(service.cache / "osm")
    try:
        for name, value in mine.items():
            setattr(settings, name, value)
        yield osmnx
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        socket.getaddrinfo = resolve


def _forget_halves(folder: Path) -> None:
    """Remove answers that a kill has left half written."""
    for path in folder.glob("*.json"):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            path.unlink()


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(f".{os.getpid()}")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)


def _retry_after(response: requests.Response) -> float | None:
    """Seconds that a server asks to wait; None where it does not say them as a number."""
    try:
        return max(0.0, float(response.headers.get("Retry-After", "")))
    except ValueError:
        return None


def _was_cut(error: Exception) -> bool:
    """Whether a connection that was there broke, as against one that never was."""
    text = str(error)
    return any(word in text for word in ("IncompleteRead", "Connection broken", "aborted", "reset"))


def _host(url: str) -> str:
    return requests.utils.urlparse(url).netloc or url
