"""HTTP manners: what every answer of this service has in common.

Follows the Dutch API Design Rules 2.1 (https://logius-standaarden.github.io/API-Design-Rules/).
"""
