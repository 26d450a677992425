"""How the application stands: its status for the customer, and for the model which fields are known and awaited."""

from agents.agenda import NEED, PROFILE, awaiting
from agents.model.tools.view import Arguments, Lookup, Result, View
from agents.reviewing.casework import where_it_stands


class ApplicationSummary(Arguments):
    pass


async def application_summary(view: View, arguments: ApplicationSummary) -> list[Result]:  # noqa: ARG001  takes none
    application = view.application
    fields = [*NEED, *(declared for declared, _ in PROFILE.values())]
    shown = {
        "tells": "how the application stands",
        "status": application["status"],
        "known": [field for field in fields if application.get(field) is not None],
        "awaited": awaiting(application),
    }
    return [Result("application", shown, tuple(where_it_stands(application)))]


LOOKUP = Lookup(
    "How this customer's application stands, what is known of it and what is awaited, as names of fields.",
    ApplicationSummary,
    application_summary,
)
