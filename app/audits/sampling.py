"""Drawing a sample that anybody can draw again: pure, on any machine, for ever.

**The numbers.** Number *i*, from 1 on, is SHA-256 over the UTF-8 text `<seed>,<i>`, read as a
256-bit number with its first byte the most significant: what R. L. Rivest's `sampler.py` and
P. B. Stark's tools for election audits compute, so that `printf '%s,%d' SEED 1 | sha256sum` shows
it. A number below *n* is the next one modulo *n*; one that is not below the largest multiple of *n*
under 2**256 is passed over, so that none is likelier than another.

**The population** is what the books say as known at a position, in the order of the ids as text.
Its digest is SHA-256 over a line `<id> <amount>` with a line feed for each item.

**Random selection** (ISA 530, appendix 4 (a)), of *k* out of *n*: for *j* = 0 … *k* - 1 take a
number below *n* - *j* and add *j*: that place of the row swaps with place *j* (Fisher and Yates).
The first *k* places are drawn.

**Monetary-unit sampling** (ISA 530, appendix 4 (c) and appendix 1, value-weighted selection), with
a fixed interval *v* in cents: items of *v* or more are all selected. The cents of the others lie
end to end, in the order of the population; a number below *v* is the first cent that is selected
(counted from 0), and after it every *v*-th (systematic selection, appendix 4 (b)). An item is drawn
if one of its cents is. Asked for a size *k*, *v* is the total divided by *k*, rounded down.

Python's own `random` is not used: what it draws for a seed is promised by nobody.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

WIDTH = 2**256


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a population."""

    id: UUID
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """An item that was drawn."""

    place: int
    """In the population, from 1."""
    item: Item
    is_certain: bool = False
    """It would be in every such sample: it is as large as the interval."""


def numbers(seed: str) -> Iterator[int]:
    """Give the numbers of a seed, one after the other."""
    count = 0
    while True:
        count += 1
        yield int.from_bytes(hashlib.sha256(f"{seed},{count}".encode()).digest())


def below(source: Iterator[int], bound: int) -> int:
    """Take a number from 0 to before a bound, each as likely as the others."""
    largest = WIDTH - WIDTH % bound
    return next(each for each in source if each < largest) % bound


def digest(population: Sequence[Item]) -> bytes:
    """Hash a population: who has the same has the same rows."""
    lines = "".join(f"{item.id} {item.amount_cents}\n" for item in population)
    return hashlib.sha256(lines.encode()).digest()


def at_random(population: Sequence[Item], seed: str, size: int) -> list[Drawn]:
    """Draw so many items, or all there are, each as likely as the others; in their order."""
    source, places = numbers(seed), list(range(len(population)))
    for at in range(min(size, len(places))):
        other = at + below(source, len(places) - at)
        places[at], places[other] = places[other], places[at]
    return [Drawn(place + 1, population[place]) for place in sorted(places[:size])]


def by_value(population: Sequence[Item], seed: str, interval_cents: int) -> list[Drawn]:
    """Draw items by the cents that they consist of; those as large as the interval always."""
    selected = below(numbers(seed), interval_cents)
    drawn, end = [], 0
    for place, item in enumerate(population, 1):
        if item.amount_cents >= interval_cents:
            drawn.append(Drawn(place, item, is_certain=True))
            continue
        end += item.amount_cents
        # No other item is so large that it could hold two of them.
        if selected < end:
            drawn.append(Drawn(place, item))
            selected += interval_cents
    return drawn


def interval_of(population: Sequence[Item], size: int) -> int:
    """Say how far apart the selected cents are for a sample of about so many items."""
    return max(1, sum(item.amount_cents for item in population) // size)
