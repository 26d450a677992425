"""Signs that a PDF was worked on, and signs that mean nothing."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from tests.slip_layouts import Pay, single_list
from tools.documents.child import read_salary_slip
from tools.documents.edited import is_edited


def slip_with(**metadata: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(single_list(Pay())))
    writer.add_metadata({f"/{name}": value for name, value in metadata.items()})
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("metadata", "edited"),
    [
        ({"Producer": "Adobe Photoshop for Windows"}, True),
        ({"Creator": "Canva", "Producer": "Canva"}, True),
        ({"Producer": "Sejda 3.2"}, True),
        ({"Producer": "iLovePDF"}, True),
        ({"Creator": "Payroll 9", "Producer": "JasperReports"}, False),
        ({"Producer": "Microsoft: Print To PDF"}, False),
        ({"Producer": "Skia/PDF m120"}, False),
        ({"CreationDate": "D:20261128093000+05'30'", "ModDate": "D:20261128093001+05'30'"}, False),
        ({"CreationDate": "D:20261128093000+05'30'", "ModDate": "D:20261129093000+05'30'"}, False),
        ({"CreationDate": "D:20261128093000+05'30'", "ModDate": "D:20261129093001+05'30'"}, True),
        ({"CreationDate": "D:20260199993000", "ModDate": "D:20261129093001"}, False),
    ],
)
def test_what_the_file_says_of_itself(metadata: dict[str, str], edited: bool) -> None:
    data = slip_with(**metadata)
    assert is_edited(PdfReader(io.BytesIO(data)), data) is edited
    assert read_salary_slip(data, kind="pdf").problems == (("edited_file",) if edited else ())


def test_a_part_added_to_the_file() -> None:
    writer = PdfWriter(io.BytesIO(single_list(Pay())), incremental=True)
    writer.add_metadata({"/Title": "November"})
    buffer = io.BytesIO()
    writer.write(buffer)
    assert "edited_file" in read_salary_slip(buffer.getvalue(), kind="pdf").problems
