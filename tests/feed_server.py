"""A publisher on 127.0.0.1 that answers as it is told, and remembers what it was asked."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

RECORDED = Path(__file__).parent / "recorded"


class Publisher:
    """`answers` is a list of functions that each write one response; the last one answers from then on."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: list[Callable[[BaseHTTPRequestHandler], None]] = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                publisher.asked.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
                answer = publisher.answers[0] if len(publisher.answers) == 1 else publisher.answers.pop(0)
                try:
                    answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/data.csv"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def body(content: bytes, status: int = 200, **headers: str):
    """An answer with that body; `etag_="x"` style names become headers (underscores to hyphens)."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        etag = headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            request.send_response(304)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


def truncated(content: bytes, announced: int):
    """Announces more than it sends, then hangs up."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(announced))
        request.end_headers()
        request.wfile.write(content)
        request.wfile.flush()
        request.close_connection = True

    return answer


def slow(content: bytes, seconds: float):
    """One byte at a time with a pause after each."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        for place in range(len(content)):
            request.wfile.write(content[place : place + 1])
            request.wfile.flush()
            time.sleep(seconds)

    return answer


def redirect(target: str, status: int = 302):
    return body(b"", status, Location=target)
