"""The load, sent by wrk: a list, one deal, creating deals, and reads with one write in ten."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass

from benchmarks.speed.contenders import Running, SpeedError

NEW_DEAL = {"name": "Load", "stage_id": 1, "value": 10}
CONNECTIONS = 8
# wrk calls `init` once, `request` for each request and `done` at the end, whose line is read here.
SCRIPT = """\
local calls, sent, requests = {calls}, 0, {{}}
function init(args)
  local headers = {{["Authorization"] = "Bearer {token}", ["Content-Type"] = "application/json"}}
  for _, call in ipairs(calls) do
    table.insert(requests, wrk.format(call[1], "{base}" .. call[2], headers, call[3]))
  end
end
function request()
  sent = sent + 1
  return requests[sent % #requests + 1]
end
function done(summary, latency)
  local wrong = summary.errors
  local line = '{{"requests": %d, "microseconds": %d, "median": %d, "p99": %d, "refused": %d, "lost": %d}}'
  print(line:format(summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    wrong.status, wrong.connect + wrong.read + wrong.write + wrong.timeout))
end
"""
LIST, DETAIL, CREATE = ("GET", "/deals"), ("GET", "/deals/10"), ("POST", "/deals", json.dumps(NEW_DEAL))
LOADS: dict[str, list[tuple[str, ...]]] = {
    "list": [LIST],
    "detail": [DETAIL],
    "create": [CREATE],
    "mixed": [LIST, DETAIL, LIST, DETAIL, LIST, DETAIL, LIST, DETAIL, LIST, CREATE],
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one load: requests per second, latencies, and processor time for one request."""

    per_second: float
    median_ms: float
    p99_ms: float
    processor_ms: float


def send(server: Running, load: str, seconds: int) -> Measured:
    """Send this load to the server for some seconds."""
    begun = server.processor_seconds()
    told = _wrk(server, load, seconds)
    used = server.processor_seconds() - begun
    if told["refused"] or told["lost"] or not told["requests"]:
        raise SpeedError(f"{server.name} did not answer every request of the load {load}: {told}")
    return Measured(
        per_second=told["requests"] / told["microseconds"] * 1e6,
        median_ms=told["median"] / 1000,
        p99_ms=told["p99"] / 1000,
        processor_ms=1000 * used / told["requests"],
    )


def _wrk(server: Running, load: str, seconds: int) -> dict[str, int]:
    base = "/" + server.url.split("/", 3)[3] if server.url.count("/") > 2 else ""
    calls = ", ".join("{" + ", ".join(f"[[{part}]]" for part in call) + "}" for call in LOADS[load])
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(calls=f"{{{calls}}}", token=server.token, base=base))
        script.flush()
        options = ["--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s"]
        command = ["wrk", *options, "--timeout", "10s", "--script", script.name, server.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SpeedError(f"wrk failed:\n{done.stdout}{done.stderr}")
    told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return told
