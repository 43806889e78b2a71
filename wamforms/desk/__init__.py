"""The desk: a page in the browser for administrators, served to this computer only.

One page is one module `NAME_page.py` here, one template `templates/NAME.html` and one test
file `tests/test_desk_NAME.py`. To add a page:

1. Write its views: plain functions from a `Visit` to a response. A view asks one function of
   `wamforms.tasks`, the same that the command line asks, and shows what came back. It
   decides nothing. A view runs in a thread of its own with the study open (`visit.study`).
2. List them in a `Part`: `look` for what may be read, `act` for what changes something.
   A `look` has no effect. Every `act` is checked before it runs (`guard`, `answering`).
3. Name the part in `app.PARTS`. It is then in the navigation if it has a label.
4. Write its template on `base.html`. Text stands in `{{ _("...") }}` in English; its Dutch is
   in `words/nl.po`, and a test names what is missing (`python docs/make_words.py` adds it).
   No script and no style inside a template: the browser refuses both.
5. Use the classes of `static/desk.css` before writing new ones. Sides are logical
   (`margin-inline-start`), so that right-to-left works.
"""
