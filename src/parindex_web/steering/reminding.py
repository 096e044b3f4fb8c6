"""Sending the letters that are due: each once, whatever happens to the mail server in between."""

from __future__ import annotations

import hashlib
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import QuerySet

from parindex_web import clock
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act_of_the_system
from parindex_web.audit.models import Event
from parindex_web.editions.models import Edition
from parindex_web.steering.letters import Letter, letters_due

REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused)
"""The server is there and does not take this one letter."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How many letters went out, and those that did not: address, and what the server said."""

    sent: int
    failed: tuple[tuple[str, str], ...]


class _SentBefore(Exception):
    """Undoes the event of a letter that another run has sent."""


def remind(*, edition: Edition, days: Sequence[int]) -> Sent:
    """Mail everybody whose step closes in so many days and is not done. One act for each letter.

    A letter that is on record is not sent again; one that could not be sent is not on record and is tried at the next
    run. A refused letter does not hold up the others; where the server is gone, the rest waits.
    """
    sent = 0
    failed: list[tuple[str, str]] = []
    connection = get_connection()
    try:
        for letter in letters_due(edition, days=days, now=clock.now()):
            if _on_record(letter).exists():
                continue
            try:
                sent += _sent(letter, connection)
            except REFUSED as refused:
                connection.close()
                failed.append((letter.person.email, str(refused)))
            except OSError as gone:
                connection.close()
                failed.append((letter.person.email, str(gone)))
                break
    finally:
        connection.close()
    return Sent(sent, tuple(failed))


def _sent(letter: Letter, connection: BaseEmailBackend) -> int:
    """One letter, or none where it went out before. A connection that was lost on the way is made anew, once."""
    try:
        return _send(letter, connection)
    except REFUSED:
        raise
    except OSError:
        # Among them every other failure of SMTP.
        connection.close()
        connection.open()
        return _send(letter, connection)


def _send(letter: Letter, connection: BaseEmailBackend) -> int:
    try:
        with act_of_the_system("edition.remind", target=Target(letter.edition.code)) as record:
            # Recorded first: the chain is locked, so that two runs at once send one letter.
            event = record(
                subject=letter.key,
                details={
                    "what": letter.what,
                    "until": letter.closes_at.isoformat(),
                    "person": f"person-{letter.person.pk}",
                    "units": [each.unit for each in letter.to_do],
                },
            )
            if _on_record(letter).exclude(pk=event.pk).exists():
                raise _SentBefore
            _message(letter, connection).send()
    except _SentBefore:
        return 0
    return 1


def _on_record(letter: Letter) -> QuerySet[Event]:
    return Event.objects.filter(chain__edition=letter.edition.code, act="edition.remind", subject=letter.key)


def _message(letter: Letter, connection: BaseEmailBackend) -> EmailMessage:
    # The same letter has the same id: a server that took it and lost the connection before saying so can tell.
    digest = hashlib.sha256(f"{letter.edition.code}:{letter.key}".encode()).hexdigest()[:32]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return EmailMessage(
        letter.title,
        letter.text,
        None,
        [letter.person.email],
        headers={"Message-ID": f"<{digest}@{domain}>", "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
