"""What a printed sheet says: the words of a PDF, read back."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """The words of each page, every run of spaces and line ends made one space."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def words(pdf: bytes) -> str:
    """The words of the whole sheet."""
    return " ".join(pages(pdf))


def catalogue(pdf: bytes) -> dict[str, object]:
    """The document's own particulars: title, language, whether it is tagged."""
    reader = PdfReader(BytesIO(pdf))
    root = reader.root_object
    marked = root.get("/MarkInfo", {}).get("/Marked", False)
    return {"title": reader.metadata.title, "language": root.get("/Lang"), "tagged": bool(marked)}


def squeezed(text: str) -> str:
    """A text without spaces, so that a break of a line inside it does not matter."""
    return "".join(text.split())
