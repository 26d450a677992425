"""How a property is tried: a few inputs, always the same, in `make test`; FUZZ_EXAMPLES new ones in `make fuzz`."""

import os

from hypothesis import HealthCheck, settings

_MANY = int(os.environ.get("FUZZ_EXAMPLES", "0"))

law = settings(
    max_examples=_MANY or 100,
    deadline=None,
    derandomize=not _MANY,
    database=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
few = settings(law, max_examples=_MANY or 25)
