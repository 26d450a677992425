"""A turn that an earlier version left, and that nobody will run, does not keep a conversation for ever."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.retention import read_retention
from server.store.expired import Expired, Moment
from tests.server.parts import open_parts


async def test_a_session_with_a_turn_that_lost_its_place_goes_like_any_other(tmp_path: Path) -> None:
    """As the migration leaves one whose customer spoke on and was answered: accepted, without a place."""
    in_ten_years = datetime.now(UTC) + timedelta(days=3650)
    at = Moment(in_ten_years, in_ten_years.date())
    async with open_parts(tmp_path) as parts:
        session_id = await parts.open_session()
        await parts.say(session_id, "Hello", "m-left")
        await parts.say(session_id, "Hello?", "m-2")
        left = "UPDATE turns SET status = 'accepted', seq = 0, reply = NULL WHERE message_id = 'm-left'"
        await parts.database.run(lambda connection: connection.exec_driver_sql(left))
        rules = read_retention()
        expired = Expired(parts.database, rules)
        found = [await expired.count_sessions(rule, at) for rule in rules.conversations if rule.days is not None]
        assert sum(found) == 1
        await parts.sessions.destroy_key(session_id, unless_since=at.before(0))
