"""Uploads meant to break, swell, hang or deceive their reader, each built here and small enough to be let in.

`REFUSED` names the status of each that is turned away; `REVIEWED` are harmless to open and left to a person.
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from functools import partial

from tests.hostile_files import bomb_pdf, busy_pdf, encrypted_pdf, picture, scripted_pdf
from tests.samples import text_pdf

Maker = Callable[[], bytes]

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
TEXT = b"BT /F1 12 Tf 40 700 Td (Salary slip for November 2026, a text of some length) Tj ET"
LINES = ["Salary slip for November 2026", "Employee Name: A. Rao", "Net Pay: 50,000"]


def stream(data: bytes, extra: bytes = b"", *, length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (size, extra, data)


def packed(data: bytes, extra: bytes = b"") -> bytes:
    return stream(zlib.compress(data, 9), b"/Filter /FlateDecode " + extra)


def pdf(*parts: bytes, trailer: bytes = b"", head: bytes = b"%PDF-1.7\n", tail: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, with a right table; the first is its root."""
    body, table = head, b""
    for number, part in enumerate(parts, 1):
        table += b"%010d 00000 n \n" % len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    size = len(parts) + 1
    body_end = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    return body + body_end % (size, table, size, trailer, len(body)) + tail


def one_page(*more: bytes, catalog: bytes = b"", page: bytes = b"", content: bytes | None = None) -> bytes:
    """A page of harmless text with extra entries in the catalogue and on the page; `more` is object 6 and on."""
    return pdf(
        CATALOG[:-2] + catalog + b" >>",
        PAGES,
        PAGE[:-2] + page + b" >>",
        stream(TEXT) if content is None else content,
        FONT,
        *more,
    )


def updated(more: bytes) -> bytes:
    """A harmless PDF, then an update that puts another catalogue in the place of the first."""
    first = one_page()
    start = len(first)
    body = first + b"1 0 obj\n%s\nendobj\n" % more
    place = first.rindex(b"startxref\n") + 10
    previous = int(first[place : first.index(b"\n", place)])
    table = b"xref\n1 1\n%010d 00000 n \ntrailer << /Size 6 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return body + table % (start, previous, len(body))


def in_object_stream(*hidden: bytes) -> bytes:
    """A PDF whose objects from 6 on stand packed in an object stream, its table packed as well."""
    plain = [CATALOG[:-2] + b" /OpenAction 6 0 R >>", PAGES, PAGE, stream(TEXT), FONT]
    body, places = b"%PDF-1.7\n", []
    for number, part in enumerate(plain, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    heads, inside = b"", b""
    for number, part in enumerate(hidden, 6):
        heads += b"%d %d " % (number, len(inside))
        inside += part + b" "
    holder = 6 + len(hidden)
    places.append(len(body))
    kind = b"/Type /ObjStm /N %d /First %d" % (len(hidden), len(heads))
    body += b"%d 0 obj\n%s\nendobj\n" % (holder, packed(heads + inside, kind))
    rows = b"\x00\x00\x00\x00\x00\x00"
    rows += b"".join(b"\x01" + struct.pack(">I", place) + b"\x00" for place in places[:5])
    rows += b"".join(b"\x02" + struct.pack(">I", holder) + bytes([index]) for index in range(len(hidden)))
    rows += b"\x01" + struct.pack(">I", places[5]) + b"\x00"
    rows += b"\x01" + struct.pack(">I", len(body)) + b"\x00"
    kind = b"/Type /XRef /Size %d /W [1 4 1] /Root 1 0 R" % (holder + 2)
    start = len(body)
    return body + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (holder + 1, packed(rows, kind), start)


def chained_object_stream() -> bytes:
    """An object stream that names itself as the one it goes on in, and holds the root."""
    inside = b"1 0 << /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >>"
    kind = b"/Type /ObjStm /N 1 /First 4 /Extends 2 0 R"
    body = b"%PDF-1.7\n"
    holder = len(body)
    body += b"2 0 obj\n%s\nendobj\n" % packed(inside, kind)
    rows = b"\x00\x00\x00\x00\x00\x00" + b"\x02\x00\x00\x00\x02\x00" + b"\x02\x00\x00\x00\x02\x00"
    rows += b"\x01" + struct.pack(">I", len(body)) + b"\x00"
    start = len(body)
    kind = b"/Type /XRef /Size 4 /W [1 4 1] /Root 1 0 R"
    assert holder
    return body + b"3 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (packed(rows, kind), start)


def deep_pages(depth: int) -> bytes:
    """A tree of pages as deep as this, with one page at its end."""
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 3) for number in range(depth)]
    page = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 9 9] /Resources << >> >>" % (depth + 1)
    return pdf(CATALOG, *nodes, page)


