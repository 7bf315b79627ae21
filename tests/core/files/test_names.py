import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.files import names
from app.core.files.problems import FileNameRefused
from app.core.problems import InvalidRequest


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="plan.pdf"', "plan.pdf"),
        ("ATTACHMENT;filename=plan.pdf", "plan.pdf"),
        ("attachment; filename*=UTF-8''caf%C3%A9.pdf", "café.pdf"),
        ("attachment; filename=\"caf_.pdf\"; filename*=utf-8'nl'caf%C3%A9.pdf", "café.pdf"),
        ('attachment; filename="a \\"b\\".pdf"', "a _b_.pdf"),
        ("attachment; filename*=UTF-8''cafe%CC%81.pdf", "café.pdf"),
        ("attachment; filename*=UTF-8''a%20%C2%A0b.pdf%20", "a  b.pdf"),
        ('attachment; filename="con.pdf"', "_con.pdf"),
        ('attachment; filename="what: why?.pdf"', "what_ why_.pdf"),
        ('attachment; filename="a.pdf. ."', "a.pdf"),
    ],
)
def test_a_name_is_read_and_cleaned(header: str, name: str) -> None:
    assert names.read_header(header) == name


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "not-a-disposition"),
        ("attachment", "no-file-name"),
        ('inline; filename="a.pdf"', "not-a-disposition"),
        ('attachment; filename="a.pdf', "not-a-disposition"),
        ("attachment; filename=a b.pdf", "not-a-disposition"),
        ("attachment; filename*=a.pdf", "not-a-disposition"),
        ("attachment; filename*=ISO-8859-1''a.pdf", "not-a-disposition"),
        ("attachment; filename*=UTF-8''%FF.pdf", "not-a-disposition"),
        ('attachment; filename="é.pdf"', "name-not-ascii"),
    ],
)
def test_a_header_that_names_nothing_is_explained(header: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        names.read_header(header)
    assert str(refusal.value.extra["errors"]).count(f"'{code}'") == 1


@pytest.mark.parametrize(
    "name",
    [
        *("../a.pdf", "/etc/passwd", "C:\\a.pdf", "a/b.pdf", "..", ".htaccess", "a\\b"),
        *("a\r\nSet-Cookie: x", "a\x00.pdf", "a\u202efdp.exe", "a\u200b.pdf", "a\u2028.pdf"),
        *("", " ", "x" * 151, "a\ud800"),
    ],
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(FileNameRefused):
        names.cleaned(name)


@given(st.text(max_size=200))
@example("0\u16800")
def test_what_passes_can_stand_anywhere(text: str) -> None:
    try:
        name = names.cleaned(text)
    except FileNameRefused:
        return
    assert not set(name) & set('/\\<>:"|?*\r\n\x00')
    assert name.isprintable()
    assert names.cleaned(name) == name
    header = names.attachment(name)
    assert header.isascii()
    assert header.isprintable()
    assert names.read_header(header) == name
