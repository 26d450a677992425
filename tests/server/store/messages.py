"""Messages for the outbox's tests."""

from datetime import UTC, datetime, timedelta

from tools.mail import Message, Posting


def code_to(session_id: str, message_id: str, code: str, *, until: datetime | None = None) -> Posting:
    return _posting(session_id, message_id, "sms", "9000000001", "", f"{code} is your code.", until)


def mail_to(session_id: str, message_id: str, to: str = "asha@example.com", until: datetime | None = None) -> Posting:
    return _posting(session_id, message_id, "email", to, "Your loan", "It is approved.", until)


def _posting(
    session_id: str, message_id: str, channel: str, to: str, subject: str, body: str, until: datetime | None
) -> Posting:
    now = datetime.now(UTC)
    message = Message(
        id=message_id,
        session_id=session_id,
        channel=channel,  # type: ignore[arg-type]
        to=to,
        subject=subject,
        body=body,
        created_at=now,
    )
    return Posting(message, until or now + timedelta(minutes=10))
