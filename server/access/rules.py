"""The one table of who may do what: a rule for every route of the service. What has none is refused."""

from dataclasses import dataclass, replace
from typing import Literal

from server.access.principal import Anonymous, ApiClient, Developer, Officer, Operator, Principal, Role, Scope, Visitor

# Where a request names the object that it is about; a session's letter stands for its session. A "new session" in the
# path may be one that there is not yet: the route then starts it.
Object = Literal["none", "path session", "new session", "query session", "body session", "letter", "case"]
LOAN, GUY = "loan", "hedge_fund_guy"
ROLES: frozenset[Role] = frozenset({"maker", "checker", "auditor"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a route, and which object must then be theirs."""

    public: bool = False  # credentials are not even looked at
    anyone: bool = False  # also without a credential
    visitor: bool = False
    scope: Scope | None = None  # an API client's
    officers: frozenset[Role] = frozenset()  # one of these roles
    operator: bool = False
    developer: bool = True
    object: Object = "none"
    assistant: str | None = LOAN  # whose sessions these are; None: whichever's

    def admits(self, principal: Principal) -> bool:
        match principal:
            case Anonymous():
                return self.anyone
            case Visitor():
                return self.visitor or self.anyone
            case ApiClient():
                return self.scope in principal.scopes
            case Officer():
                return bool(self.officers & principal.roles)
            case Operator():
                return self.operator
            case Developer():
                return self.developer


PUBLIC = Rule(public=True)
START = Rule(anyone=True, scope="sessions:write")
TALK = Rule(visitor=True, scope="sessions:write", object="path session")
CHAT = Rule(anyone=True, visitor=True, scope="sessions:write", object="body session")
READ = Rule(visitor=True, scope="sessions:read", officers=ROLES, object="path session")
OPERATE = Rule(operator=True)
REVIEW = Rule(officers=ROLES, developer=False, object="case")

GUY_TALK = replace(TALK, assistant=GUY)
GUY_CHAT = replace(CHAT, assistant=GUY)
# The lender's officers have no business with whom he talks to.
GUY_READ = replace(READ, officers=frozenset(), assistant=GUY)

RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/"): PUBLIC,
    ("GET", "/hedge-fund-guy"): PUBLIC,
    ("GET", "/health"): PUBLIC,
    ("GET", "/ready"): PUBLIC,
    ("MOUNT", "/web"): PUBLIC,
    ("MOUNT", "/static-offline-docs"): PUBLIC,
    ("GET", "/metrics"): OPERATE,
    ("GET", "/docs"): OPERATE,
    ("GET", "/redoc"): OPERATE,
    ("GET", "/openapi.json"): OPERATE,
    ("POST", "/api/v1/sessions"): START,
    ("GET", "/api/v1/sessions/{session_id}"): READ,
    ("DELETE", "/api/v1/sessions/{session_id}"): TALK,
    ("GET", "/api/v1/sessions/{session_id}/messages"): READ,
    ("GET", "/api/v1/sessions/{session_id}/decision"): READ,
    ("GET", "/api/v1/sessions/{session_id}/kfs"): READ,
    ("GET", "/api/v1/sessions/{session_id}/events"): READ,
    ("POST", "/api/v1/sessions/{session_id}/documents"): TALK,
    ("GET", "/api/v1/sessions/{session_id}/consents"): READ,
    ("POST", "/api/v1/sessions/{session_id}/consents"): TALK,
    ("POST", "/api/v1/sessions/{session_id}/feedback"): TALK,
    ("POST", "/api/v1/chat"): CHAT,
    ("POST", "/api/v1/chat/stream"): CHAT,
    ("WEBSOCKET", "/api/v1/ws/{session_id}"): TALK,
    ("GET", "/api/v1/letters/{letter_id}"): Rule(visitor=True, scope="sessions:read", officers=ROLES, object="letter"),
    # Whoever holds a letter may check it.
    ("GET", "/verify"): PUBLIC,
    # A page without a word of anybody's; what it shows comes over the API.
    ("GET", "/officer"): PUBLIC,
    ("POST", "/api/v1/letters/verify"): PUBLIC,
    ("POST", "/api/v1/letters/verify/code"): PUBLIC,
    ("POST", "/api/v1/rag/query"): Rule(scope="knowledge:read", officers=ROLES),
    ("POST", "/api/v1/officers/sign-in"): PUBLIC,
    ("POST", "/api/v1/officers/sign-out"): PUBLIC,
    ("GET", "/api/v1/officers/me"): Rule(officers=ROLES, developer=False),
    ("GET", "/api/v1/officers/oidc/start"): PUBLIC,
    ("GET", "/api/v1/officers/oidc/callback"): PUBLIC,
    ("GET", "/api/v1/cases"): Rule(officers=ROLES, developer=False),
    ("GET", "/api/v1/cases/{case_id}"): REVIEW,
    ("GET", "/api/v1/cases/{case_id}/documents/{document_id}"): REVIEW,
    ("POST", "/api/v1/cases/{case_id}/acts"): Rule(
        officers=frozenset({"maker", "checker"}), developer=False, object="case"
    ),
    # The simulated phone; exists in development only.
    ("GET", "/api/v1/dev/outbox"): Rule(visitor=True, operator=True, object="query session", assistant=None),
    ("GET", "/api/greeting"): PUBLIC,
    ("POST", "/api/sessions"): replace(START, assistant=GUY),
    # An operator sees how many there are and how far they got, not who.
    ("GET", "/api/sessions"): Rule(visitor=True, scope="sessions:read", operator=True, assistant=GUY),
    ("GET", "/api/sessions/{session_id}"): GUY_READ,
    ("DELETE", "/api/sessions/{session_id}"): GUY_TALK,
    ("POST", "/api/chat"): GUY_CHAT,
    ("POST", "/api/chat/stream"): GUY_CHAT,
    # Who names a session that there is not begins it.
    ("WEBSOCKET", "/ws/{session_id}"): Rule(
        anyone=True, visitor=True, scope="sessions:write", object="new session", assistant=GUY
    ),
}
