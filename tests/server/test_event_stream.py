async def test_what_nodes_do_travels_with_the_next_words() -> None:
    log = EventLog(0)
    batches = log.batches(0)
    first = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0)
    log.append("turn", "node", "understand", status="started")
    await asyncio.sleep(0)
    assert not first.done()
    log.append("turn", "message", "Hello")
    assert [event.type for event in await asyncio.wait_for(first, 1)] == ["node", "message"]


async def test_a_node_that_takes_its_time_is_told_without_words() -> None:
    log = EventLog(0)
    batches = log.batches(0)
    for name in ("understand", "underwriting"):
        waiting = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0)
        log.append("turn", "node", name, status="started")
        assert [event.content for event in await asyncio.wait_for(waiting, 1)] == [name]
