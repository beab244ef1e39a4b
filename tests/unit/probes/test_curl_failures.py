"""libcurl's errors as reasons: a row each."""

from typing import Any

import pycurl
import pytest
from slamon.probes import ProbeNotRunError, Reason
from slamon.probes.curl_failures import OUR_FAULTS, Circumstances, failure


class FakeCurl:
    def __init__(self, **info: Any) -> None:
        self._info = {getattr(pycurl, name): value for name, value in info.items()}

    def getinfo(self, what: int) -> Any:
        return self._info.get(what, 0)


class FakeHandle:
    def __init__(self, **info: Any) -> None:
        self.curl = FakeCurl(**info)
        self.read = 17


def told(
    code: int, text: str, *, https: bool, proxied: bool = False, reached: str = "", **info: Any
) -> tuple[str, str]:
    at = Circumstances(
        "shop:443", https, proxied, 2.5, int(reached != ""), int(reached in ("tls", "answer")), int(reached == "answer")
    )
    found = failure(pycurl.error(code, text), FakeHandle(**info), at)  # type: ignore[arg-type]
    return found.reason, found.message


@pytest.mark.parametrize(
    ("code", "text", "https", "reached", "reason", "message"),
    [
        (28, "", True, "", Reason.TIMEOUT, "no connection to shop:443 within 2.5 s"),
        (28, "", True, "connect", Reason.TIMEOUT, "the TLS handshake with shop:443 was not done within 2.5 s"),
        (28, "", True, "tls", Reason.TIMEOUT, "shop:443 did not answer within 2.5 s"),
        (
            28,
            "",
            True,
            "answer",
            Reason.TIMEOUT,
            "the answer of shop:443 was not complete within 2.5 s, 17 bytes of its body were read",
        ),
        (6, "", True, "", Reason.DNS, "shop:443 was not resolved"),
        (52, "", False, "connect", Reason.PROTOCOL, "shop:443 closed the connection without an answer"),
        (
            56,
            "Recv failure: Connection reset by peer",
            False,
            "connect",
            Reason.PROTOCOL,
            "shop:443 reset the connection",
        ),
        (
            35,
            "TLS connect error: error:0A00010B:SSL routines::wrong version number",
            True,
            "connect",
            Reason.TLS,
            "no TLS with shop:443: wrong version number",
        ),
        (
            35,
            "Recv failure",
            True,
            "connect",
            Reason.TLS,
            "no TLS with shop:443: it closed the connection during the handshake",
        ),
        (59, "", True, "connect", Reason.TLS, "no TLS with shop:443: no cipher in common"),
        (
            60,
            "SSL certificate problem: certificate has expired",
            True,
            "connect",
            Reason.CERTIFICATE,
            "the certificate of shop:443 is not valid: certificate has expired",
        ),
        (
            60,
            "SSL: no alternative certificate subject name matches target host name 'shop'",
            True,
            "connect",
            Reason.CERTIFICATE,
            "the certificate of shop:443 is not valid: it is not for this name",
        ),
        (100, "Too many response headers", False, "connect", Reason.TOO_LARGE, "shop:443 sent endless headers"),
        (92, "", True, "answer", Reason.PROTOCOL, "shop:443 broke off its HTTP/2 stream"),
        (99, "", False, "connect", Reason.PROTOCOL, "the exchange with shop:443 failed (libcurl error 99)"),
    ],
)
def test_failures_of_the_other_side(
    code: int, text: str, https: bool, reached: str, reason: Reason, message: str
) -> None:
    assert told(code, text, https=https, reached=reached) == (reason, message)


def test_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(7, "", https=False, OS_ERRNO=111) == (Reason.REFUSED, "shop:443 refused the connection")
    assert told(7, "", https=False, OS_ERRNO=113)[0] == Reason.CONNECT
    with pytest.raises(ProbeNotRunError, match="no local port"):
        told(7, "", https=False, OS_ERRNO=99)
    with pytest.raises(ProbeNotRunError, match="no file descriptor"):
        told(7, "", https=False, OS_ERRNO=24)


def test_proxies() -> None:
    assert told(7, "", https=False, proxied=True, OS_ERRNO=111) == (
        Reason.PROXY,
        "the proxy refused the connection",
    )
    assert told(56, "", https=True, proxied=True, HTTP_CONNECTCODE=403)[1].startswith("the proxy answered 403")
    assert told(97, "", https=False, proxied=True) == (Reason.PROXY, "the proxy could not reach the host")


@pytest.mark.parametrize("code", OUR_FAULTS)
def test_our_own_faults_are_no_failures(code: int) -> None:
    with pytest.raises(ProbeNotRunError):
        told(code, "", https=True)


@pytest.mark.parametrize("https", [True, False])
def test_no_text_of_libcurl_is_shown_that_is_not_openssls(https: bool) -> None:
    for code in range(1, 102):
        try:
            message = told(code, "secret in https://user:geheim@host/", https=https, reached="connect")[1]
        except ProbeNotRunError as error:
            message = str(error)
        assert "geheim" not in message
