"""A Jupyter kernel in a sandbox: runs cells, keeps a little of what they print, and always ends."""

import asyncio
import base64
import binascii
import contextlib
import os
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil
import zmq
import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Instance

from .sandbox import Limits, Sandbox, lend_user

__all__ = ["Ended", "Kernel", "Ran"]

MESSAGE = 64 << 20  # bytes: a larger message closes the connection
PICTURE = 400_000  # bytes: a larger picture is not kept
STARTS = 60.0  # seconds that a kernel may take to start
ANSWERS = 5.0  # seconds that it may take to answer once it is interrupted
LOOKS = 0.25  # seconds between two looks at what it uses
PNG = b"\x89PNG\r\n\x1a\n"


class Ended(Exception):
    """The kernel is no more; the message says why."""


@dataclass
class Ran:
    """What became of a cell.

    Attributes
    ----------
    error : tuple of str or None
        Name and message of what it raised; ``("TimeoutError", …)`` if it took too long.
    line : int or None
        The line of the cell at which it did.
    result : str or None
        The text of its last expression.
    outputs : list of NotebookNode
        What it printed and drew: plain text and PNG, cut to the limit. Never HTML or a script.
    cut : bool
        Whether there was more.
    """

    error: tuple[str, str] | None = None
    line: int | None = None
    result: str | None = None
    outputs: list[NotebookNode] = field(default_factory=list)
    cut: bool = False
    printed: int = 0

    def add(self, message: dict[str, Any], limit: int) -> None:
        """Keep an output message, as far as it is harmless and there is room."""
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "stream":
            text = self._room(str(content["text"]), limit)
            last = self.outputs[-1] if self.outputs else None
            if last and last.output_type == "stream" and last.name == content["name"]:
                last.text += text
            elif text and content["name"] in ("stdout", "stderr"):
                self.outputs.append(new_output("stream", name=content["name"], text=text))
        elif kind in ("execute_result", "display_data"):
            data = content["data"]
            text = str(data.get("text/plain", ""))
            if kind == "execute_result":
                self.result = text[:1000]
            picture = _picture(data.get("image/png"))
            if picture and len(self.outputs) < 30:
                kept = {"image/png": picture, "text/plain": text[:200]}
                self.outputs.append(new_output("display_data", data=kept))
            elif text and (text := self._room(text, limit)):
                self.outputs.append(new_output("display_data", data={"text/plain": text}))
            self.cut |= "image/png" in data and picture is None
        elif kind == "error":
            self.line = _line(content.get("traceback", []))

    def _room(self, text: str, limit: int) -> str:
        kept = text[: max(0, limit - self.printed)]
        self.printed += len(text)
        self.cut |= len(kept) < len(text)
        return kept


class Manager(AsyncKernelManager):
    """Starts a kernel by a command of ours, without a kernel's specification on disk."""

    specification = Instance(KernelSpec)

    @property
    def kernel_spec(self) -> KernelSpec:
        specification: KernelSpec = self.specification
        return specification