def shared_pages(levels: int, kids: int) -> bytes:
    """Each level names the next one many times over: `kids ** levels` pages of a few hundred bytes."""
    nodes = [
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (kids ** (levels - level), b"%d 0 R " % (level + 3) * kids)
        for level in range(levels)
    ]
    return pdf(CATALOG, *nodes, b"<< /Type /Page /MediaBox [0 0 9 9] /Resources << >> >>")


def many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    pages = [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>"] * count
    return pdf(CATALOG, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids), *pages)


def flate_twice() -> bytes:
    """Zeros packed twice over: some kilobytes that are a gigabyte."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()
    return one_page(content=stream(zlib.compress(once, 9), b"/Filter [/FlateDecode /FlateDecode]"))


def many_filters() -> bytes:
    data = TEXT
    for _ in range(200):
        data = zlib.compress(data)
    return one_page(content=stream(data, b"/Filter [%s]" % (b"/FlateDecode " * 200)))


def hex_bomb() -> bytes:
    return one_page(content=stream(b"20" * 2_000_000 + b">", b"/Filter /ASCIIHexDecode"))


def run_length_bomb() -> bytes:
    return one_page(content=stream(b"\x81 " * 2_000_000 + b"\x80", b"/Filter /RunLengthDecode"))


def lzw_bomb() -> bytes:
    return one_page(content=stream(bytes([0x80, 0x0B, 0x60, 0x50]) * 1_000_000, b"/Filter /LZWDecode"))


def predictor_bomb() -> bytes:
    extra = b"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 2147483647 /Colors 32 /BitsPerComponent 16 >>"
    return one_page(content=stream(zlib.compress(bytes(1000)), extra))


def cmap_bomb() -> bytes:
    """A font whose table of characters has ranges of billions."""
    table = b"begincmap\n1 begincodespacerange <00000000> <FFFFFFFF> endcodespacerange\n"
    table += b"100 beginbfrange\n" + b"<00000000> <FFFFFFFF> <0041>\n" * 100 + b"endbfrange\nendcmap"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    return pdf(CATALOG, PAGES, PAGE, stream(TEXT), font, packed(table))


def width_bomb() -> bytes:
    """A composite font with a width for each of two billion signs."""
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [6 0 R] >>"
    below = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /W [0 2147483647 500] >>"
    return pdf(CATALOG, PAGES, PAGE, stream(TEXT), font, below)


def xmp_bomb() -> bytes:
    """Metadata in which each name stands for ten of the one before."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
    laughs = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><x>&a19;</x>'
    return one_page(stream(laughs.encode(), b"/Type /Metadata /Subtype /XML"), catalog=b" /Metadata 6 0 R")


def form_loop() -> bytes:
    """A drawing that draws itself."""
    page = PAGE.replace(b"/Resources <<", b"/Resources << /XObject << /X 6 0 R >>")
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    return pdf(CATALOG, PAGES, page, stream(b"/X Do"), FONT, stream(b"/X Do /X Do", form))


def nested(opening: bytes, depth: int, closing: bytes) -> bytes:
    return one_page(catalog=b" /Deep " + opening * depth + closing * depth)


def letters_pdf(count: int) -> bytes:
    """A page that places its letters one by one: seconds of work for some hundred kilobytes."""
    return one_page(content=stream(b"BT /F1 1 Tf " + b"(A) Tj " * count + b"ET"))


def table_loop() -> bytes:
    """A table whose predecessor is itself."""
    data = one_page()
    place = data.rindex(b"startxref\n") + 10
    start = data[place : data.index(b"\n", place)]
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev " + start)


