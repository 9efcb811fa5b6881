"""What a browser sends over the socket: whether a person did something, or the page refreshed itself."""

from __future__ import annotations

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from streamlit.proto.BackMsg_pb2 import BackMsg

LARGEST = 5_000_000
"""Bytes: what is larger is not looked into; Streamlit refuses it anyway."""


def is_a_persons(message: bytes) -> bool:
    """Whether the message asks for a run because a person did something; false for whatever cannot be read."""
    if len(message) > LARGEST:
        return False
    said = BackMsg()
    try:
        said.ParseFromString(message)
    except DecodeError:
        return False
    return said.WhichOneof("type") == "rerun_script" and not said.rerun_script.is_auto_rerun
