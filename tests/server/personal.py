"""Whole conversations that leave everything personal there is, and where its bytes are looked for afterwards."""

from pathlib import Path
from uuid import uuid4

from tests.driver import Conversation, converse, customers
from tests.server.cases.office import REASON, Office
from tests.service import Service

# A slip and a sanction letter; a slip and a case that officers decide; a letter of refusal.
LOAN, CASE, REFUSED = "C02", "C13", "C05"
WHO = ("name", "pan", "phone", "email", "dob", "employer", "aadhaar_like")


def talk(service: Service) -> tuple[list[Conversation], dict[str, bytes]]:
    """The conversations, still open, and what they left, by what it is."""
    said = f"Quokka {uuid4().hex}"
    conversations, values = [], {"said": said.encode(), "an officer's reason": REASON.encode()}
    for customer_id in (LOAN, CASE, REFUSED):
        conversation = Conversation(service)
        conversations.append(conversation)
        conversation.say(f"Hello, {said}")
        converse(conversation, customer_id)
        customer = customers()[customer_id]
        values |= {f"{customer_id} {name}": str(customer[name]).encode() for name in WHO if customer.get(name)}
        values |= {f"{customer_id} phone number": customer["phone"].removeprefix("+91").encode()}
        salary = customer["net_income_on_file"]
        values |= {f"{customer_id} salary": f"{salary:,}".encode(), f"{customer_id} salary in JSON": b": %d," % salary}
    office = Office(service)
    office.maker.do("ask", office.maker.case_of(conversations[1]), question=said)
    conversations[1].say(said)
    return conversations, values


def found_in(contents: dict[str, bytes], values: dict[str, bytes]) -> dict[str, list[str]]:
    """Which value is in which of these, as it is or as hexadecimal digits."""
    found = {
        name: [where for where, content in contents.items() if value in content or value.hex().encode() in content]
        for name, value in values.items()
    }
    return {name: places for name, places in found.items() if places}


def files(*folders: Path) -> dict[str, bytes]:
    """Every file below these folders but the knowledge base's, which holds the lender's own clauses."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != "chroma"
    }
