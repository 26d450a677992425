"""Uploads: what is taken, how the conversation goes on by itself, and what is refused without a trace."""

from datetime import date

import httpx
import pytest
from starlette.requests import Request

from tests.contract.test_problems import CANARY, check_problem
from tests.driver import Conversation, converse, customers, slip_of
from tests.hostile_files import encrypted_pdf, picture, scanned_pdf, scripted_pdf
from tests.samples import LAYOUTS, Layout, salary_slip_pdf, text_pdf
from tests.scans import as_jpeg, table
from tests.service import Service
from tests.slip_layouts import Pay
from tools.documents.ocr import find_engine
from tools.rupees import rupees

MEGABYTE = 1024 * 1024


# One customer a layout: who applies three times in a month goes to a person.
@pytest.mark.parametrize(("layout", "customer_id"), list(zip(LAYOUTS, ("C02", "C03", "C07", "C18"), strict=True)))
def test_a_slip_runs_as_a_turn(service: Service, layout: Layout, customer_id: str) -> None:
    customer = customers()[customer_id]
    with Conversation(service) as conversation:
        converse(conversation, customer_id, until="salary_slip")
        before = len(conversation.transcript())
        pdf = salary_slip_pdf(
            name=customer["name"],
            employer=customer["employer"],
            net_pay=customer["net_income_on_file"],
            month=date(2026, 11, 1),
            layout=layout,
        )
        answer = conversation.upload(pdf)
        assert answer.status_code == 201
        body = answer.json()
        assert body["kind"] == "salary_slip" and body["document_id"]
        assert body["session_id"] == conversation.session_id
        assert body["awaiting"] == ["slip_confirmation"]
        assert f"net pay {rupees(customer['net_income_on_file'])}" in body["message"]
        assert len(conversation.transcript()) == before + 2


@pytest.mark.parametrize(("kind", "customer_id"), [("png", "C07"), ("jpeg", "C18")])
def test_a_picture_goes_to_a_person(service: Service, kind: str, customer_id: str) -> None:
    with Conversation(service) as conversation:
        converse(conversation, customer_id, until="salary_slip")
        assert conversation.awaiting == ["salary_slip"]
        data = picture("png") if kind == "png" else picture("jpeg")
        assert conversation.upload(data, f"slip.{kind}", f"image/{kind}").status_code == 201
        assert conversation.last["loan_application"]["status"] == "under_review"


@pytest.mark.skipif(find_engine() is None, reason="no OCR engine here: apt-get install tesseract-ocr")
def test_a_picture_of_a_slip_is_read_and_shown(own_service: Service) -> None:
    with Conversation(own_service) as conversation:
        converse(conversation, "C02", until="salary_slip")
        if conversation.awaiting[:1] != ["salary_slip"]:
            pytest.skip("this customer applied too often in this run")
        customer = customers()["C02"]
        pay = Pay(
            customer["name"], customer["employer"], customer["net_income_on_file"], date(2026, 11, 1), customer["pan"]
        )
        assert conversation.upload(as_jpeg(table(pay)), "scan.jpeg", "image/jpeg").status_code == 201
        assert conversation.awaiting == ["slip_confirmation"]
        assert f"net pay {rupees(pay.net)}" in conversation.last["message"]


