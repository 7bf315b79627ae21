"""The OpenAPI document: what every client may rely on, written from the code itself.

FastAPI writes the first draft. What all operations have in common (problems, headers, names) is
added here and not by their authors, so that it can't be forgotten:

- `answers` documents the refusals and headers that the house itself gives;
- `schemas` gives what goes over the wire its public names;
- `worked` adds what was really asked and answered in a demo;
- `building` puts the document together, below `/v1` and without it.

A route adds its own reasons with `responses=refusals(…)`. Its docstring becomes its summary (the
first sentence) and its description; the docstring of its module describes its group.
"""

from app.core.http.openapi.building import Document, document, operation_id
from app.core.http.openapi.serving import install

__all__ = ["Document", "document", "install", "operation_id"]
