"""The pieces screens are made of: words that come in as data come out as words, without any browser's help."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ui import look
from dashboard.ui.panels import markup
from tests.hostile import ALL, MARK, PROBES

ALLOWED = {
    *("div", "table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "span", "strong", "br"),
    *("ul", "li", "dl", "dt", "dd", "a"),
}
ATTRIBUTES = {"class", "role", "tabindex", "aria-label", "scope", "colspan", "title", "href", "target", "rel", "style"}
words = st.one_of(st.sampled_from([*PROBES, ALL, MARK]), st.text(st.sampled_from("<>&\"'/=a b:;()[]!`\n"), max_size=20))


class Reader(HTMLParser):
    """What a browser finds in markup: tags with attributes, and the words between them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Words."""
        self.words.append(data)


def pieces(said: str) -> list[markup.Html]:
    """Every piece of markup there is, saying this wherever it can."""
    return [
        markup.text(said),
        markup.joined([said, said]),
        markup.badge(said, "good", said),
        markup.link(said, said),
        markup.link(said, f"https://example.org/{said}"),
        markup.quiet(said),
        markup.strong(said),
        markup.lines([said, said]),
        markup.bullets([said]),
        markup.definitions([(said, said)]),
        markup.table(said, (said, said), [(said, said), markup.Heading(said)], numeric=[1], widths=(40, 60)),
    ]


@given(words)
def test_no_piece_lets_words_become_markup(said: str):
    """Only the house's own tags and attributes are found, and the words are among what is read."""
    for piece in pieces(said):
        read = Reader(piece)
        assert {tag for tag, _ in read.tags} <= ALLOWED
        for _, attributes in read.tags:
            assert set(attributes) <= ATTRIBUTES
            assert (attributes.get("href") or "https://").startswith(("https://", "http://"))
            assert re.fullmatch(r"(width: \d+%)?", attributes.get("style") or "")
        assert said.strip() in "".join(read.words) or not said.strip()


@pytest.mark.parametrize("address", ["javascript:window.hit=1", "data:text/html,x", " javascript:x", "//evil.invalid"])
def test_a_link_leads_to_a_page_or_nowhere(address: str):
    """A source whose address is a script stays words."""
    assert Reader(markup.link("source", address)).tags == []


def read(escaped: str) -> str:
    """What somebody reads: without the backslashes, and without the joiner nobody sees."""
    return re.sub(r"\\(.)", r"\1", escaped, flags=re.DOTALL).replace(look.UNSEEN, "")


@pytest.mark.parametrize("said", [":material/delete:", ":material_delete:", ":streamlit:", ":smile:", ":+1x:"])
@pytest.mark.parametrize("escape", [look.plain, look.label])
def test_no_words_become_a_picture(said: str, escape: Callable[[str], str]):
    """Names of pictures are looked for after the escapes are gone: the joiner has to keep them apart."""
    parsed = re.sub(r"\\(.)", r"\1", escape(said).replace(":material/", ":material_"), flags=re.DOTALL)
    assert re.search(r":material_\w+:|:streamlit:|:[\w+-]+:", parsed) is None
    assert read(escape(said)) == said


@pytest.mark.parametrize("sign", ["--", "->", "<-", "<->", ">=", "<=", "~="])
@pytest.mark.parametrize("around", ["a {} b", "{}", "{} b", "a\n{}", "a {0} {0}"])
def test_no_words_become_a_dash_or_an_arrow(sign: str, around: str):
    """Streamlit sets such signs after the escapes are gone: the joiner has to keep them apart, each of them."""
    said = around.format(sign)
    parsed = re.sub(r"\\(.)", r"\1", look.plain(said), flags=re.DOTALL)
    assert re.search(rf"(^|\s){re.escape(sign)}(\s|$)", parsed) is None
    assert read(look.plain(said)) == said


SPECIAL = re.compile(r"\\.|([`*_{}\[\]()<>#+\-!|~$:])", re.DOTALL)


@given(words)
def test_words_in_a_line_of_markdown_are_escaped_sign_by_sign(said: str):
    """No sign that formats is left without its backslash, and taking the backslashes away gives what was said."""
    escaped = look.plain(said)
    assert [found[1] for found in SPECIAL.finditer(escaped) if found[1]] == []
    assert read(escaped) == said


@pytest.mark.parametrize("said", ["1. first", "&lt;b&gt;", "heading\n===", "  12.\n"])
def test_what_formats_only_where_it_stands_is_escaped_there(said: str):
    """The number of a list, a named sign, the line under a heading."""
    assert look.plain(said) != said
    assert read(look.plain(said)) == said


@pytest.mark.parametrize("said", ["2.5 km", "A & B", "a = b", "week 3. Then", "p < 0", "10:30:15"])
def test_plain_words_stay_readable(said: str):
    """Where nothing formats nothing is escaped but the signs themselves."""
    assert look.plain(said).count("\\") == len(re.findall(r"[<:]", said))


@given(words)
def test_a_label_opens_no_tag_no_link_and_no_directive(said: str):
    """In a widget's label, where fewer signs are escaped because it is read aloud."""
    live = re.sub(r"\\.", "", look.label(said), flags=re.DOTALL)
    assert re.search(r"[<\[`*_~$]|:\S", live) is None


def test_a_piece_is_made_here_or_escaped():
    """Nothing but markup made in the module is taken for markup."""
    kinds: list[Any] = [1, 2.5, None, "<b>", ["<b>"]]
    assert all("<b" not in markup.text(kind) for kind in kinds)
