"""The sockets slamon listens on: TCP addresses, and the control socket in the data folder."""

import asyncio
import errno
import os
import socket
import stat
from pathlib import Path

from slamon.catalogue.quantities import whole_number
from slamon.errors import SlamonError, UsageError

CONTROL_MODE = 0o600
_LONGEST_PATH = 107
_EVERYWHERE = {"", "*"}


async def tcp_socket(address: str) -> socket.socket:
    """A bound socket for `host:port`, `[v6]:port` or `:port` (every interface); port 0 takes a free one."""
    host, port = split_address(address)
    if host in _EVERYWHERE:
        return _everywhere(address, port)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SlamonError(f"cannot listen on {address}: the host is unknown ({error}); use an address") from error
    family, _, _, _, sockaddr = min(found, key=lambda row: row[0] != socket.AF_INET)
    return _bound(socket.socket(family, socket.SOCK_STREAM), sockaddr, address)


def split_address(address: str) -> tuple[str, int]:
    """Host and port of `host:port`."""
    host, colon, port = address.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    number = whole_number(port)
    if not colon or number is None or number > 65535 or (":" in host and not bracketed):
        raise UsageError(f"cannot listen on {address!r}: expected host:port, as 127.0.0.1:10650 or [::1]:10650")
    return host.strip("[]"), number


def control_socket(path: Path) -> socket.socket:
    """A bound socket at `path` that only our user can connect to. What a dead process left there is replaced."""
    length = len(os.fsencode(path))
    if length > _LONGEST_PATH:
        raise SlamonError(
            f"the control socket's path is {length} bytes long, the system allows {_LONGEST_PATH}: {path}; "
            "use a data folder with a shorter path, or start from within it and name it relatively"
        )
    _clear(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.bind(str(path))
        path.chmod(CONTROL_MODE)
    except OSError as error:
        sock.close()
        raise SlamonError(f"cannot make the control socket {path}: {error.strerror}") from error
    sock.setblocking(False)
    return sock


def identity(path: Path) -> tuple[int, int] | None:
    """Which file is at `path`; None when there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def url(sock: socket.socket, scheme: str) -> str:
    """Where a bound socket is to be found."""
    host, port = sock.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"


def _clear(path: Path) -> None:
    """Remove a socket nobody listens on; SlamonError for anything else that is there."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise SlamonError(f"cannot look at {path}: {error.strerror}") from error
    if not stat.S_ISSOCK(mode):
        raise SlamonError(f"{path} is in the way of the control socket and is none: move it away")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError as error:
            if error.errno not in {errno.EAGAIN, errno.EINPROGRESS}:
                raise SlamonError(f"cannot use the control socket {path}: {error.strerror}") from error
    raise SlamonError(f"another process serves on {path}: stop it, or use another data folder")


def _everywhere(address: str, port: int) -> socket.socket:
    if socket.has_dualstack_ipv6():
        sock = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        return _bound(sock, ("::", port), address)
    return _bound(socket.socket(socket.AF_INET, socket.SOCK_STREAM), ("0.0.0.0", port), address)


def _bound(sock: socket.socket, sockaddr: object, address: str) -> socket.socket:
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(sockaddr)  # type: ignore[arg-type]
        sock.listen(128)
    except OSError as error:
        sock.close()
        raise SlamonError(f"cannot listen on {address}: {_remedy(error)}") from error
    sock.setblocking(False)
    return sock


def _remedy(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the address is in use; stop the program that has it, or choose another port with --listen"
    if error.errno == errno.EACCES:
        return "ports below 1024 need a privilege; choose another port with --listen"
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine does not have that address; choose another with --listen"
    return error.strerror or str(error)
