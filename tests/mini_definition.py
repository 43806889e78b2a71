"""A definition of two items, small enough to break in every way."""

from pathlib import Path

SHARED = """
id = "mini"
version = "1.0"
licence = "free"
placeholder = false
assumed = ["the key of b1"]
shape = "round"
factors = ["trust", "goals"]
slots = ["worker"]

[scale]
values = [1, 2, 3]

[scoring]
minimum_share = 0.5

[items]
a1 = { factor = "trust", key = 1 }
b1 = { factor = "goals", key = -1, assumed = true }

[languages.en]
name = "English"
right_to_left = false
scale = ["no", "a bit", "yes"]

[languages.en.phrases]
cross_one = "One cross per row."
correct = "Wrong? Fill it."
skip = "You may skip."
wave = "Wave {wave}"
page = "{page} of {pages}"
version = "{form}, {version}"
ruler = "50 mm"
placeholder = "PLACEHOLDER"
assumed = "Assumed."
keep_clean = "Keep clean."

[languages.en.client]
title = "Mini"
role = "For you"
factors = { trust = "Trust", goals = "Goals" }

[languages.en.client.sentences]
a1 = "My {worker} listens."
b1 = "My {worker} has no plan."

[languages.en.professional]
title = "Mini"
role = "For the {worker}"
factors = { trust = "Trust", goals = "Goals" }

[languages.en.professional.sentences]
a1 = "I am the {worker}."
b1 = "There is no plan."
"""

DOMAIN = """
[languages.en]
domain = "Testing"
slots = { worker = "tester" }

[languages.en.professional.sentences]
b1 = "A {worker} needs no plan."
"""


def written(home: Path, shared: str = SHARED, domain: str = DOMAIN) -> Path:
    (home / "mini").mkdir(parents=True, exist_ok=True)
    (home / "mini.toml").write_text(shared, encoding="utf-8")
    (home / "mini" / "lab.toml").write_text(domain, encoding="utf-8")
    return home
