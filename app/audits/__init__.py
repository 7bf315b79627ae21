"""Audits: what those who check an installation read, ask for and write.

- *auditor*: somebody appointed to an authority or an operator for a period, who reads everything of
  it and changes nothing.

May import every domain below.
"""
