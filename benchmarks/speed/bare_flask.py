"""Flask and nothing else: it answers with the bytes that the mock once answered, and checks nothing.

    python -m benchmarks.speed.bare_flask PORT      under the mock's own server

It is what a mock in Flask could reach at best. Another server calls `create_app`, and needs only Flask.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flask import Flask, Response

BODIES = "BARE_FLASK_BODIES"  # the environment variable that names the folder of recorded bodies


def create_app() -> Flask:
    """The application, with the recorded bodies in memory."""
    folder = Path(os.environ[BODIES])
    listed, shown, created = ((folder / name).read_bytes() for name in ("list", "detail", "create"))
    app = Flask(__name__)

    @app.get("/api/deals")
    def list_deals() -> Response:
        return Response(listed, mimetype="application/json")

    @app.get("/api/deals/<int:number>")
    def get_deal(number: int) -> Response:
        return Response(shown, mimetype="application/json")

    @app.post("/api/deals")
    def create_deal() -> Response:
        return Response(created, 201, mimetype="application/json")

    return app


def main(port: int) -> None:
    """Serve it as the mock is served."""
    from mock_server.server import listen, serve
    from mock_server.transport.bridge import FlaskBridge

    serve(FlaskBridge(create_app()), listen("127.0.0.1", port), on_ready=lambda: None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