def test_a_scan_goes_to_a_person(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C03", until="salary_slip")
        assert conversation.awaiting == ["salary_slip"]
        assert conversation.upload(scanned_pdf()).status_code == 201
        assert conversation.last["loan_application"]["status"] == "under_review"


def test_a_slip_sent_early_is_kept(service: Service) -> None:
    with Conversation(service) as conversation:
        conversation.say("I need 350000")
        assert conversation.upload(slip_of("C02")).status_code == 201
        assert conversation.awaiting[0] == "applicant_name"


def test_the_name_and_type_that_a_client_claims_play_no_part(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C02", until="salary_slip")
        answer = conversation.upload(slip_of("C02"), f"../../{CANARY}.exe", "text/html")
        assert answer.status_code == 201
        assert CANARY not in answer.text
        assert not list(service.data_dir.rglob(f"*{CANARY}*"))


REFUSED = {
    "empty": (b"", 415),
    "text": (CANARY.encode() * 10, 415),
    "html": (b"<html><script>alert(1)</script></html>", 415),
    "zip": (b"PK\x03\x04" + CANARY.encode() * 10, 415),
    "exe": (b"MZ\x90\x00" + bytes(200), 415),
    "broken pdf": (b"%PDF-1.7\n" + CANARY.encode() * 10, 422),
    "cut pdf": (slip_of("C02")[:900], 422),
    "encrypted pdf": (encrypted_pdf("secret"), 422),
    "scripted pdf": (scripted_pdf(), 422),
    "just too large": (b"%PDF-1.7\n" + bytes(5 * MEGABYTE), 413),
    "20 MB": (b"%PDF-1.7\n" + bytes(20 * MEGABYTE), 413),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_files_leave_no_trace(service: Service, name: str) -> None:
    data, status = REFUSED[name]
    with Conversation(service) as conversation:
        conversation.say("I need 350000")
        before = conversation.session()
        answer = conversation.upload(data)
        problem = check_problem(answer, status)
        assert status == 413 or [error["field"] for error in problem["errors"]] == ["file"]
        assert CANARY not in answer.text
        assert conversation.session() == before
        assert conversation.upload(slip_of("C02")).status_code == 201


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"files": {"file": ("a.pdf", b"%PDF-")}}, "kind"),
        ({"files": {"file": ("a.pdf", b"%PDF-")}, "data": {"kind": CANARY}}, "kind"),
        ({"files": {"file": ("a.pdf", b"%PDF-")}, "data": {"kind": ""}}, "kind"),
        ({"files": {"other": ("a.pdf", b"%PDF-")}, "data": {"kind": "salary_slip"}}, "file"),
        ({"content": CANARY.encode(), "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, "file"),
        ({"content": CANARY.encode(), "headers": {"Content-Type": "multipart/form-data"}}, "file"),
    ],
)
def test_bad_forms(service: Service, form: dict[str, object], field: str) -> None:
    with Conversation(service) as conversation:
        path = f"/api/v1/sessions/{conversation.session_id}/documents"
        answer = conversation.http.post(path, **form)  # type: ignore[arg-type]
        assert answer.status_code in {400, 422}
        problem = check_problem(answer, answer.status_code)
        assert CANARY not in answer.text
        if answer.status_code == 422:
            assert field in {error["field"] for error in problem["errors"]}
        assert len(conversation.transcript()) == 1


@pytest.mark.parametrize(
    "form",
    [
        {"data": {"kind": "salary_slip", "file": CANARY}},
        {"content": CANARY.encode()},
        {"content": b""},
        {"json": {"file": CANARY, "kind": "salary_slip"}},
        {"content": CANARY.encode(), "headers": {"Content-Type": "multipart/mixed; boundary=x"}},
        {"content": CANARY.encode(), "headers": {"Content-Type": f"{CANARY}; multipart/form-data"}},
    ],
)
def test_what_is_no_multipart_form(service: Service, form: dict[str, object]) -> None:
    with Conversation(service) as conversation:
        path = f"/api/v1/sessions/{conversation.session_id}/documents"
        answer = conversation.http.post(path, **form)  # type: ignore[arg-type]
        assert check_problem(answer, 415)["code"] == "unsupported_media_type"
        assert CANARY not in answer.text
        assert len(conversation.transcript()) == 1


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "APPLICATION/X-WWW-FORM-URLENCODED ; a=b"])
def test_a_form_of_another_kind_is_refused_unread(service: Service, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five megabytes of `&` kept a processor busy for a second."""
    read: list[Request] = []
    monkeypatch.setattr(Request, "form", lambda request, **_limits: read.append(request))
    with Conversation(service) as conversation:
        path = f"/api/v1/sessions/{conversation.session_id}/documents"
        answer = conversation.http.post(path, content=b"&" * 50_000, headers={"Content-Type": kind})
        check_problem(answer, 415)
    assert not read


def test_a_chunked_upload_without_a_length_is_bounded(service: Service) -> None:
    with Conversation(service) as conversation:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-'
        chunks = iter([head, *([bytes(MEGABYTE)] * 20), b"\r\n--x--\r\n"])
        try:
            answer = conversation.http.post(
                f"/api/v1/sessions/{conversation.session_id}/documents",
                content=chunks,
                headers={"Content-Type": "multipart/form-data; boundary=x"},
            )
        except httpx.TransportError:
            return  # refused while it was still being sent
        check_problem(answer, 413)


def test_hundred_pages_are_too_many(service: Service) -> None:
    with Conversation(service) as conversation:
        answer = conversation.upload(text_pdf(*([["Salary slip"]] * 100)))
        check_problem(answer, 422)
