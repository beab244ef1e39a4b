"""Mails against a real server: encrypted, logged in, refused, hanging; attachments whole; one id a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from slamon.catalogue.reporting import Mail
from slamon.delivery.made import Made
from slamon.delivery.mail import message, send
from slamon.delivery.patience import NotDelivered

from tests.integration.delivery.conftest import NAME
from tests.integration.delivery.servers import PASSWORD, USER, Inbox, Trust, mail_server, silent_server

ANNA, BERT = "anna@example.org", "bert@example.org"


def mail(port: int, **more: Any) -> Mail:
    plain = {"host": "127.0.0.1", "port": port, "security": "none", "from": "slamon@müller.example", "to": [ANNA, BERT]}
    return Mail.model_validate(plain | {"timeout": "20s"} | more)


def sent(made: Made, to: Mail) -> Mapping[str, str]:
    return send(to, message(made, to), to.to)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def test_a_mail_has_text_and_files_and_an_id_that_stays(made: Made, inbox: Inbox) -> None:
    with mail_server(inbox) as port:
        assert sent(made, mail(port)) == {}
        assert sent(made, mail(port)) == {}
    first, second = inbox.mails
    assert inbox.recipients == [[ANNA, BERT]] * 2
    assert first["Message-ID"] == second["Message-ID"] == "<slamon.monthly.2026-10.abc@xn--mller-kva.example>"
    assert first["Subject"] == f"Servicebericht Oktober\u00a02026: {NAME}".replace("\u00a0", " ")
    assert (first["Auto-Submitted"], first["To"]) == ("auto-generated", f"{ANNA}, {BERT}")
    body = first.get_body()
    assert body is not None
    text = body.get_content()
    assert "Stand 02.11.2026" in text.replace("\u00a0", " ")
    assert "  Shop: Verfügbarkeit 99,953 %, Ziel 99,9 %" in text
    assert "silber: the agreement silber was not in force in 2026-10" in text
    files = {part.get_filename(): part for part in first.iter_attachments()}
    assert list(files) == [path.name for path in made.files]
    assert files["2026-10_kunde_gold_de.pdf"].get_content_type() == "application/pdf"
    assert files["2026-10_kunde_gold_de.pdf"].get_content() == made.files[0].read_bytes()


def test_subject_and_text_are_templates_of_names_and_names_of_customers_are_none(made: Made, inbox: Inbox) -> None:
    made.customers = {"kunde": "{at} \u202eevil " + "x" * 600}
    words = {"subject": "{{{name}}} {customers}", "text": "{report} {begin} {end} {agreements}: {files}"}
    with mail_server(inbox) as port:
        assert sent(made, mail(port, **words)) == {}
    subject = inbox.mails[0]["Subject"]
    assert subject.startswith("{2026-10} {at} evil xxx")
    assert len(subject) == 400
    body = inbox.mails[0].get_body()
    assert body is not None
    assert body.get_content().startswith("monthly 01.01.1970")


def test_starttls_and_login(made: Made, inbox: Inbox, tmp_path: Path) -> None:
    trust = Trust(tmp_path)
    known = {"security": "starttls", "username": USER, "password": PASSWORD, "ca_file": str(trust.ca_file)}
    with mail_server(inbox, trust, starttls=True, login=True) as port:
        assert sent(made, mail(port, host="localhost", **known)) == {}
        with pytest.raises(NotDelivered) as refused:
            sent(made, mail(port, host="localhost", **(known | {"password": "falsch-0815"})))
    assert inbox.secure == [True]
    assert "535" in str(refused.value)
    assert "falsch-0815" not in str(refused.value)  # not even when the server says it


def test_tls_from_the_first_byte(made: Made, inbox: Inbox, tmp_path: Path) -> None:
    trust = Trust(tmp_path)
    with mail_server(inbox, trust) as port:
        assert sent(made, mail(port, host="localhost", security="tls", ca_file=str(trust.ca_file))) == {}
        with pytest.raises(NotDelivered, match=r"localhost: its certificate is not trusted"):
            sent(made, mail(port, host="localhost", security="tls"))
    assert len(inbox.mails) == 1


def test_nothing_is_sent_readable_where_it_should_be_encrypted(made: Made, inbox: Inbox) -> None:
    with mail_server(inbox) as port, pytest.raises(NotDelivered, match="STARTTLS"):
        sent(made, mail(port, security="starttls", username=USER, password=PASSWORD))
    assert inbox.mails == []


@pytest.mark.parametrize("answer", ["451 4.3.0 try again later", "550 5.1.1 no such user here"])
def test_an_address_that_is_refused_is_told_and_the_others_get_it(made: Made, inbox: Inbox, answer: str) -> None:
    inbox.refuse = {BERT: answer}
    with mail_server(inbox) as port:
        assert sent(made, mail(port)) == {BERT: answer}
        inbox.refuse = {ANNA: answer, BERT: answer}
        assert sent(made, mail(port)) == {ANNA: answer, BERT: answer}
    assert inbox.recipients == [[ANNA]]


@pytest.mark.parametrize("answer", ["452 4.3.1 no room", "554 5.7.1 too large\x07"])
def test_a_mail_that_is_refused_is_told_in_the_servers_words(made: Made, inbox: Inbox, answer: str) -> None:
    inbox.data = answer
    with mail_server(inbox) as port, pytest.raises(NotDelivered) as refused:
        sent(made, mail(port))
    assert str(refused.value) == f"127.0.0.1: {answer.replace(chr(7), ' ')}"


@pytest.mark.parametrize(("words", "drip"), [(b"", b""), (b"220 here\r\n", b""), (b"220-", b"220-more\r\n")])
def test_a_server_that_hangs_or_drips_is_left_in_time(made: Made, words: bytes, drip: bytes) -> None:
    with (
        silent_server(words, drip=drip) as port,
        pytest.raises(NotDelivered, match=r"not done within|no answer in time"),
    ):
        sent(made, mail(port, timeout="1s"))


def test_nobody_there(made: Made) -> None:
    with silent_server() as port:
        pass
    with pytest.raises(NotDelivered, match=r"127\.0\.0\.1: Connection refused"):
        sent(made, mail(port))
