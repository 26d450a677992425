"""What an agent may reach for: the services of the house, embedded or remote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from typing_extensions import TypedDict

from agents.application import Application
from agents.consulting import Consultant, Consulting, KnowledgeConsultant, Reference
from agents.knowledge import Knowledge
from agents.speaking import Speaker
from agents.understanding.reading import Understander
from kb.lender import Lender
from kb.policy import Policy, PolicyBook
from tools.attempts import Attempts
from tools.audit import AuditTrail
from tools.clock import Clock
from tools.consents import ConsentLedger
from tools.document_marks import DocumentMarks
from tools.effects import EffectLedger
from tools.letter import Paper
from tools.papers import Papers
from tools.providers.protocols import Providers
from tools.sealing import Sealer
from tools.velocity import ApplicationHistory


class Printer(Protocol):
    """Turns a letter's content into its PDF; a sanction letter is signed. Raises NoSigner."""

    async def __call__(self, content: Paper) -> bytes: ...


class LanguageRecord(TypedDict):
    """What language was made by: the model, and the digests of its prompts by their names."""

    model: str | None
    prompts: Mapping[str, str]


EMBEDDED_LANGUAGE = LanguageRecord(model=None, prompts={})


class Language(NamedTuple):
    """What reads a customer's words, what answers them, and what looks answers up."""

    understander: Understander
    speaker: Speaker
    consulting: Consulting = KnowledgeConsultant
    on_record: LanguageRecord = EMBEDDED_LANGUAGE


class Codes(Protocol):
    """Makes one-time codes."""

    def __call__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything outside the conversation; agents cannot tell which of it is simulated."""

    understander: Understander
    speaker: Speaker
    knowledge: Knowledge
    providers: Providers
    history: ApplicationHistory
    attempts: Attempts
    marks: DocumentMarks
    effects: EffectLedger
    audit: AuditTrail
    consents: ConsentLedger
    papers: Papers
    print_letter: Printer
    verify_url: str  # of the page where anybody can check a letter
    one_time_code: Codes
    policies: PolicyBook
    lender: Lender
    clock: Clock
    sealer: Sealer
    consulting: Consulting = KnowledgeConsultant
    language_record: LanguageRecord = field(default_factory=lambda: EMBEDDED_LANGUAGE)
    without_model: Language | None = None  # for customers who want no language model on their data

    @property
    def policy(self) -> Policy:
        """The credit policy in force today."""
        return self.policies.on(self.clock.today())

    def policy_of(self, decision: dict[str, Any] | None) -> Policy:
        """The policy that a decision was made by, for what rests on it; today's for none, or one that is gone."""
        made_by = decision and self.policies.named(decision["policy_id"], decision["policy_version"])
        return made_by or self.policy

    def understander_for(self, application: Application) -> Understander:
        plain = self.without_model if _objects(application) or _intents_move(application) else None
        return plain.understander if plain else self.understander

    def speaker_for(self, application: Application) -> Speaker:
        plain = self.without_model if _objects(application) else None
        return plain.speaker if plain else self.speaker

    def consultant_for(self, application: Application) -> Consultant:
        plain = self.without_model if _objects(application) else None
        consulting = plain.consulting if plain else self.consulting
        return consulting(Reference(self.knowledge, self.policy, self.clock.today(), self.lender))

    def language_record_for(self, application: Application) -> LanguageRecord:
        """As records of decisions name what reads, consults and phrases for this customer."""
        return EMBEDDED_LANGUAGE if _objects(application) else self.language_record

    def desk(self, language: str) -> dict[str, str]:
        """How a customer reaches a person, as facts for a sentence in that language."""
        return self.lender.desk(language)


def _objects(application: Application) -> bool:
    """Whether the customer wants no language model to work on what they say."""
    return application.get("optional_consents", {}).get("model_processing") is False


def _intents_move(application: Application) -> bool:
    """Whether what a message wants moves the application, not only the talk: a wish for a person appeals a refusal, and
    what is a greeting answers no officer. No model has a say in that."""
    return application.get("status") in {"rejected", "under_review"}
