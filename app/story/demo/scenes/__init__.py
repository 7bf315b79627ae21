"""The scenes, in the order in which they are played; each says what it is about."""

from collections.abc import Callable
from dataclasses import dataclass

from app.story.demo.playing import Demo
from app.story.demo.scenes import claiming, contracting, paying, planning, selling, setting


@dataclass(frozen=True, slots=True)
class Scene:
    """A part of the demo."""

    title: str
    play: Callable[[Demo], None]


SCENES = (
    Scene("People get their accounts", setting.gather),
    Scene("A foundation and its scheme", setting.prepare_scheme),
    Scene("Cities and their rules", contracting.join),
    Scene("Contracts, and what companies owe", contracting.award),
    Scene("Entrepreneurs, and a panel", setting.admit),
    Scene("Round 1: plans", planning.plan_first),
    Scene("Round 1: the panel", planning.value_first),
    Scene("Round 1: two companies buy", selling.sell_first),
    Scene("Round 1: the start parts are paid", paying.start),
    Scene("Round 1: the sale ends, one missed", selling.end_first),
    Scene("What was bought counts", claiming.claim_units),
    Scene("Placements, and an objection", claiming.claim_placements),
    Scene("Round 1: half-way reports", paying.report_half_way),
    Scene("Round 2: plans", planning.plan_second),
    Scene("Round 2: the panel", planning.value_second),
    Scene("Round 1: final reports, one short", paying.report_finally),
    Scene("Round 2: on sale", selling.sell_second),
    Scene("Round 3: open for plans", planning.plan_third),
    Scene("The books", setting.look_back),
)
