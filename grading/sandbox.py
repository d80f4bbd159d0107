"""Where students' code runs: a bubblewrap sandbox that holds Python, the libraries, and no more.

No network, no file of the host but the libraries, no other process, no privilege; limits on
memory, processor time, processes and the size of files. As root, each sandbox has a user of its
own, since limits on processes do not bind root.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

import gdlib

__all__ = ["Bubblewrap", "Limits", "Nowhere", "Sandbox", "SandboxError", "lend_user"]

USERS = range(61_000, 61_500)  # numbers of users that own nothing, one for each sandbox
SYSTEM = ("/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
SETTINGS = ("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives")
HOME = "/tmp"  # of the sandbox: a file system in memory


class SandboxError(RuntimeError):
    """Students' code cannot be confined on this machine."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    cell, notebook : float
        Seconds, of one cell and of all.
    memory : int
        Bytes, of all its processes together.
    processes : int
        How many, threads included.
    disk : int
        Bytes that it may write.
    printed : int
        Characters of output that are kept of a cell.
    """

    cell: float = 30.0
    notebook: float = 180.0
    memory: int = 2 << 30
    processes: int = 96
    disk: int = 64 << 20
    printed: int = 20_000


class Sandbox:
    """A way to start a command so that it can do no harm."""

    confines = False

    def check(self) -> None:
        """Raise `SandboxError` if it does not work here."""

    def command(self, command: list[str], folder: Path, limits: Limits, user: int) -> list[str]:
        """Return the command that runs `command` in the sandbox.

        Parameters
        ----------
        command : list of str
        folder : Path
            The one folder of the host that the command may write to.
        limits : Limits
        user : int
            The number of the user that it runs as; see `lend_user`.
        """
        raise NotImplementedError


class Nowhere(Sandbox):
    """No sandbox at all: for answers that you trust."""

    def command(self, command: list[str], folder: Path, limits: Limits, user: int) -> list[str]:
        return command


class Bubblewrap(Sandbox):
    """Debian's ``bubblewrap``, started by ``prlimit``."""

    confines = True

    def check(self) -> None:
        for tool, package in (("bwrap", "bubblewrap"), ("prlimit", "util-linux")):
            if shutil.which(tool) is None:
                raise SandboxError(
                    f"{tool} is missing: students' code would run with your rights. Install it "
                    f"(on Debian: apt-get install {package}), or grade with --no-sandbox answers "
                    "that you trust: they can then read and change all that you can"
                )
        folder = Path("/tmp")
        with lend_user() as user:
            command = self.command([sys.executable, "-c", "import numpy"], folder, Limits(), user)
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode:
            hint = ""
            if os.geteuid() and "uid map" in done.stderr:
                hint = (
                    "; this system forbids user namespaces to unprivileged programs: allow them to "
                    "bwrap (on Ubuntu 24.04 and later, with an AppArmor profile for /usr/bin/bwrap "
                    "that has the line `userns,`), or grade as root"
                )
            raise SandboxError(f"bwrap does not work here: {done.stderr.strip()}{hint}")

    def command(self, command: list[str], folder: Path, limits: Limits, user: int) -> list[str]:
        root = os.geteuid() == 0
        # Threads of other programs count, too, where the user is not the sandbox's own.
        others = 0 if root else sum(_threads(os.getuid()))
        start = [
            "prlimit",
            f"--as={4 * limits.memory}",  # of addresses; what is used is watched
            f"--fsize={limits.disk}",
            f"--cpu={int(limits.notebook) + 5}",
            f"--nproc={others + limits.processes}",
            "--core=0",
            "bwrap", "--die-with-parent", "--new-session", "--clearenv",
        ]  # fmt: skip
        if root:
            start += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
            drop = ["setpriv", f"--reuid={user}", f"--regid={user}"]
            drop += ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        else:
            start += ["--unshare-all"]
            drop = []
        for name, value in self.environment.items():
            start += ["--setenv", name, value]
        start += _mounts(limits.disk)
        if folder != Path("/tmp"):
            start += ["--bind", str(folder), str(folder)]
        start += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--"]
        return start + drop + command

    environment = {
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "MPLCONFIGDIR": f"{HOME}/matplotlib",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
        **{name: os.environ[name] for name in ("OPENBLAS_CORETYPE",) if name in os.environ},
    }


@contextlib.contextmanager
def lend_user() -> Iterator[int]:
    """Lend the number of a user that no other sandbox has; or, if not root, one's own.

    The limit on processes is one for all that a user runs: sandboxes that shared a user could
    starve each other.
    """
    if os.geteuid():
        yield os.geteuid()
        return
    for user in USERS:
        with socket.socket(socket.AF_UNIX) as lock:  # a name that ends with the process
            try:
                lock.bind(f"\0gradient-descent-sandbox-{user}")
            except OSError:
                continue
            yield user
            return
    raise SandboxError(f"all {len(USERS)} users of sandboxes are taken")


def _threads(user: int) -> Iterator[int]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.uids().real == user:
                yield process.num_threads()


def _mounts(disk: int) -> list[str]:
    """The file system of a sandbox, as arguments of ``bwrap``."""
    libraries = [Path(sys.prefix), Path(sys.base_prefix), Path(gdlib.__file__).parent]
    seen = {Path("/"), Path("/tmp")}
    mounts = ["--ro-bind", "/usr", "/usr"]
    for path in map(Path, SYSTEM):
        if path.is_symlink():
            mounts += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            mounts += ["--ro-bind", str(path), str(path)]
    mounts += ["--proc", "/proc", "--dev", "/dev"]
    for place in ("/tmp", "/dev/shm"):
        mounts += ["--size", str(disk), "--perms", "1777", "--tmpfs", place]
    for path in libraries:
        if path.is_relative_to("/usr"):
            continue
        for parent in reversed(path.parents):  # bwrap would make them for the owner alone
            if parent not in seen:
                seen.add(parent)
                mounts += ["--dir", str(parent)]
        mounts += ["--ro-bind", str(path), str(path)]
    mounts += ["--dir", "/etc"]
    for path in map(Path, SETTINGS):
        if path.exists():
            mounts += ["--ro-bind", str(path), str(path)]
    mounts += ["--perms", "1777", "--dir", f"{HOME}/matplotlib"]
    for path in _fonts():
        mounts += ["--ro-bind", str(path), f"{HOME}/matplotlib/{path.name}"]
    return mounts


def _fonts() -> list[Path]:
    """Matplotlib's list of fonts: without it, each sandbox would search for them anew."""
    import matplotlib
    import matplotlib.font_manager

    return list(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
