"""A warm process that forks ready kernels.

Interpreter start, entry-point scans and imports take most of a notebook's time. This process does them, and reads
the evidence, once; each kernel is a fork of it and a real ipykernel. It is started by `helpers.run.provisioner` and
ends, with every kernel it forked, when its client goes away for whatever reason.

Protocol: one JSON object a line over the socket whose descriptor is the argument.
`{"fork": argv, "env": ..., "cwd": ...}` answers `{"pid": ...}`; `{"code": pid}` answers `{"code": null}` while that
kernel runs, then its exit code.
"""

import contextlib
import gc
import json
import os
import random
import resource
import signal
import socket
import sys
from typing import Any

# What a kernel may hold, in bytes of private memory; beyond it a cell fails with MemoryError, and so its notebook.
MEMORY_BYTES = 6 * 2**30
PRELOADED = (
    "numpy",
    "pandas",
    "altair",
    "yaml",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "scipy.stats",
    "scipy.stats.qmc",
    "vl_convert",
    "helpers.results",
    "helpers.exhibits.exhibit",
)


def serve(connection: socket.socket) -> None:
    """Answer requests until the client closes the connection, then end every kernel still running."""
    codes: dict[int, int | None] = {}
    with connection, connection.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            request = json.loads(line)
            if "fork" in request:
                pid = os.fork()
                if pid == 0:
                    lines.close()
                    connection.close()
                    _become_kernel(request)
                codes[pid] = None
                answer: dict[str, Any] = {"pid": pid}
            else:
                answer = {"code": _code(request["code"], codes)}
            lines.write(json.dumps(answer) + "\n")
            lines.flush()
    for pid, code in codes.items():
        if code is None:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.killpg(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _code(pid: int, codes: dict[int, int | None]) -> int | None:
    """The exit code of a child as subprocess reports it: negative for the signal that ended it."""
    if codes.get(pid) is None:
        reaped, status = os.waitpid(pid, os.WNOHANG)
        if reaped:
            codes[pid] = os.waitstatus_to_exitcode(status)
    return codes[pid]


def _become_kernel(request: dict[str, Any]) -> None:
    """In the child: a process group, environment and random state of its own, then ipykernel's main loop."""
    code = 1
    try:
        os.setsid()
        os.environ.clear()
        os.environ.update(request["env"])
        os.environ["JPY_PARENT_PID"] = str(
            os.getppid()
        )  # so that a kernel whose warm process dies ends itself
        os.chdir(request["cwd"])
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        random.seed()
        sys.modules["numpy"].random.seed()  # forks share the legacy state otherwise
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(argv=request["fork"])
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(code)


def main() -> None:
    """Import what kernels need, then serve."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the client, which then closes the connection
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            __import__(name)
    with contextlib.suppress(Exception):  # a kernel that reads faulty evidence says so itself
        sys.modules["helpers.evidence"].load()
    gc.collect()
    gc.freeze()  # what is shared with the kernels is neither searched by their collector nor copied for it
    serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
