"""Practice stacks: invented people answer printed forms and an invented scanner reads them in.

Nothing here knows how the real reader measures or judges, so a practice stack
with its truth is an honest examination for it (an import contract checks this).
"""
