"""A run of a report as one mail, and its way to the server: encrypted as configured, in one deadline."""

import mimetypes
import smtplib
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.utils import formatdate

from slamon.catalogue.reporting import Language, Mail, Security
from slamon.delivery.made import Made
from slamon.delivery.patience import NotDelivered, within
from slamon.probes.course import Mask

SUBJECT = {
    Language.EN: "Service level report {period}: {customers}",
    Language.DE: "Servicebericht {period}: {customers}",
}
TEXT = {
    Language.EN: "The service level report for {period}, as known at {at}.\n\n{results}\n\nAttached:\n{files}\n",
    Language.DE: "Der Servicebericht für {period}, Stand {at}.\n\n{results}\n\nIm Anhang:\n{files}\n",
}
LEFT_OUT = {
    Language.EN: "\nWithout a report, and why:\n{left_out}\n",
    Language.DE: "\nOhne Bericht, und weshalb:\n{left_out}\n",
}
"""What a mail says where the catalogue says nothing."""

_LONGEST_SUBJECT = 400
_TYPES = {".csv": "text/csv", ".json": "application/json", ".html": "text/html"}


def message(made: Made, mail: Mail) -> EmailMessage:
    """The mail with its attachments. Its Message-ID is the same each time that the run is sent."""
    fields, language = made.fields(), made.model.lang
    found = EmailMessage(policy.SMTP)
    subject = (mail.subject or SUBJECT[language]).format_map(fields)
    found["Subject"] = " ".join(subject.split())[:_LONGEST_SUBJECT]
    found["From"] = mail.from_
    found["To"] = ", ".join(mail.to)
    found["Date"] = formatdate(time.time(), localtime=False)
    found["Message-ID"] = f"<{made.id}@{_domain(mail.from_)}>"
    found["Auto-Submitted"] = "auto-generated"
    text = mail.text or TEXT[language] + (LEFT_OUT[language] if made.left_out else "")
    found.set_content(text.format_map(fields))
    for path in made.files:
        main, _, sub = _type_of(path.suffix).partition("/")
        found.add_attachment(path.read_bytes(), maintype=main, subtype=sub, filename=path.name)
    return found


def _type_of(suffix: str) -> str:
    return _TYPES.get(suffix) or mimetypes.types_map.get(suffix) or "application/octet-stream"


def _domain(address: str) -> str:
    """The sender's domain, as it may stand in a Message-ID."""
    domain = address.rpartition("@")[2]
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return "slamon.invalid"


def send(mail: Mail, found: EmailMessage, to: Sequence[str]) -> Mapping[str, str]:
    """Give it to the server for these addresses; gives those that it refused, and its words.

    Raises NotDelivered where it took none.
    """
    mask = Mask([] if mail.password is None else [mail.password.reveal()])
    try:
        with within(mail.timeout):
            return {address: mask.shown(words) for address, words in _sent(mail, found, to).items()}
    except smtplib.SMTPRecipientsRefused as error:
        return {address: mask.shown(_answer(*answer)) for address, answer in error.recipients.items()}
    except NotDelivered as error:
        raise NotDelivered(f"{mail.host}: {error}") from None
    except (smtplib.SMTPException, OSError, UnicodeError, ValueError) as error:
        raise NotDelivered(f"{mail.host}: {mask.shown(_words(error))}") from None


def _sent(mail: Mail, found: EmailMessage, to: Sequence[str]) -> Mapping[str, str]:
    host, port = mail.address
    patience = mail.timeout / 1000
    name = socket.gethostname()
    server: smtplib.SMTP
    if mail.security is Security.TLS:
        server = smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=patience, context=_trust(mail))
    else:
        server = smtplib.SMTP(host, port, local_hostname=name, timeout=patience)
    try:
        if mail.security is Security.STARTTLS:
            server.starttls(context=_trust(mail))
        if mail.username is not None and mail.password is not None:
            server.login(mail.username, mail.password.reveal())
        refused = server.send_message(found, from_addr=mail.from_, to_addrs=list(to))
    except BaseException:
        server.close()
        raise
    with suppress(smtplib.SMTPException, OSError):  # the mail is taken; how the talk ends is no matter
        server.quit()
    server.close()
    return {address: _answer(*answer) for address, answer in refused.items()}


def _trust(mail: Mail) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=mail.ca_file)


def _answer(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
