"""The bodies of the hedge fund guy's API, as its guide has them."""

from typing import Literal

from pydantic import BaseModel

Status = Literal["active", "complete"]


class Collected(BaseModel):
    name: bool
    email: bool
    income: bool


class LeadData(BaseModel):
    """What the person told; `income` in words."""

    name: str | None = None
    email: str | None = None
    income: str | None = None


class GuySessionCreated(BaseModel):
    session_id: str
    timestamp: str
    status: Status


class GuyAnswer(BaseModel):
    response: str
    session_id: str
    data_collected: Collected
    is_complete: bool


class Greeting(BaseModel):
    greeting: str


class Said(BaseModel):
    role: Literal["user", "assistant"]
    content: str
    timestamp: str


class GuySession(BaseModel):
    session_id: str
    timestamp: str
    data: LeadData
    status: Status


class GuySessionDetails(GuySession):
    conversation_history: list[Said]
