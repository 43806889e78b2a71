"""PDFium does one thing at a time: it is not made for threads, and the desk has several.

Two threads inside it at once end the whole program, without a word, even if each has a
document of its own. Whatever calls pypdfium2 in this process holds `PDFIUM` while it does.
"""

from threading import RLock

PDFIUM = RLock()
"""Held around every call; whoever holds it may take it again."""