def huge_table() -> bytes:
    return one_page().replace(b"xref\n0 6\n", b"xref\n0 999999999\n")


def slip() -> bytes:
    return text_pdf(LINES)


def action(kind: bytes, more: bytes = b"") -> bytes:
    return one_page(catalog=b" /OpenAction << /S /%s %s >>" % (kind, more))


def annotated(kind: bytes, more: bytes = b"") -> bytes:
    return one_page(page=b" /Annots [<< /Type /Annot /Subtype /%s /Rect [0 0 9 9] %s >>]" % (kind, more))


def zip_archive(comment: bytes = b"") -> bytes:
    """A ZIP of one stored file, made by hand so that offsets may lie behind anything."""
    name, data = b"x.txt", b"hidden"
    common = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0, zlib.crc32(data), len(data), len(data), len(name), 0)
    local = b"PK\x03\x04" + common + name + data
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + bytes(14) + name
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), len(comment))
    return local + central + b"PK\x05\x06" + end + comment


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*chunks: bytes, width: int = 8, height: int = 8, depth: int = 8, colours: int = 0) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks or (IMAGE, END))


IMAGE = chunk(b"IDAT", zlib.compress(bytes(72)))
END = chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG that says it is as large as this."""
    data = bytearray(picture("jpeg"))
    frame = next(place for place in range(2, len(data)) if data[place : place + 2] == b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def cut(data: bytes, part: float) -> bytes:
    return data[: int(len(data) * part)]


SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"

REFUSED: dict[str, tuple[Maker, int]] = {
    # not what is taken
    "empty": (lambda: b"", 415),
    "one byte": (lambda: b"%", 415),
    "text": (lambda: b"Net Pay: 50,000", 415),
    "html": (lambda: b"<!doctype html><script>alert(1)</script>", 415),
    "svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", 415),
    "zip": (zip_archive, 415),
    "gzip": (lambda: b"\x1f\x8b\x08\x00" + bytes(100), 415),
    "gif": (lambda: b"GIF89a" + bytes(100), 415),
    "eicar": (lambda: EICAR, 415),
    "program": (lambda: b"\x7fELF" + bytes(100), 415),
    "postscript": (lambda: b"%!PS-Adobe-3.0\n(%PDF-1.4) pop", 415),
    "pdf behind text": (lambda: b"text\n" + slip(), 415),
    "pdf behind html": (lambda: b"<script>1</script>" + slip(), 415),
    "pdf behind a mark": (lambda: b"\xef\xbb\xbf" + slip(), 415),
    # two files in one
    "pdf then zip": (lambda: slip() + zip_archive(), 422),
    "zip comment over a pdf": (lambda: one_page(stream(zip_archive()), page=b" /X 6 0 R"), 422),
    "pdf then html": (lambda: slip() + b"<script>alert(1)</script>", 422),
    "pdf then a program": (lambda: slip() + b"\x7fELF" + bytes(500), 422),
    "html behind the header": (
        lambda: pdf(CATALOG, PAGES, PAGE, stream(TEXT), FONT, head=b"%PDF-1.7\n<script>1\n"),
        422,
    ),
    "png then zip": (lambda: picture("png") + zip_archive(), 422),
    "png then pdf": (lambda: picture("png") + slip(), 422),
    "png around a zip": (lambda: png(chunk(b"zipF", zip_archive(bytes(32))), IMAGE, END), 422),
    "png around a pdf": (lambda: png(chunk(b"pdFf", slip()), IMAGE, END), 422),
    "jpeg then zip": (lambda: picture("jpeg") + zip_archive(), 422),
    "jpeg then pdf": (lambda: picture("jpeg") + slip(), 422),
    "jpeg then html": (lambda: picture("jpeg") + b"<html>", 422),
    "jpeg then jpeg and zip": (lambda: picture("jpeg") * 2 + zip_archive(), 422),
    "pdf in a jpeg's comment": (
        lambda: b"\xff\xd8\xff\xfe" + struct.pack(">H", 2 + len(slip())) + slip() + picture("jpeg")[2:],
        422,
    ),
    # locked, scripted, carrying
    "encrypted": (partial(encrypted_pdf, "secret"), 422),
    "encrypted without a password": (partial(encrypted_pdf, ""), 422),
    "script at opening": (scripted_pdf, 422),
    "script under an escaped name": (lambda: action(b"J#61vaScript", b"/J#53 (app.alert(1))"), 422),
    "script packed away": (lambda: in_object_stream(SCRIPT), 422),
    "script packed away and escaped": (lambda: in_object_stream(SCRIPT.replace(b"/S /Java", b"/#53 /J#61va")), 422),
    "script in an update": (lambda: updated(CATALOG[:-2] + b" /OpenAction %s >>" % SCRIPT), 422),
    "script taken back in an update": (
        lambda: updated(CATALOG).replace(b"/Parent", b"/AA << /O %s >> /Parent" % SCRIPT),
        422,
    ),
    "script in the names": (lambda: one_page(catalog=b" /Names << /JavaScript << /Names [(a) %s] >> >>" % SCRIPT), 422),
    "script on a page": (lambda: one_page(page=b" /AA << /O %s >>" % SCRIPT), 422),
    "script on a field": (lambda: annotated(b"Widget", b"/A %s" % SCRIPT), 422),
    "script nobody calls": (lambda: one_page(SCRIPT), 422),
    "launch": (lambda: action(b"Launch", b"/F (cmd.exe)"), 422),
    "submit form": (lambda: action(b"SubmitForm", b"/F (http://127.0.0.1/)"), 422),
    "import data": (lambda: action(b"ImportData", b"/F (x)"), 422),
    "go to another file": (lambda: action(b"GoToR", b"/F (x.pdf)"), 422),
    "rich media": (lambda: annotated(b"RichMedia"), 422),
    "film": (lambda: annotated(b"Movie"), 422),
    "three dimensions": (lambda: annotated(b"3D"), 422),
    "attachment on a page": (lambda: annotated(b"FileAttachment"), 422),
    "embedded file": (
        lambda: one_page(
            b"<< /Type /Filespec /F (x.exe) /EF << /F 7 0 R >> >>",
            stream(b"MZ", b"/Type /EmbeddedFile"),
            catalog=b" /Names << /EmbeddedFiles << /Names [(x) 6 0 R] >> >>",
        ),
        422,
    ),
    "xfa form": (lambda: one_page(stream(b"<xdp/>"), catalog=b" /AcroForm << /Fields [] /XFA 6 0 R >>"), 422),
    # too much
    "eleven pages": (lambda: text_pdf(*[LINES] * 11), 422),
    "ten thousand pages": (partial(many_pages, 10_000), 422),
    "pages shared a million times": (partial(shared_pages, 6, 10), 422),
    "flate bomb": (partial(bomb_pdf, 400), 422),
    "flate bomb twice packed": (flate_twice, 422),
    "busy page": (busy_pdf, 422),
    "wide predictor": (predictor_bomb, 422),
    "over five megabytes": (lambda: b"%PDF-1.7\n" + bytes(5 * 1024 * 1024), 413),
    "png too wide": (lambda: png(width=100_000, height=1), 422),
    "png too large": (lambda: png(width=19_999, height=19_999), 422),
    "png as large as can be": (lambda: png(width=2**31 - 1, height=2**31 - 1), 422),
    "png of no size": (lambda: png(width=0, height=0), 422),
    "png of odd depth": (lambda: png(depth=3, colours=2), 422),
    "jpeg too large": (partial(jpeg_of, 65_535, 65_535), 422),
    "jpeg of no size": (partial(jpeg_of, 0, 0), 422),
    # broken
    "header alone": (lambda: b"%PDF-1.7\n", 422),
    "zeros": (lambda: b"%PDF-1.7\n" + bytes(1_000_000), 422),
    "table that is its own predecessor, cut": (lambda: cut(table_loop(), 0.98), 422),
    "cut at a tenth": (lambda: cut(slip(), 0.1), 422),
    "cut at a quarter": (lambda: cut(slip(), 0.25), 422),
    "cut at half": (lambda: cut(slip(), 0.5), 422),
    "cut at nine tenths": (lambda: cut(slip(), 0.9), 422),
    "cut at its end": (lambda: slip()[:-7], 422),
    "root in a loop of object streams": (chained_object_stream, 422),
    "pages are no tree": (lambda: pdf(CATALOG, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), 422),
    "kids are a number": (lambda: pdf(CATALOG, b"<< /Type /Pages /Kids 7 /Count 1 >>"), 422),
    "png signature alone": (lambda: b"\x89PNG\r\n\x1a\n", 422),
    "png cut": (lambda: cut(picture("png"), 0.8), 422),
    "png without picture": (lambda: png(END), 422),
    "png with a wrong checksum": (lambda: picture("png").replace(b"IDAT", b"IDAU"), 422),
    "png chunk longer than the file": (lambda: png(struct.pack(">I", 2**31 - 1) + b"IDAT", IMAGE, END), 422),
    "png with two headers": (lambda: png(chunk(b"IHDR", bytes(13)), IMAGE, END), 422),
    "jpeg signature alone": (lambda: b"\xff\xd8\xff", 422),
    "jpeg cut": (lambda: cut(picture("jpeg"), 0.8), 422),
    "jpeg that only fills": (lambda: b"\xff\xd8" + b"\xff" * 1_000_000, 422),
    "jpeg of endless segments": (lambda: b"\xff\xd8" + b"\xff\xe0\x00\x02" * 1_000_000, 422),
    "jpeg without a frame": (lambda: b"\xff\xd8\xff\xda\x00\x02" + bytes(100) + b"\xff\xd9", 422),
}

# Odd, but harmless to open; either refused or looked at by a person, and quick in any case.
REVIEWED: dict[str, Maker] = {
    "script in plain text": lambda: text_pdf(["Salary slip for November 2026", "<script>alert(1)</script> =cmd|calc"]),
    "no root": lambda: one_page().replace(b"/Root", b"/Toor"),
    "no page": lambda: pdf(CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"),
    "table that is its own predecessor": table_loop,
    "table of a billion": huge_table,
    "table elsewhere": lambda: one_page().replace(b"startxref\n", b"startxref\n9"),
    "deep tree of pages": partial(deep_pages, 5_000),
    "length beyond the file": lambda: one_page(content=stream(TEXT, length=2**40)),
    "length below zero": lambda: one_page(content=stream(TEXT, length=-1)),
    "length of itself": lambda: one_page(content=b"<< /Length 4 0 R >>\nstream\n%s\nendstream" % TEXT),
    "two hundred filters": many_filters,
    "unknown filter": lambda: one_page(content=stream(TEXT, b"/Filter /Nonsense")),
    "hexadecimal bomb": hex_bomb,
    "run length bomb": run_length_bomb,
    "lzw bomb": lzw_bomb,
    "table of characters for billions": cmap_bomb,
    "widths for billions": width_bomb,
    "metadata of a billion laughs": xmp_bomb,
    "drawing that draws itself": form_loop,
    "deep lists": lambda: nested(b"[", 100_000, b"]"),
    "deep dictionaries": lambda: nested(b"<</A", 50_000, b">>"),
    "endless name": lambda: one_page(catalog=b" /" + b"A" * 4_000_000 + b" 1"),
    "endless number": lambda: one_page(catalog=b" /N " + b"9" * 1_000_000),
    "endless text": lambda: one_page(catalog=b" /T (" + b"\\(" * 1_000_000 + b")"),
    "endless comment": lambda: one_page(catalog=b"\n%" + b"A" * 4_000_000 + b"\n"),
    "letters without end": partial(letters_pdf, 400_000),
    "a letter a mile away": lambda: one_page(content=stream(TEXT.replace(b"40 700", b"1e30 -1e30"))),
    "type of no size": lambda: one_page(content=stream(TEXT.replace(b"12 Tf", b"1e-30 Tf"))),
    "page of no size": lambda: one_page().replace(b"[0 0 595 842]", b"[0 0 0 0]    "),
    "page of endless size": lambda: one_page().replace(b"[0 0 595 842]", b"[0 0 1e99 1]"),
}


def files() -> Sequence[tuple[str, Maker, int | None]]:
    """Name, maker and the status expected; None for one that a person may look at."""
    return [(name, make, status) for name, (make, status) in REFUSED.items()] + [
        (name, make, None) for name, make in REVIEWED.items()
    ]
