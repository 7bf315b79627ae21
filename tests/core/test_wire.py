"""What texts on the wire may not say."""

import time

import pytest
from pydantic_core import PydanticCustomError

from app.core.wire import names_nobody

A_LONG_WORD = "a" * 30_000


@pytest.mark.parametrize(
    "text", ["j@b.nl", "Ask j.jansen@mail.example.nl!", "a@b a@b.c", "@a@b.c", "BSN 111.222.333"]
)
def test_who_is_named_in_a_text_is_noticed(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="Leave out"):
        names_nobody(text)


@pytest.mark.parametrize("text", ["3 loaves @ 2.50", "@baat", "a@b", "a@.b", "a @b.c", "a@b."])
def test_not_everything_with_an_at_sign_is_an_address(text: str) -> None:
    assert names_nobody(text) == text


@pytest.mark.parametrize(
    "text", [A_LONG_WORD, f"{A_LONG_WORD}@{A_LONG_WORD}", f"a@{A_LONG_WORD}.", "a@" * 15_000]
)
def test_a_long_word_holds_nobody_up(text: str) -> None:
    began = time.thread_time()
    names_nobody(text)
    assert time.thread_time() - began < 0.2
