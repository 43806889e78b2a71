"""Hand-printed digits in comb boxes: what they look like, and which they surely are."""
