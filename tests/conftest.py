"""What holds for every test: nothing is left to chance, and Python keeps what it compiled."""

import os
import sys

from hypothesis import HealthCheck, settings

# The tests start some hundred programs. Where the surroundings forbid keeping what was compiled,
# as container images do to stay small, each of them compiles the whole source anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same examples in every run, as many as it takes, however busy the computer is: a run that
# fails says something about the change and not about the weather.
settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# Other examples each time, to look for what nobody thought of.
settings.register_profile("other", parent=settings.get_profile("same"), derandomize=False)
settings.load_profile("same")
