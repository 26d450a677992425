"""Lines leave on a thread of their own: a reader that stops costs lines, not turns."""

import contextlib
import os
import threading

from server.observing.line_writer import LineWriter

LINE = "x" * 999 + "\n"


def test_a_reader_that_stops_holds_up_nobody() -> None:
    reading, writing = os.pipe()
    dropped: list[int] = []
    with os.fdopen(reading) as reader, os.fdopen(writing, "w") as stream:
        writer = LineWriter(stream, most=500)
        writer.line_dropped = lambda: dropped.append(1)
        done = threading.Event()

        def talk() -> None:
            for _ in range(2000):  # two megabytes; a pipe holds 64 KB
                writer.write(LINE)
            done.set()

        threading.Thread(target=talk, daemon=True).start()
        assert done.wait(30)
        assert dropped
        kept = 2000 - len(dropped)
        assert [reader.readline() for _ in range(kept)] == [LINE] * kept  # what found room comes, once somebody reads
        writer.write("the end\n")
        assert reader.readline() == "the end\n"


def test_flushing_waits_for_what_was_written() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as reader, os.fdopen(writing, "w") as stream:
        writer = LineWriter(stream)
        for number in range(100):
            writer.write(f"{number}\n")
        writer.flush()
        os.set_blocking(reading, False)
        assert reader.read().split() == [str(number) for number in range(100)]


def test_nobody_to_read_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    writer = LineWriter(stream)
    writer.write("lost\n", hurry=True)
    writer.flush()
    writer.write("lost as well\n")
    writer.flush()
    with contextlib.suppress(BrokenPipeError):
        stream.close()
