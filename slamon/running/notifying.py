"""What systemd is told (sd_notify(3)): ready, alive, loading anew, stopping. Elsewhere nothing is said."""

import os
import socket
import time
from collections.abc import Mapping


class ServiceManager:
    """The socket that the service manager listens on, where there is one; it is never waited for."""

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        """`env`: where NOTIFY_SOCKET and WATCHDOG_USEC are looked for; default: that of the process."""
        known = os.environ if env is None else env
        address = known.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        mine = known.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        usec = known.get("WATCHDOG_USEC", "")
        self._every_s = int(usec) / 3_000_000 if mine and usec.isdecimal() else None
        self._fed_at = float("-inf")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) if address else None

    def ready(self) -> None:
        """Figures can be had."""
        self._tell("READY=1")

    def loading(self) -> None:
        """The catalogue is loaded anew; `ready` ends it."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """The end has begun."""
        self._tell("STOPPING=1")

    def alive(self, now_s: float) -> None:
        """The event loop turns; told three times as often as the watchdog wants. `now_s`: monotonic seconds."""
        if self._every_s is not None and now_s - self._fed_at >= self._every_s:
            self._fed_at = now_s
            self._tell("WATCHDOG=1")

    def close(self) -> None:
        """Give the socket back."""
        if self._socket is not None:
            self._socket.close()

    def _tell(self, words: str) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(words.encode(), self._address)
        except OSError:
            pass  # nobody listens any more, or not now: it is told again, or not missed
