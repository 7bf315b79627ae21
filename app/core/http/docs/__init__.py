"""The documentation for people: `/docs` from the OpenAPI document, `/problems` from the classes.

Made on the server, without a script and without anything from elsewhere, so that it is fast, reads
well aloud and prints. Nothing is written twice: a docstring, a description of a member or a
reason of refusal that is better in the code is better here.
"""

from app.core.http.docs.serving import install

__all__ = ["install"]