class Kernel:
    """A kernel for one notebook; use it in ``async with``.

    Parameters
    ----------
    sandbox : Sandbox
    limits : Limits

    Raises
    ------
    Ended
        If the kernel does not start; by `run` as soon as it is gone.
    """

    def __init__(self, sandbox: Sandbox, limits: Limits):
        self.sandbox, self.limits = sandbox, limits
        self.memory = 0  # the most that was seen, in bytes

    async def __aenter__(self) -> Self:
        self.lent = lend_user()
        user = self.lent.__enter__()
        # Short, since the address of a socket may have 107 characters only.
        self.folder = Path(tempfile.mkdtemp(prefix="gd-", dir="/tmp"))
        python = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        python += ["--HistoryManager.hist_file=:memory:", "--HistoryManager.enabled=False"]
        command = self.sandbox.command(python, self.folder, self.limits, user)
        self.manager = Manager(
            specification=KernelSpec(argv=command, language="python", interrupt_mode="message"),
            transport="ipc",
            ip=str(self.folder / "k"),
            connection_file=str(self.folder / "connection.json"),
        )
        self.manager.write_connection_file()
        if self.sandbox.confines and os.geteuid() == 0:
            for path in (self.folder, self.folder / "connection.json"):
                os.chown(path, user, user)
        self.begun = time.monotonic()
        try:
            nothing = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
            settings = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
            await self.manager.start_kernel(env={**os.environ, **settings}, **nothing)
            assert self.manager.provisioner is not None
            self.process = psutil.Process(self.manager.provisioner.pid)
            self.context = zmq.asyncio.Context()
            self.context.setsockopt(zmq.MAXMSGSIZE, MESSAGE)
            self.client = self.manager.client(context=self.context)
            self.client.start_channels(stdin=False, hb=False)
            self.watch = asyncio.ensure_future(self._watch())
            ready = asyncio.ensure_future(self.client.wait_for_ready(timeout=STARTS))
            await asyncio.wait({ready, self.watch}, return_when=asyncio.FIRST_COMPLETED)
            if not ready.done() or ready.exception():
                ready.cancel()
                reason = self.watch.result() if self.watch.done() else "it did not answer"
                raise Ended(f"the kernel did not start: {reason}")
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if hasattr(self, "watch"):
            self.watch.cancel()
        if hasattr(self, "client"):
            self.client.stop_channels()
            self.context.destroy(linger=0)
        with contextlib.suppress(Exception):
            await self.manager.shutdown_kernel(now=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.lent.__exit__(None, None, None)

    async def run(self, code: str, seconds: float | None = None, history: bool = True) -> Ran:
        """Run a cell, and say what became of it.

        Raises
        ------
        Ended
            If the kernel died, used too much, or does not answer any more.
        """
        left = self.begun + self.limits.notebook - time.monotonic()
        if left <= 0:
            raise Ended(f"the notebook took more than {self.limits.notebook:g} seconds")
        seconds = min(left, seconds or self.limits.cell)
        ran = Ran()
        asked = self.client.execute(code, store_history=history, stop_on_error=False)
        task = asyncio.ensure_future(self._listen(asked, ran))
        await asyncio.wait({task, self.watch}, timeout=seconds, return_when="FIRST_COMPLETED")
        if task.done():
            task.result()
            return ran
        task.cancel()
        if self.watch.done():
            raise Ended(self.watch.result())
        ran.error = "TimeoutError", f"it took more than {seconds:.0f} seconds"
        await self.manager.interrupt_kernel()
        probe = asyncio.ensure_future(self._listen(self.client.execute(""), Ran()))
        await asyncio.wait({probe, self.watch}, timeout=ANSWERS, return_when="FIRST_COMPLETED")
        if not probe.done():
            probe.cancel()
            raise Ended(
                f"a cell took more than {seconds:.0f} seconds, or printed {MESSAGE >> 20} MiB at "
                "once, and could not be stopped"
            )
        return ran

    async def _listen(self, asked: str, ran: Ran) -> None:
        """Take in the messages that answer a request, until it is done."""
        while True:
            await asyncio.sleep(0)  # whatever arrives, the clock gets its turn
            message = await self.client.get_iopub_msg()
            with contextlib.suppress(KeyError, TypeError, AttributeError, ValueError):
                if message["parent_header"]["msg_id"] != asked:
                    continue
                if message["content"].get("execution_state") == "idle":
                    break
                ran.add(message, self.limits.printed)
        while True:
            await asyncio.sleep(0)
            reply = await self.client.get_shell_msg()
            with contextlib.suppress(KeyError, TypeError, AttributeError):
                if reply["parent_header"]["msg_id"] == asked:
                    content = reply["content"]
                    if content["status"] != "ok":
                        name, message = content.get("ename", "Error"), content.get("evalue", "")
                        ran.error = str(name)[:80], str(message)[:2000]
                    return

    async def _watch(self) -> str:
        """Look at what the kernel uses; stop it if it is too much, and return why it ended."""
        while True:
            memory, alive = self._memory()
            self.memory = max(self.memory, memory)
            reason = ""
            if not alive:
                return "the kernel died"
            if memory > self.limits.memory:
                reason = f"it used more than {self.limits.memory >> 20} MiB of memory"
            elif _size(self.folder) > self.limits.disk:
                reason = f"it wrote more than {self.limits.disk >> 20} MiB to disk"
            elif time.monotonic() > self.begun + self.limits.notebook + ANSWERS:
                reason = f"the notebook took more than {self.limits.notebook:g} seconds"
            if reason:
                await self.manager.shutdown_kernel(now=True)
                return reason
            await asyncio.sleep(LOOKS)

    def _memory(self) -> tuple[int, bool]:
        """The memory of the kernel and all that it started, and whether it lives."""
        try:
            if self.process.status() == psutil.STATUS_ZOMBIE:
                return 0, False
            family = [self.process, *self.process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return 0, False
        memory = 0
        for process in family:
            with contextlib.suppress(psutil.Error):
                memory += process.memory_info().rss
        return memory, True


def _picture(data: object) -> str | None:
    """The picture, if it is a PNG of a decent size."""
    if not isinstance(data, str) or len(data) > PICTURE:
        return None
    with contextlib.suppress(binascii.Error, ValueError):
        raw = base64.b64decode(data)
        if raw.startswith(PNG):
            return base64.b64encode(raw).decode()
    return None


def _line(traceback: object) -> int | None:
    """The line of a cell that raised an error, from what IPython says of it."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(map(str, traceback)))  # type: ignore[call-overload]
    found = re.search(r"Cell In\[\d+\], line (\d+)|<ipython-input[^>]*>.*?line (\d+)", text)
    return int(found[1] or found[2]) if found else None


def _size(folder: Path) -> int:
    """The bytes in a folder; a file counts for 4 KiB at least."""
    size = 0
    with contextlib.suppress(OSError):
        for here, folders, files in os.walk(folder):
            size += 4096 * len(folders)
            for name in files:
                with contextlib.suppress(OSError):
                    size += max(4096, os.lstat(os.path.join(here, name)).st_size)
    return size
