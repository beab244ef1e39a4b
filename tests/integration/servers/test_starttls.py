"""STARTTLS of every protocol against Debian's real servers: with a certificate, with a wrong one, and without any."""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from slamon.accounting import Verdict
from slamon.catalogue.kinds.tls import StartTls, TlsCheckOptions
from slamon.probes import KINDS, Outcome, ProbeContext, Reason

from tests.integration.probes.authority import Credential
from tests.integration.servers import test_dovecot, test_postgresql
from tests.integration.servers.debian import child, folder, free_port, up, wait_for
from tests.integration.servers.test_openldap import slapd
from tests.integration.servers.test_postfix import postfix

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become the servers' users")


@dataclass(frozen=True, slots=True)
class Files:
    """A server's certificate with its intermediate, its key, and who is to be trusted."""

    certificate: Path
    key: Path
    ca: Path


Running = Callable[[Files | None], "contextlib.AbstractContextManager[int]"]


@pytest.fixture(scope="module")
def files() -> Iterator[Files]:
    with folder() as place:
        root = Credential.root()
        own = root.authority().leaf("127.0.0.1", "chat.example.org")
        found = Files(place / "own.pem", place / "own.key", place / "ca.pem")

        found.certificate.write_bytes(own.pem + b"".join(one.public_bytes(Encoding.PEM) for one in own.between))
        found.key.write_bytes(own.key_pem)
        found.ca.write_bytes(root.pem)
        yield found


def owned(files: Files, place: Path, user: str) -> Files:
    """Copies that a server's user may read and nobody else, as some servers demand."""
    made = Files(place / "own.pem", place / "own.key", files.ca)
    made.certificate.write_bytes(files.certificate.read_bytes())
    made.key.write_bytes(files.key.read_bytes())
    for file in (made.certificate, made.key):
        file.chmod(0o600)
        subprocess.run(["chown", user, file], check=True)
    return made


@contextlib.contextmanager
def smtp(files: Files | None) -> Iterator[int]:
    level = "may" if files else "none"
    more = [f"smtpd_tls_security_level = {level}"]
    more += [f"smtpd_tls_cert_file = {files.certificate}", f"smtpd_tls_key_file = {files.key}"] if files else []
    with postfix("info", *more) as port:
        yield port


@contextlib.contextmanager
def dovecot(protocol: str, files: Files | None) -> Iterator[int]:
    port = free_port()
    config = test_dovecot.CONFIG.replace("protocols = imap", f"protocols = {protocol}")
    config = config.replace("imap-login", f"{protocol}-login").replace(
        "inet_listener imap", f"inet_listener {protocol}"
    )
    if files is not None:
        secure = f"ssl = yes\nssl_cert = <{files.certificate}\nssl_key = <{files.key}"
        config = config.replace("ssl = no", secure)
    with folder() as place:
        (place / "mail").mkdir()
        file = place / "dovecot.conf"
        file.write_text(config.format(place=place, password="x", port=port))
        with child(["/usr/sbin/dovecot", "-F", "-c", file], place / "out") as process:
            up(process, port, place / "out")
            yield port


@contextlib.contextmanager
def ldap(files: Files | None) -> Iterator[int]:
    more = f"TLSCertificateFile {files.certificate}\nTLSCertificateKeyFile {files.key}" if files else ""
    if files:  # global settings stand before the database: GnuTLS takes the chain from the same file
        with slapd(first=more) as found:
            yield found.port
    else:
        with slapd() as found:
            yield found.port


@contextlib.contextmanager
def postgres(files: Files | None) -> Iterator[int]:
    with folder("postgres") as place:
        data = place / "data"
        test_postgresql.made(data, "initdb", "-D", str(data), "-A", "trust", "--no-sync")
        settings: dict[str, str] = {}
        if files is not None:
            mine = owned(files, place, "postgres")
            settings = {"ssl": "on", "ssl_cert_file": str(mine.certificate), "ssl_key_file": str(mine.key)}
        with test_postgresql.postgres(data, **settings) as (port, process):
            up(process, port, place / f"log-{port}")
            yield port


@contextlib.contextmanager
def mariadb(files: Files | None) -> Iterator[int]:
    port = free_port()
    with folder("mysql") as place:
        data, log = place / "data", place / "log"
        made = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
        subprocess.run(made, user="mysql", cwd=place, capture_output=True, check=True)
        words = ["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={place / 'socket'}"]
        words += [f"--pid-file={place / 'pid'}", "--bind-address=127.0.0.1", f"--port={port}"]
        if files is not None:
            mine = owned(files, place, "mysql")
            words += [f"--ssl-cert={mine.certificate}", f"--ssl-key={mine.key}"]
        log.touch()
        with child(words, log, user="mysql") as process:
            up(process, port, log)
            yield port


@contextlib.contextmanager
def ftp(files: Files | None) -> Iterator[int]:
    port = free_port()
    with folder() as place:
        lines = ["listen=YES", "listen_ipv6=NO", "background=NO", f"listen_port={port}", "listen_address=127.0.0.1"]
        lines += ["run_as_launching_user=NO", "seccomp_sandbox=NO", f"secure_chroot_dir={place / 'empty'}"]
        (place / "empty").mkdir()
        if files is not None:
            lines += ["ssl_enable=YES", f"rsa_cert_file={files.certificate}", f"rsa_private_key_file={files.key}"]
            lines += ["ssl_ciphers=HIGH", "allow_anon_ssl=YES"]
        config, log = place / "vsftpd.conf", place / "log"
        config.write_text("\n".join(lines) + "\n")
        config.chmod(0o600)
        with child(["/usr/sbin/vsftpd", config], log) as process:
            up(process, port, log)
            yield port


