"""``standoff serve``: the page on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

ADDRESS = "127.0.0.1"


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the address as one JSON object.")] = False,
) -> None:
    """Serve the page on this machine until Ctrl-C. No database, no network."""
    import json
    import socket

    import uvicorn

    from standoff.errors import refuse
    from standoff.web.app import create_app
    from standoff.web.guard import allowed_hosts

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
        listener.listen()  # from here on a browser waits for the first answer instead of being turned away
    except OSError as error:
        listener.close()
        raise refuse(
            "serve", why=f"the port cannot be taken ({error.strerror})", cure="Give another --port, or 0", value=port
        ) from None
    taken = int(listener.getsockname()[1])
    address = f"http://{ADDRESS}:{taken}/"
    config = uvicorn.Config(
        create_app(hosts=allowed_hosts(taken), warm=True), log_level="warning", server_header=False, date_header=False
    )
    server = uvicorn.Server(config)
    typer.echo(json.dumps({"address": address}) if as_json else f"standoff is at {address} (Ctrl-C ends it)")
    if browser:
        _open_when_ready(address)
    server.run(sockets=[listener])


def _open_when_ready(address: str) -> None:
    """Open the browser on a thread of its own, because some browsers return only when they are closed."""
    import threading
    import webbrowser

    threading.Timer(0.5, webbrowser.open, [address]).start()
