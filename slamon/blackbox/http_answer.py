"""What a module of the prober http says of the last answer; the judgement is the exporter's."""

import asyncio
import email.utils
from datetime import UTC
from typing import TYPE_CHECKING

from slamon.blackbox import certificates
from slamon.blackbox.cel import judged as judged_by_conditions
from slamon.blackbox.fetch import Got, content_length
from slamon.blackbox.run import Run
from slamon.blackbox.unpack import unpacked
from slamon.catalogue.blackbox.models import HeaderMatch, HttpModule
from slamon.catalogue.blackbox.values import compiled
from slamon.export import probe_names as names
from slamon.probes.expect import as_utf8

if TYPE_CHECKING:
    from slamon.blackbox.http import Journey

LARGEST_KEPT = 32 * 2**20
"""Bytes of a body, as it comes, that patterns and conditions are held against."""

LONG_BODY = 64 * 1024


async def judged(run: Run, journey: "Journey", got: Got) -> bool:
    """What the module says of the answer; the exporter goes on to tell what it can when something is wrong already."""
    sheet, module, good = run.sheet, run.module.http, False
    if got.status:
        good = _status(run, got.status)
        if good and (module.fail_if_header_matches or module.fail_if_header_not_matches):
            good = _headers_fit(run, got)
            sheet.put(names.FAILED_BY_REGEX, 0 if good else 1)
        good = await _body(run, journey, got, good)
        _last_modified(run, got)
        sheet.put(names.HTTP_VERSION, float(got.proto.removeprefix("HTTP/") or 0))
        if module.valid_http_versions and got.proto not in module.valid_http_versions:
            run.journal.fail("the version of HTTP is not a valid one", version=got.proto)
            good = False
    if got.status and journey.secure:
        sheet.put(names.HTTP_SSL, 1)
        if got.tls is not None:
            certificates.show(sheet, got.tls)
        if module.fail_if_ssl:
            run.journal.fail("the last answer came over TLS")
            good = False
    elif module.fail_if_not_ssl and good:
        run.journal.fail("the last answer did not come over TLS")
        good = False
    sheet.put(names.HTTP_STATUS, got.status)
    sheet.put(names.HTTP_CONTENT_LENGTH, content_length(got, journey.request.method))
    return good


def _status(run: Run, status: int) -> bool:
    valid = run.module.http.valid_status_codes
    if status in valid if valid else 200 <= status < 300:
        run.journal.say("answered", status=status)
        return True
    run.journal.fail("the status is not a valid one", status=status, valid=", ".join(map(str, valid)) or "2xx")
    return False


def _headers_fit(run: Run, got: Got) -> bool:
    module = run.module.http
    for rule in module.fail_if_header_matches:
        values = _values(run, rule, got)
        if values is None or any(_found(rule, value) for value in values):
            if values is not None:
                run.journal.fail("a header matches", header=rule.header, regexp=rule.regexp)
            return False
    for rule in module.fail_if_header_not_matches:
        values = _values(run, rule, got)
        if values is None or (values and not any(_found(rule, value) for value in values)):
            if values is not None:
                run.journal.fail("a header does not match", header=rule.header, regexp=rule.regexp)
            return False
    return True


def _values(run: Run, rule: HeaderMatch, got: Got) -> list[str] | None:
    """The header's values, none where it may be missing; None where it must not."""
    values = got.all(rule.header)
    if not values and not rule.allow_missing:
        run.journal.fail("a header is missing", header=rule.header)
        return None
    return values


def _found(rule: HeaderMatch, value: str) -> bool:
    return compiled(rule.regexp).search(value.encode("utf-8", "replace")) is not None


async def _body(run: Run, journey: "Journey", got: Got, good: bool) -> bool:
    """What the body says, and how long it is."""
    module, sheet = run.module.http, run.sheet
    body, length, why = got.body, got.length, ""
    if journey.refused:
        body, length, why = b"", 0, "the body of a redirect that is not followed is not read"
    elif got.failure is not None:
        why = got.failure.message
    elif module.compression:
        opened = await asyncio.to_thread(unpacked, module.compression, body, module.body_size_limit, LARGEST_KEPT)
        body, length, why = opened.body, opened.length, opened.why
        if not opened.begun:
            run.journal.fail("the body cannot be unpacked", why=why)
            good, why = False, ""
    elif got.cut:
        why = "the body is longer than body_size_limit" if module.body_size_limit else "the body is too long to match"
    if good and (module.fail_if_body_matches_regexp or module.fail_if_body_not_matches_regexp):
        good = not why and await _regexps_fit(run, body)
        sheet.put(names.FAILED_BY_REGEX, 0 if good else 1)
    if good and (module.fail_if_body_json_matches_cel or module.fail_if_body_json_not_matches_cel):
        read = b"" if module.fail_if_body_matches_regexp or module.fail_if_body_not_matches_regexp else body
        good = not why and await _conditions_hold(run, read)
        sheet.put(names.FAILED_BY_CEL, 0 if good else 1)
    if not journey.refused:
        sheet.put(names.HTTP_BODY_LENGTH, length)
        if why:
            run.journal.fail("the body was not read to its end", why=why)
            good = False
    return good


async def _regexps_fit(run: Run, body: bytes) -> bool:
    module = run.module.http
    if len(body) > LONG_BODY:
        wrong = await asyncio.to_thread(_wrong_regexp, module, body)
    else:
        wrong = _wrong_regexp(module, body)
    if wrong is None:
        return True
    run.journal.fail(wrong[0], regexp=wrong[1])
    return False


def _wrong_regexp(module: HttpModule, body: bytes) -> tuple[str, str] | None:
    text = as_utf8(body, "")
    for pattern in module.fail_if_body_matches_regexp:
        if compiled(pattern).search(text) is not None:
            return "the body matches", pattern
    for pattern in module.fail_if_body_not_matches_regexp:
        if compiled(pattern).search(text) is None:
            return "the body does not match", pattern
    return None


async def _conditions_hold(run: Run, body: bytes) -> bool:
    module = run.module.http
    wanted = (
        (module.fail_if_body_json_matches_cel, False),
        (module.fail_if_body_json_not_matches_cel, True),
    )
    conditions = [(text, truth) for text, truth in wanted if text is not None]
    async with asyncio.timeout_at(run.deadline):
        wrong = await judged_by_conditions(body, conditions, run.context.children)
    if wrong is None:
        return True
    run.journal.fail(wrong[0], why=wrong[1])
    return False


def _last_modified(run: Run, got: Got) -> None:
    said = got.first("last-modified")
    try:
        moment = email.utils.parsedate_to_datetime(said) if said else None
    except (ValueError, IndexError, TypeError):
        moment = None
    if moment is not None:
        run.sheet.put(names.HTTP_LAST_MODIFIED, int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()))
