"""The tables. Times are ISO 8601 in UTC.

What can be personal is sealed by its session's key (`vault.py`): views, messages, answers, events, results of effects,
statements, letters, uploads, decision records, messages to customers, the facts of cases and the words of officers.

Plain is what queries look for and what says nothing of whom it is about: ids, states, reason codes, counts, times,
digests of printed papers, the amount of a case, names of staff and tenants, and keyed hashes, which tell nothing
without the secret. A key never holds a personal value; a client that puts one into its message ids does so itself.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
Json = JSON().with_variant(JSONB(), "postgresql")
Time = String(32)


def _session() -> Column[str]:
    """The session a row belongs to, and goes with."""
    return Column("session_id", String(36), ForeignKey("sessions.session_id", ondelete="CASCADE"), nullable=False)


sessions = Table(
    "sessions",
    metadata,
    Column("session_id", String(36), primary_key=True),
    Column("assistant", String(32), nullable=False),
    Column("created_at", Time, nullable=False),
    Column("active_at", Time, nullable=False),
    # What the outside may see of the newest state, so that reading a session needs no checkpoint.
    Column("view", LargeBinary, nullable=False),
    Column("status", String(32)),  # of the application, as in the view: what is looked for across sessions
    Column("message_count", Integer, nullable=False),
    Column("last_event_id", Integer, nullable=False),
    # The checkpoint the last finished turn ended on; the next one starts from it, whatever broken turns left behind.
    Column("checkpoint_id", String(64)),
    # Whose it is: the holder's of the capability with this hash, or an API client's tenant's.
    Column("capability_hash", LargeBinary),
    Column("tenant", String(64)),
    # Whether a person had to look at it: officers read no other session.
    Column("reviewed", Boolean, nullable=False, server_default=false()),
    # Who runs its turn, until when by the database's clock, in milliseconds (none: free, or given back), and the number
    # of that lease, which grows with each. See `leases.py`.
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("owner", String(32)),
    Column("lease_until", BigInteger),
    # How many messages were accepted, and how many of these turns are over: they run one by one, in that order.
    Column("accepted_seq", Integer, nullable=False, server_default="0"),
    Column("finished_seq", Integer, nullable=False, server_default="0"),
    Index("sessions_by_activity", "active_at"),
    Index("sessions_by_status", "status", "active_at"),
    # What is listed newest first: of an assistant, of a tenant, of a browser.
    Index("sessions_by_assistant", "assistant", "created_at", "session_id"),
    Index("sessions_by_tenant", "tenant", "assistant", "created_at", "session_id"),
    Index("sessions_by_capability", "assistant", "capability_hash"),
)

# The key that everything personal of the session is sealed under, wrapped by the key of that name: see `vault.py`.
session_keys = Table(
    "session_keys",
    metadata,
    Column(
        "session_id",
        String(36),
        ForeignKey("sessions.session_id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    Column("key_id", String(8), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Time, nullable=False),
    Index("session_keys_by_key", "key_id"),
)

turns = Table(
    "turns",
    metadata,
    Column("turn_id", String(36), primary_key=True),
    _session(),
    Column("message_id", String(128), nullable=False),
    Column("request_hash", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("status", String(16), nullable=False),  # accepted, done, failed, cancelled
    Column("body", LargeBinary),  # the message as accepted; emptied once the turn is over
    Column("reply", LargeBinary),  # the answer, for a client that asks again
    Column("accepted_at", Time, nullable=False),
    Column("finished_at", Time),
    # What was said but for the answer, while the turn is among the newest, and the id of its last event.
    Column("events", LargeBinary),
    Column("last_event_id", Integer),
    Column("seq", Integer, nullable=False, server_default="0"),  # its place in the session; a retry gets a new one
    Column("attempts", Integer, nullable=False, server_default="0"),  # how often it was begun
    # It was sent before the assistant had answered the message before it.
    Column("unheard", Boolean, nullable=False, server_default=false()),
    Column("cancel_asked", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("session_id", "message_id"),
)
# Spelt out in the statement rather than bound: only so does SQLite see that the index answers it.
WAITING = turns.c.status == literal_column("'accepted'")
# Few at any time, however many turns there have been.
Index("turns_waiting", turns.c.session_id, turns.c.seq, sqlite_where=WAITING, postgresql_where=WAITING)

messages = Table(
    "messages",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    _session(),
    Column("role", String(16), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("message_id", String(128), nullable=False),
    Column("created_at", Time, nullable=False),
    Index("messages_by_session", "session_id", "number"),
)

# What a customer thinks of the answer to a message.
feedback = Table(
    "feedback",
    metadata,
    _session(),
    Column("message_id", String(128), nullable=False),
    Column("thumb", String(4), nullable=False),  # up, down
    Column("given_at", Time, nullable=False),
    PrimaryKeyConstraint("session_id", "message_id"),
)

effects = Table(
    "effects",
    metadata,
    Column("key", String(160), primary_key=True),
    _session(),
    Column("result", LargeBinary),
    Column("started_at", Time, nullable=False),
    Column("done_at", Time),
    Column("state", String(8), nullable=False, server_default="started"),  # started, done, unknown
    Column("request_hash", String(64)),  # what was asked for, under the session's key
    Index("effects_by_session", "session_id"),
)

# Messages to customers. One that was sent is forgotten and only its row stays.
outbox = Table(
    "outbox",
    metadata,
    Column("id", String(100), primary_key=True),
    _session(),
    Column("channel", String(8), nullable=False),
    Column("message", LargeBinary),  # sealed
    Column("state", String(8), nullable=False),  # waiting, sent, failed
    Column("tries", Integer, nullable=False),
    Column("next_try", BigInteger, nullable=False),  # by the database's clock, in milliseconds, as the next
    Column("give_up_at", BigInteger, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("sent_at", Time),
    Index("outbox_by_session", "session_id"),
    Index("outbox_by_next_try", "state", "channel", "next_try"),
)

# Decisions and applications outlive their session: a decision as the audit record of a sanctioned loan, an application
# as two keyed hashes that tell nothing without the key.
decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", String(32), primary_key=True),
    Column("session_id", String(36)),
    Column("application_id", String(32), nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("decided_at", Time, nullable=False),
    Index("decisions_by_session", "session_id", "decided_at"),
)

applications = Table(
    "applications",
    metadata,
    Column("application_id", String(32), primary_key=True),
    Column("pan_ref", String(32), nullable=False),
    Column("phone_ref", String(32), nullable=False),
    Column("applied_on", String(10), nullable=False),
    Column("otp_granted", Integer, nullable=True),
    Column("granted_on", String(10), nullable=True),
    Index("applications_by_pan", "pan_ref"),
    Index("applications_by_phone", "phone_ref"),
    Index("applications_by_day", "applied_on"),
)

key_facts = Table(
    "key_facts",
    metadata,
    Column("kfs_id", String(64), primary_key=True),
    _session(),
    Column("statement", LargeBinary, nullable=False),
    Column("shown_at", Time, nullable=False),
    Index("key_facts_by_session", "session_id"),
)

letters = Table(
    "letters",
    metadata,
    Column("letter_id", String(64), primary_key=True),
    _session(),
    Column("pdf", LargeBinary, nullable=False),
    Index("letters_by_session", "session_id"),
)

# What letters are verified by. A row says nothing of the borrower and outlives the session, of which it forgets which.
letter_records = Table(
    "letter_records",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("session_id", String(36), ForeignKey("sessions.session_id", ondelete="SET NULL")),
    Column("letter_number", String(64), nullable=False, unique=True),
    Column("content_digest", String(64), nullable=False),
    Column("file_digest", String(64), nullable=False, unique=True),
    Column("issued_on", String(10), nullable=False),
    Column("valid_until", String(10), nullable=False),
    Column("withdrawn_at", Time),
    Column("application_id", String(32)),
    Index("letter_records_by_session", "session_id"),
    Index(
        "letter_records_one_valid",
        "application_id",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
)

# What was asked of a language model, by digests. A row outlives the session, of which it forgets which.
model_calls = Table(
    "model_calls",
    metadata,
    Column("call_id", String(36), primary_key=True),
    Column("session_id", String(36), ForeignKey("sessions.session_id", ondelete="SET NULL")),
    Column("turn_id", String(36)),
    Column("at", Time, nullable=False),
    Column("day", String(10), nullable=False),  # in UTC
    Column("purpose", String(16), nullable=False),
    Column("model", Text, nullable=False),
    Column("prompt", String(64), nullable=False),
    Column("prompt_sha256", String(64), nullable=False),
    Column("sent_sha256", String(64), nullable=False),  # of what left, which held nothing personal
    Column("outcome", String(8), nullable=False),  # asked, done, failed, left, resting
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("ms", Integer),
    Index("model_calls_by_session", "session_id"),
    Index("model_calls_by_day", "day", "input_tokens", "output_tokens"),  # a day's sum needs no row
)

documents = Table(
    "documents",
    metadata,
    Column("document_id", String(36), primary_key=True),
    _session(),
    Column("kind", String(32), nullable=False),
    Column("media", String(8), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("uploaded_at", Time, nullable=False),
    Index("documents_by_session", "session_id"),
)

# Keyed hashes of documents and of who brought them, to see one document used for two people; they outlive the session.
document_marks = Table(
    "document_marks",
    metadata,
    Column("mark", String(32), primary_key=True),
    Column("person_ref", String(32), primary_key=True),
    Column("seen_on", String(10), nullable=False),
    Index("document_marks_by_day", "seen_on"),
)

revoked_tokens = Table(
    "revoked_tokens",
    metadata,
    Column("jti", String(64), primary_key=True),
    Column("expires_at", Integer, nullable=False),  # seconds since 1970; then the token is dead anyway
)

officers = Table(
    "officers",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("password_hash", String(255)),
    Column("roles", Json, nullable=False),
    Column("limit_rupees", BigInteger, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("disabled_at", Time),
    Column("subject", String(64), unique=True),  # a hash: some identity providers call people by their mail address
    Column("own_refs", Json),  # keyed hashes of the officer's own PAN, mobile and mail: nobody decides on themselves
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("officer", String(32), ForeignKey("officers.name", ondelete="CASCADE"), nullable=False),
    Column("created_at", Time, nullable=False),
    Column("last_seen_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("ended_at", Time),
    Index("sign_ins_by_officer", "officer"),
    Index("sign_ins_by_expiry", "expires_at"),
)

# Consents and the audit log outlive every session: of whom they tell is a keyed hash. Triggers refuse to change them.
consents = Table(
    "consents",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("act_key", String(96), nullable=False, unique=True),  # the turn and the purpose
    Column("session_ref", String(32), nullable=False),
    Column("application_id", String(32), nullable=False),
    Column("purpose", String(24), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("notice_version", String(16), nullable=False),
    Column("notice_sha256", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("at", Time, nullable=False),
    Index("consents_by_session", "session_ref", "number"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Time, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("session_ref", String(32)),
    Column("facts", Text, nullable=False),  # the very bytes that the hash covers
    Column("key_id", String(8), nullable=False),
    Column("previous_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
)

# The newest row's number and hash, sealed: rows cut off the end are missed by it.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("key_id", String(8), nullable=False),
    Column("seal", String(64), nullable=False),
)

# What waits for a person. A case goes with its session; what officers did stays on the audit log.
cases = Table(
    "cases",
    metadata,
    Column("case_id", String(36), primary_key=True),
    _session(),
    Column("application_id", String(32), nullable=False),
    Column("open_application", String(32), unique=True),  # the application while the case is open: one case at a time
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("refs", Json, nullable=False),  # keyed hashes of whom it is about
    Column("facts", LargeBinary, nullable=False),
    Column("opened_at", Time, nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("closed_at", Time),
    Column("outcome", String(16)),
    Index("cases_by_session", "session_id"),
    Index("cases_by_due", "state", "due_on"),
)

# The acts of officers on cases, and customers' answers. `told` is what has to reach the conversation, until it has.
case_acts = Table(
    "case_acts",
    metadata,
    Column("act_id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("cases.case_id", ondelete="CASCADE"), nullable=False),
    Column("act_key", String(128), nullable=False),
    Column("version", Integer, nullable=False),  # of the case, after the act
    Column("act", String(16), nullable=False),
    Column("officer", String(32)),  # None for the customer's answer
    Column("reason", LargeBinary),
    Column("details", LargeBinary, nullable=False),
    Column("told", LargeBinary),
    Column("delivered_at", Time),
    Column("made_at", Time, nullable=False),
    UniqueConstraint("case_id", "act_key"),
    UniqueConstraint("case_id", "version"),
)

# Outlives its session, as keyed hashes: a new session gives no new tries. Forgotten after two days.
identity_attempts = Table(
    "identity_attempts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("ref", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),  # identity, code, send, lock, fresh
    Column("at", Time, nullable=False),
    Index("identity_attempts_by_ref", "ref", "at"),
    Index("identity_attempts_by_time", "at"),
)