PROSODY = """
pidfile = "{place}/pid"
data_path = "{place}/data"
log = {{ info = "{place}/log" }}
modules_enabled = {{ "tls"; "dialback"; "roster"; "saslauth" }}
modules_disabled = {{ "s2s" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {clients} }}
s2s_ports = {{ {servers} }}
c2s_require_encryption = false
s2s_require_encryption = false
{more}
VirtualHost "chat.example.org"
"""


@contextlib.contextmanager
def prosody(servers: bool, files: Files | None) -> Iterator[int]:
    clients, others = free_port(), free_port()
    with folder("prosody") as place:
        more = ""
        if files is not None:
            mine = owned(files, place, "prosody")
            more = f'ssl = {{ certificate = "{mine.certificate}", key = "{mine.key}" }}'
        config = PROSODY.format(place=place, clients=clients, servers=others, more=more)
        if servers:
            config = config.replace('modules_disabled = { "s2s" }\n', "")
        if files is None:
            config = config.replace('"tls"; ', "").replace(
                'modules_disabled = { "s2s"', 'modules_disabled = { "tls", "s2s"'
            )
        (place / "prosody.cfg.lua").write_text(config)
        (place / "data").mkdir()
        subprocess.run(["chown", "prosody", place / "data"], check=True)
        port, log = others if servers else clients, place / "out"
        log.touch()
        with child(["/usr/bin/prosody", "-F", "--config", place / "prosody.cfg.lua"], log, user="prosody") as process:
            up(process, port, log)
            yield port


SERVERS: dict[str, Running] = {
    "smtp": smtp,
    "imap": lambda files: dovecot("imap", files),
    "pop3": lambda files: dovecot("pop3", files),
    "ftp": ftp,
    "ldap": ldap,
    "postgres": postgres,
    "mysql": mariadb,
    "xmpp": lambda files: prosody(False, files),
    "xmpp-server": lambda files: prosody(True, files),
}

WITHOUT = {
    "smtp": "502 5.5.1 Error: command not implemented",
    "imap": "s1 BAD",
    "pop3": "-ERR",
    "ftp": "530 Please login with USER and PASS.",
    "ldap": "result ",
    "postgres": "does not begin TLS: 'N'",
    "mysql": "it does not offer it",
    "xmpp": "features",
    "xmpp-server": "features",
}
"""What a server without a certificate says."""


def ask(protocol: str, port: int, ca: Path, **options: Any) -> Outcome:
    async def once() -> Outcome:
        context = ProbeContext()
        try:
            return await KINDS["tls"](
                TlsCheckOptions.model_validate(
                    {"address": f"127.0.0.1:{port}", "starttls": protocol, "ca_file": str(ca), **options}
                ),
                context,
            )(asyncio.get_running_loop().time() + 20)
        finally:
            await context.close()

    return asyncio.run(once())


def test_every_protocol_has_its_server() -> None:
    assert set(SERVERS) == set(WITHOUT) == {protocol.value for protocol in StartTls}


@pytest.mark.parametrize("protocol", SERVERS)
def test_with_a_certificate(protocol: str, files: Files) -> None:
    named = {"server_name": "chat.example.org"} if protocol.startswith("xmpp") else {}
    with SERVERS[protocol](files) as port:
        wait_for(lambda: ask(protocol, port, files.ca, **named).verdict is Verdict.UP, "it is up", 30)
        found = ask(protocol, port, files.ca, **named)
        stapled = ask(protocol, port, files.ca, **named, expect={"staple": "if_sent"})
        other = ask(protocol, port, files.ca, **named, expect={"names": "other.example.org"})
        stranger = ask(protocol, port, Path("/etc/ssl/certs/ca-certificates.crt"), **named)
    assert found.verdict is Verdict.UP, found
    assert list(found.phases) == ["connect", "processing", "tls"]
    assert found.tls is not None
    assert [one.subject for one in found.tls.verified] == ["CN=leaf", "CN=Test Intermediate", "CN=Test Root"]
    assert stapled.verdict is Verdict.UP, stapled
    assert other.reason is Reason.CERTIFICATE
    assert stranger.reason is Reason.CERTIFICATE


@pytest.mark.parametrize("protocol", SERVERS)
def test_without_one(protocol: str, files: Files) -> None:
    named = {"server_name": "chat.example.org"} if protocol.startswith("xmpp") else {}
    with SERVERS[protocol](None) as port:
        wait_for(
            lambda: ask(protocol, port, files.ca, **named).reason is Reason.STARTTLS, "it is there, without TLS", 30
        )
        found = ask(protocol, port, files.ca, **named)
    assert (found.verdict, found.reason) == (Verdict.DOWN, Reason.STARTTLS), found
    assert found.message.startswith(f"127.0.0.1:{port} does not begin TLS: ")
    assert WITHOUT[protocol] in found.message


@pytest.mark.parametrize("protocol", SERVERS)
def test_stopped(protocol: str, files: Files) -> None:
    assert ask(protocol, free_port(), files.ca).reason is Reason.REFUSED


def test_the_wrong_protocol(files: Files) -> None:
    """What greets as another one: told as such, at once."""
    with dovecot("imap", files) as port:
        for protocol, reason in {"smtp": Reason.PROTOCOL, "pop3": Reason.PROTOCOL, "mysql": Reason.PROTOCOL}.items():
            found = ask(protocol, port, files.ca)
            assert (found.verdict, found.reason) == (Verdict.DOWN, reason), (protocol, found)
