"""A run of a report as JSON, to a program over http: one deadline, no redirects, the answer's body read no further."""

import json
from typing import Any

import requests

from slamon.catalogue.reporting import Webhook
from slamon.delivery.made import Made, file_entries
from slamon.delivery.patience import NotDelivered, within
from slamon.probes.course import Mask
from slamon.running.asking import Credentials, words_of

_SHOWN = 200


def body(made: Made, webhook: Webhook) -> bytes:
    """What is sent. Figures are those of `slamon account --format json`."""
    told: dict[str, Any] = made.told() | {"files": file_entries(made.files, whole=webhook.files)}
    return json.dumps(told, ensure_ascii=False, allow_nan=False).encode()


def post(webhook: Webhook, made: Made) -> None:
    """Send it; NotDelivered unless the answer is of the 200s. The run's id stands in `Idempotency-Key` too."""
    headers = {name: value.reveal() for name, value in webhook.headers.items()}
    headers |= {"Content-Type": "application/json", "Idempotency-Key": made.id}
    mask = Mask([*(value.reveal() for value in webhook.headers.values()), *_secrets(webhook)])
    try:
        with within(webhook.timeout), requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                webhook.url,
                data=body(made, webhook),
                headers=headers,
                auth=Credentials(webhook),
                timeout=webhook.timeout / 1000,
                verify=webhook.ca_file if webhook.ca_file is not None else True,
                allow_redirects=False,
                stream=True,
            )
            if not 200 <= answer.status_code < 300:
                said = answer.raw.read(_SHOWN, decode_content=True).decode("utf-8", "replace")
                raise NotDelivered(mask.shown(f"it answered {answer.status_code} {' '.join(said.split())}".strip()))
    except NotDelivered as error:
        raise NotDelivered(f"webhook: {error}") from None
    except requests.Timeout:
        raise NotDelivered("webhook: no answer in time") from None
    except (requests.RequestException, OSError, ValueError) as error:
        raise NotDelivered(f"webhook: {mask.shown(words_of(error))}") from None


def _secrets(webhook: Webhook) -> list[str]:
    return [secret.reveal() for secret in (webhook.password, webhook.bearer) if secret is not None]
