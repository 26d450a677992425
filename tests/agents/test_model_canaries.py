"""Nothing that tells who a customer is leaves to a model: conversations in three languages, every outbound body."""

import dataclasses
import json
from collections.abc import AsyncIterator
from datetime import date
from functools import partial

import pytest

from agents.model.consulting import ModelConsultant
from agents.model.masking import Masking
from tests.agents.consulting_parts import looks_up
from tests.agents.model_parts import Parts, model_over_loopback, shared_rules
from tests.conversation import Conversation, customer
from tests.groq_server import Body, content_of, text, tool_call

# As people type: small letters, in passing, more than was asked for.
TALKS = {
    "en": [
        "hi, my wife revati said i should ask you, i am tanmay bhosle and i need 2 lakh for our roof",
        "tanmay bhosle, as on the card",
        "what does it cost to repay early? my neighbour mandar pays a lot",
        "24 months please, revati wants it over soon",
        "home renovation",
        "what would happen if tanmay pays late?",
        "yes, but who reads that?",
        "yes",
        "yes",
        "yes",
        "zzzpb4417q, born 7 march 1991, mobile 90000 04417",
        "is zzzpb4417q shown to anybody?",
        "OTP",
        "my mail is tanmay.bhosle@example.com, does revati get one as well?",
        "flat 9, mandakini apartments, kothrud, pune 411038, next to the zephyrine mill",
        "i am salaried at zephyrine textiles since 2017",
        "zephyrine textiles, at kothrud",
        "well they put 61370 into my account, sometimes a bit less",
        "i take home 61,370",
        "all of us together 9,41,230 a year",
        "can i get more on a salary of 61370?",
        "none",
        "what would 3 lakh cost me?",
        "thank you, tanmay",
    ],
    "hinglish": [
        "namaste, main tanmay bhosle, meri patni revati ne bola, 2 lakh chahiye chhat ki marammat ke liye",
        "tanmay bhosle",
        "agar mandar jaldi chuka de to kya lagega?",
        "24 mahine, revati ko jaldi hai",
        "ghar ki marammat",
        "yeh data kaun dekhta hai, revati dekh sakti hai kya?",
        "haan",
        "haan",
        "haan",
        "mera pan zzzpb4417q hai, janm 07/03/1991, mobile 9000004417",
        "OTP",
        "tanmay.bhosle@example.com",
        "flat 9, mandakini apartments, kothrud, pune 411038",
        "zephyrine textiles mein naukri karta hoon",
        "zephyrine textiles",
        "haath mein 61370 aata hai",
        "ghar ki kul kamai 9,41,230 saal ki",
        "koi nahi",
        "61370 ki salary par kitna loan milega?",
        "dhanyavaad, tanmay",
    ],
    "hi": [
        "नमस्ते, पत्नी रेवती ने कहा, 2 लाख चाहिए छत की मरम्मत के लिए",
        "tanmay bhosle",
        "मंदार जल्दी चुका दे तो क्या लगेगा?",
        "24 महीने, रेवती को जल्दी है",
        "घर की मरम्मत",
        "यह जानकारी कौन देखता है, रेवती देख सकती है क्या?",
        "हाँ",
        "हाँ",
        "हाँ",
        "मेरा पैन zzzpb4417q है, जन्म 07/03/1991, मोबाइल 9000004417",
        "OTP",
        "tanmay.bhosle@example.com",
        "फ्लैट 9, मंदाकिनी अपार्टमेंट, कोथरूड, पुणे 411038",
        "ज़ेफ़िरीन टेक्सटाइल्स में नौकरी करता हूँ",
        "zephyrine textiles",
        "हाथ में 61370 आते हैं",
        "घर की कुल कमाई 9,41,230 साल की",
        "कोई नहीं",
        "61370 की तनख्वाह पर कितना लोन मिलेगा?",
        "धन्यवाद, तन्मय",
    ],
}
CANARIES = (
    "tanmay", "bhosle", "revati", "mandar ", 'mandar"', "तन्मय", "भोसले", "रेवती", "मंदार ", "zephyrine", "ज़ेफ़िरीन",
    "mandakini", "मंदाकिनी", "kothrud", "कोथरूड", "pune", "पुणे", "411038", "zzzpb4417q", "4417", "1991", "07/03", "march",
    "61370", "61,370", "9,41,230", "941230", "example.com",
)  # fmt: skip


@pytest.fixture
async def parts() -> AsyncIterator[Parts]:
    async with model_over_loopback() as made:
        yield made


async def repeats(body: Body) -> AsyncIterator[bytes]:
    """Says what it was given, so that placeholders are put back and come round again."""
    async for part in text(content_of(body)["say"])(body):
        yield part


@pytest.mark.parametrize("language", list(TALKS))
async def test_no_canary_leaves(parts: Parts, language: str) -> None:
    parts.groq.on_tool = tool_call({"intent": "unclear", "facts": []})
    parts.groq.on_consult = looks_up(("application_summary", {}), ("search_knowledge", {"query": "early repayment"}))
    parts.groq.on_text = repeats
    unknown = {"declared_income": None, "household_annual_income": None, "existing_emi": None, "employer": None}
    person = customer(
        "C01",
        name="Tanmay Bhosle",
        pan="ZZZPB4417Q",
        dob=date(1991, 3, 7),
        phone="+919000004417",
        email=None,
        **unknown,
    )
    unsure = person.kyc.model_copy(update={"address_ok": False})
    talk = Conversation(customers=[person.model_copy(update={"kyc": unsure})])
    talk.services = dataclasses.replace(
        talk.services,
        understander=parts.understander,
        speaker=parts.speaker,
        consulting=partial(ModelConsultant, parts.model, Masking(shared_rules())),
    )
    codes: list[str] = []
    wanted: set[str] = set()
    for words in TALKS[language]:
        if words == "OTP":
            codes.append(talk.code())
        await talk.say(words)
        wanted.update(talk.awaiting)
    assert wanted >= {"applicant_name", "pan", "otp", "email", "address", "employer", "monthly_income"}
    asked = {"call" if body.get("tools") else "write" for body in parts.groq.requests}
    assert asked == {"call", "write"}
    sent = "\n".join(json.dumps(body["messages"][1:], ensure_ascii=False) for body in parts.groq.requests)
    heard = [body for body in parts.groq.asked_for_text if content_of(body)["heard"]]
    assert heard
    assert not [canary for canary in (*CANARIES, *codes) if canary in sent.casefold()]
