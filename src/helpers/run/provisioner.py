"""Kernels forked from a warm process, through Jupyter's own extension point for starting kernels.

The entry point `briefing-warm` (group `jupyter_client.kernel_provisioners`) is the default of jupyter_client's one
factory while a run lasts, so papermill, nbclient and the notebooks know nothing of it. The factory reads the
environment variable for its default once in a process, which is too early for a run that is not the first.
"""

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "briefing-warm"
# For equal bytes. Sums over several threads depend on their number, and drawn dates on the time zone; NumPy and its
# algebra choose their code by the processor, and the last digits with it: all take that of a processor of 2013.
_ARITHMETIC = {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}
FIXED = {
    **{"TZ": "UTC", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
    **(_ARITHMETIC if platform.machine() in ("x86_64", "AMD64") else {}),
}


class WarmServer:
    """The client's end of one warm process (see `helpers.run.warm`)."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "helpers.run.warm", str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            env={**os.environ, **FIXED},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._connection = ours
        self._lines = ours.makefile("rw", encoding="utf-8")
        self._turn = threading.Lock()
        self._has_forked = False

    def ask(self, **request: Any) -> dict[str, Any]:
        """One request and its answer; RuntimeError when the warm process is gone."""
        with self._turn:
            self._has_forked = self._has_forked or "fork" in request
            self._lines.write(json.dumps(request) + "\n")
            self._lines.flush()
            answer = self._lines.readline()
        if not answer:
            raise RuntimeError("the process that starts kernels has ended")
        return json.loads(answer)

    def close(self) -> None:
        """End the warm process and every kernel that is still running."""
        self._lines.close()
        self._connection.close()
        if not self._has_forked:  # nobody waits for what it is still importing
            self._process.kill()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class ForkedProcess:
    """A forked kernel, as the part of `subprocess.Popen` that LocalProvisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, server: WarmServer, pid: int):
        self._server, self.pid, self.returncode = server, pid, None

    def poll(self) -> int | None:
        """The exit code, or None while it runs; a kernel whose warm process has ended has ended with it."""
        if self.returncode is None:
            try:
                self.returncode = self._server.ask(code=self.pid)["code"]
            except (RuntimeError, ValueError, OSError):
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; subprocess.TimeoutExpired when it takes longer."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("kernel", timeout)
            time.sleep(0.01)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """LocalProvisioner, but for the launch: a fork of the warm process instead of a new interpreter."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork a kernel for the connection file that jupyter_client has written.

        A kernel that is not this interpreter's ipykernel is started the ordinary way.
        """
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :] if "ipykernel_launcher" in cmd else None
        if _open is None or arguments is None:
            return await super().launch_kernel(cmd, **kwargs)
        environment = {**os.environ, **(kwargs.get("env") or {})}
        server = _open.start()
        answer = server.ask(fork=arguments, env=environment, cwd=str(kwargs.get("cwd") or Path.cwd()))
        self.process = ForkedProcess(server, answer["pid"])
        self.pid = self.pgid = answer["pid"]
        return self.connection_info


class WarmKernels:
    """While this is open, kernels are forked from one warm process, which starts when it is first wanted."""

    def __init__(self) -> None:
        self._server: WarmServer | None = None
        self._turn = threading.Lock()

    def start(self) -> WarmServer:
        """Start the warm process if it is not running; it then imports while the caller goes on."""
        with self._turn:
            self._server = self._server or WarmServer()
            return self._server

    def close(self) -> None:
        """End the warm process and every kernel that is still running."""
        if self._server:
            self._server.close()


_open: WarmKernels | None = None


@contextmanager
def warm_kernels() -> Iterator[WarmKernels | None]:
    """Fork kernels from a warm process in this block; where forking is not to be had, nothing changes (None).

    A block inside another one uses the warm process of the outer one, so that many runs start it once.
    """
    global _open
    if _open is not None:
        yield _open
        return
    if not hasattr(os, "fork") or sys.platform == "darwin":
        yield None
        return
    factory = KernelProvisionerFactory.instance()
    before, factory.default_provisioner_name = factory.default_provisioner_name, NAME
    _open = WarmKernels()
    try:
        yield _open
    finally:
        _open.close()
        _open = None
        factory.default_provisioner_name = before
