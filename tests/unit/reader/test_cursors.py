"""Cursors hold for one query, one generation, one key, and not one byte else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.cursors import Cursor, CursorSigner
from reader.errors import InvalidParameterError

SIGNER = CursorSigner(b"k" * 32)
CURSOR = Cursor("000001-20261122T020200Z", ("2026-11-01", "usd", "säle"))


def test_a_cursor_comes_back_as_it_was_written():
    assert SIGNER.read(SIGNER.write(CURSOR, "scope"), "scope") == CURSOR


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_is_noticed(position, change):
    text = SIGNER.write(CURSOR, "scope")
    changed = bytearray(text.encode())
    changed[position % len(changed)] ^= change
    if bytes(changed).decode("latin-1") == text:
        return
    try:
        read = SIGNER.read(bytes(changed).decode("latin-1"), "scope")
    except InvalidParameterError:
        return
    # The last character of base64 carries bits that are not read.
    assert read == CURSOR
    assert position % len(changed) == len(changed) - 1


@pytest.mark.parametrize("text", ["", "x", "====", "%%%", "é", "AAAA" * 10])
def test_what_was_never_a_cursor_is_refused(text):
    with pytest.raises(InvalidParameterError):
        SIGNER.read(text, "scope")


def test_another_query_or_key_does_not_take_it():
    text = SIGNER.write(CURSOR, "scope")
    with pytest.raises(InvalidParameterError):
        SIGNER.read(text, "another")
    with pytest.raises(InvalidParameterError):
        CursorSigner(b"x" * 32).read(text, "scope")
