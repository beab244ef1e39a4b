"""Cookies that answers set on the way from one redirect to the next; a probe begins without any."""

import email.message
import urllib.request
import warnings
from collections.abc import Sequence
from http.cookiejar import CookieJar
from typing import Any, cast

MOST = 50
LONGEST = 4096

# The library takes what it cannot read in a stranger's cookie for a bug of its own, and passes the cookie over.
warnings.filterwarnings("ignore", message="http.cookiejar bug!")


class _Answer:
    """As the library wants to be told of an answer."""

    def __init__(self, values: Sequence[str]) -> None:
        self._message = email.message.Message()
        for value in values:
            self._message["Set-Cookie"] = value

    def info(self) -> email.message.Message:
        """Its headers."""
        return self._message


class Cookies:
    """The cookies of one probe."""

    def __init__(self) -> None:
        self._jar: CookieJar | None = None

    def take(self, url: str, values: Sequence[str]) -> None:
        """What an answer from `url` sets."""
        sound = [value for value in values[:MOST] if len(value) <= LONGEST and value.isprintable()]
        if sound:
            self._jar = self._jar if self._jar is not None else CookieJar()
            self._jar.extract_cookies(cast(Any, _Answer(sound)), urllib.request.Request(url))

    def header(self, url: str) -> str | None:
        """What goes along to `url`."""
        if self._jar is None:
            return None
        request = urllib.request.Request(url)
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie")
