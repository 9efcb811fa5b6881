"""The words for patients: every question and option in both languages, Spanish that is Spanish, and none too hard."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest

from dashboard import patient_words
from dashboard.in_force import knowledge
from dashboard.patient_words import LANGUAGES, Words, is_askable, screens, words

ALIKE = {"No", "PIN"}
"""What English and Spanish write alike."""
ENGLISH = re.compile(
    r"\b(the|you|your|what|when|which|does|have|with|and|of|pain|back|leg|yes|not|is|are)\b", re.IGNORECASE
)
LONGEST_SENTENCE = 27
"""Words; most are half as long."""
USTED = re.compile(r"\b(tu|tus|tú|tienes|te|puedes|eres|estás|sientes|duele?s|haces|corres)\b", re.IGNORECASE)
"""Forms of address that a patient of the clinic is not spoken to with."""


def said(told: Words) -> Iterator[tuple[str, str]]:
    """Everything a language says, each with where it stands."""
    for table in ("says", "sections", "units"):
        yield from ((f"{table}.{key}", text) for key, text in getattr(told, table).items())
    for item, asked in told.questions.items():
        yield f"{item}.ask", asked.ask
        if asked.help:
            yield f"{item}.help", asked.help
        yield from ((f"{item}.{code}", text) for code, text in asked.options.items())


TABLET = tomllib.loads((patient_words.HERE / "tablet.toml").read_text(encoding="utf-8"))
ON_TABLET = [item for screen in TABLET["screens"] for item in screen]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_of_the_tablet_and_every_option_of_it_has_its_words(language: str):
    """A question added to the tablet, or an option added to the knowledge, fails here until somebody words it."""
    known, told = knowledge(), words(language)
    missing = [item for item in ON_TABLET if item not in told.questions]
    missing += [
        f"{item}.{option.code}"
        for item, asked in told.questions.items()
        for option in known.items[item].options
        if option.asked and option.code not in asked.options
    ]
    assert missing == []
    assert {known.items[item].section for item in ON_TABLET} <= told.sections.keys()
    units = {unit for item in ON_TABLET for unit in (known.items[item].unit, *known.items[item].units) if unit}
    assert units <= told.units.keys()


def test_no_words_are_left_of_what_is_not_asked_any_more():
    """A question or an option that the knowledge dropped is dropped here too."""
    known = knowledge().items
    for language in LANGUAGES:
        for item, asked in words(language).questions.items():
            assert item in known
            assert asked.options.keys() <= {option.code for option in known[item].options}


def test_both_languages_say_the_same_things():
    """Key by key, with the same places to fill in."""
    english, spanish = (dict(said(words(language))) for language in LANGUAGES)
    assert english.keys() == spanish.keys()
    for place, text in english.items():
        assert sorted(re.findall(r"{\w*}", text)) == sorted(re.findall(r"{\w*}", spanish[place])), place


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_or_untidy(language: str):
    """No blank text, no space at an end, no markup, and a question ends as one."""
    for place, text in said(words(language)):
        assert text.strip() == text != "", place
        assert not re.search(r"[<>*_`]|  ", text), place
    for item, asked in words(language).questions.items():
        assert asked.ask.endswith("?"), item
        assert language != "es" or "¿" in asked.ask, item


def test_no_english_is_left_in_the_spanish():
    """Not a text left as it was, but for what both write alike; not a word of English in one."""
    english, spanish = (dict(said(words(language))) for language in LANGUAGES)
    same = {place: text for place, text in spanish.items() if text == english[place]}
    assert set(same.values()) <= ALIKE
    left = {place: text for place, text in spanish.items() if ENGLISH.search(text)}
    assert left == {}


def test_spanish_speaks_to_a_grown_up():
    """Usted throughout."""
    assert {place: text for place, text in said(words("es")) if USTED.search(text)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short_and_without_the_clinics_own_words(language: str):
    """What a twelve-year-old reads; the words of the trade stay with the desk."""
    trade = re.compile(
        r"\b(lumbar|radicul\w+|paresthesia|incontinence|retention|etiolog\w+|NSAID|perianal|saddle an\w+|claudicat\w+|"
        r"AINE|parestesia|incontinencia|retención|claudicación|anestesia en silla)\b",
        re.IGNORECASE,
    )
    for place, text in said(words(language)):
        assert not trade.search(text), place
        for sentence in re.split(r"[.?!]\s", text):
            assert len(sentence.split()) <= LONGEST_SENTENCE, place


def test_a_screen_asks_nothing_that_depends_on_the_same_screen():
    """Whether a question is asked is decided by the server before the screen is drawn."""
    known = knowledge()
    for screen in screens(known):
        for item in screen:
            used = re.findall(r"[a-z_][a-z0-9_]*", known.items[item].show_if or "")
            assert not set(used) & set(screen), item


def test_a_question_is_handed_over_once_and_consent_never():
    """Each question stands on one screen; consent, others' totals and reports stay with the desk."""
    assert len(ON_TABLET) == len(set(ON_TABLET))
    known = knowledge()
    assert [item for screen in screens(known) for item in screen] != []
    for item in ("consent_record", "consent_registry", "phq2_1", "rmdq_total", "odi_percent", "imaging_detail"):
        assert not is_askable(known, item)
    sections = {known.items[item].section for screen in screens(known) for item in screen}
    assert sections <= {section.id for section in known.sections if section.audience == "staff"}


def test_every_sensitive_question_can_be_answered_alone():
    """Bladder, bowel, sex and the like: the desk need not ask any of them aloud."""
    known = knowledge()
    desk = {section.id for section in known.sections if section.audience == "staff"}
    sensitive = [item.id for item in known.items.values() if item.sensitive and item.section in desk]
    assert len(sensitive) > 5
    assert [item for item in sensitive if not is_askable(known, item)] == []


def test_there_are_no_words_in_another_language():
    """Asked for one, it says which there are."""
    with pytest.raises(ValueError, match="en, es"):
        words("fr")
