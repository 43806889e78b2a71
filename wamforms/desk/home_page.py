"""Home: the study at a glance, and what to do next."""

from starlette.responses import Response

from wamforms.desk.visits import Part, Visit, look
from wamforms.desk.words import N_
from wamforms.tasks.overview import overview


def home(visit: Visit) -> Response:
    """Show the study at a glance."""
    return visit.show("home.html", view=overview(visit.study))


PART = Part("home", (look("/", home),), N_("Home"))
