"""Which of several forms of a resource a reader would rather have (RFC 9110, 12.5.1)."""

from collections.abc import Sequence


def preferred(accept: str | None, offered: Sequence[str]) -> str:
    """Choose a media type: what `Accept` weighs most; of equals, and of none, the first offered."""
    weights = dict(_weighed(part) for part in (accept or "").split(","))
    best = max(offered, key=lambda kind: _weight(weights, kind))
    return best if _weight(weights, best) > 0 else offered[0]


def _weight(weights: dict[str, float], kind: str) -> float:
    family = kind.partition("/")[0]
    for known in (kind, f"{family}/*", "*/*"):
        if known in weights:
            return weights[known]
    return 0.0


def _weighed(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, figure = parameter.partition("=")
        if name == "q":
            try:
                return kind, float(figure)
            except ValueError:
                return kind, 0.0
    return kind, 1.0
