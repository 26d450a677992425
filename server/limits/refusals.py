"""What a caller hears who has to wait. Nothing of the message was kept, so it is safe to send it again."""

from server.limits.windows import Refused
from server.problems import Problem


class TooMany(Problem):
    """One limit is used up; waiting `Retry-After` frees it again by one."""

    def __init__(self, refused: Refused) -> None:
        wait = int(refused.wait) + 1
        super().__init__(
            429, "too_many_requests", f"Too many requests; please try again in {wait} s.", retry_after=wait
        )


class TooManyAtOnce(Problem):
    """When one of them ends only the caller knows, so no time is named."""

    def __init__(self) -> None:
        super().__init__(429, "too_many_at_once", "Too many connections are open from your address.")


class Busy(Problem):
    """This process has more to do than it should take on."""

    def __init__(self, seconds: int) -> None:
        detail = f"The service is very busy; please try again in {seconds} s."
        super().__init__(503, "over_capacity", detail, retry_after=seconds)
