"""Values nobody should type and somebody will: each with the kinds of question that may take it, and as what.

`taken` maps a kind of question (see KINDS) to the answer it becomes; every kind that is not named must refuse it.
`words` are kept by questions that take words, as they are or as `shown`; BLANK is no answer at all and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS: Mapping[str, tuple[str, str | None]] = {
    "flag": ("rf_fever", None),
    "choice": ("onset_type", None),
    "choices": ("aggravating", None),
    "sites": ("pain_sites", None),
    "integer": ("nprs_worst", None),
    "decimal": ("weekly_distance_km", "km"),
    "miles": ("weekly_distance_km", "mi"),
    "feet": ("height_cm", "ft"),
    "pace": ("pace_min_per_km", "min/mi"),
    "fahrenheit": ("exam_temp_c", "°F"),
    "text": ("goal_text", None),
    "detail": ("rf_fever_detail", None),
    "mix": ("surface_mix", None),
    "grid": ("exam_myotomes", None),
    "activities": ("psfs", None),
}
"""Kind → a question of it, and the unit it is typed in."""
WORDS = ("text", "detail", "activities")
"""Kinds that keep any words."""
NUMBERS = ("integer", "decimal", "miles", "feet", "pace", "fahrenheit")
BLANK = object()
"""Nothing was said."""
BEYOND = "Xq7"
"""Stands in what must be echoed nowhere."""


@dataclass(frozen=True)
class Bad:
    """One value, what it is kept as by questions that take words (None: refused there too), and who else takes it."""

    name: str
    raw: Any
    words: Any = None
    taken: Mapping[str, Any] = field(default_factory=dict)


def kept(name: str, raw: str, shown: str | None = None, **taken: Any) -> Bad:
    """A value that questions in words keep, as it is or as shown, and that others refuse unless they are named."""
    return Bad(name, raw, raw if shown is None else shown, taken)


def refused(name: str, raw: Any, **taken: Any) -> Bad:
    """A value that every question refuses but those named."""
    return Bad(name, raw, None, taken)


def blank(name: str, raw: Any) -> Bad:
    """A value in which nothing is said."""
    return Bad(name, raw, BLANK, dict.fromkeys(KINDS, BLANK))


THIRTEEN = [["run", 1]] * 13
BAD_INPUTS: tuple[Bad, ...] = (
    # numbers that are none, or too great
    kept("a huge number", "9" * 40),
    kept("a number past every float", "1e309"),
    kept("a small exponent", "1e1"),
    kept("a hexadecimal number", "0x1F"),
    kept("digits parted by an underscore", "1_0"),
    kept("not a number, in words", "NaN"),
    kept("infinity, in words", "Infinity"),
    kept("minus infinity, in words", "-inf"),
    kept("a negative number", "-5"),
    kept("a sum", "5+5"),
    kept("a range", "5-6"),
    kept("two decimal points", "1.2.3"),
    kept("thousands or decimals", "1,000"),
    kept("thousands and decimals", "1,000.50"),
    kept("a decimal comma", "12,5", decimal=12.5, miles=20.1168, pace=7.767139),
    kept("a number with the wrong unit", "70 lb"),
    kept("full-width digits", "７", integer=7, decimal=7.0, miles=11.265408, feet=213.36, pace=4.349598),
    kept("Arabic digits", "٧", integer=7, decimal=7.0, miles=11.265408, feet=213.36, pace=4.349598),
    kept("a superscript digit", "²"),
    kept("a fraction sign", "½"),
    kept("a Roman numeral", "Ⅶ"),
    kept("a circled digit", "⑦"),
    kept("a clock with 99 seconds", "5:99"),
    kept("a clock past noon of the ages", "99999:00"),
    kept("thirteen inches in a foot", "5 ft 13"),
    kept("minus one inch", "5 ft -1"),
    kept("feet with an exponent", "1e9 ft 1"),
    refused("a float that is not a number", float("nan")),
    refused("a float without end", float("inf")),
    refused("a float below every number", float("-inf")),
    refused(
        "the largest float", 1.7976931348623157e308, text="1.7976931348623157e+308", detail="1.7976931348623157e+308"
    ),
    refused("an integer of 400 digits", 10**400),
    refused("a negative integer", -1, text="-1", detail="-1"),
    refused("true where a number belongs", True, flag="yes"),
    # wrong shapes
    refused("a list where one answer belongs", [1, 2, 3]),
    refused("a list in a list", [[["sitting"]]]),
    refused("a list of tables", [{"sitting": True}]),
    refused("a table where a value belongs", {"value": 5}),
    refused("a table of tables", {"asphalt": {"trail": 50}}),
    refused("nothing in a list", [None]),
    refused("a list 50 deep", eval("[" * 50 + "1" + "]" * 50)),
    refused("a list of 100,000 options", ["sitting"] * 100_000),
    refused("bytes", b"\x00\xff"),
    refused("an object", object()),
    refused("feet of an exponent in a list", ["1e99999999", 1]),
    refused("feet of true in a list", [True, False]),
    refused("a row that does not exist", {"Xq7.left": 5}),
    refused("a share above the whole", {"asphalt": 101}),
    refused("a share below nothing", {"asphalt": 150, "trail": -50}),
    refused("shares that do not add up", {"asphalt": 30, "trail": 30}),
    refused("a share that is no number", {"asphalt": "Xq7"}),
    refused("a share that is not finite", {"asphalt": float("nan")}),
    refused("a rating above ten", [["run", 11]]),
    refused("a rating that is not whole", [["run", 3.5]]),
    refused("thirteen activities", THIRTEEN),
    # options
    kept("an option that does not exist", "Xq7_sudden"),
    refused("several options that do not exist", ["Xq7", "also_Xq7"], activities=[["Xq7", None], ["also_Xq7", None]]),
    refused(
        "none beside something",
        ["nothing_specific", "sitting"],
        activities=[["nothing_specific", None], ["sitting", None]],
    ),
    refused("a side that does not exist", ["groin:Xq7"], activities=[["groin:Xq7", None]]),
    refused("an option twice", ["sitting", "sitting"], choices=["sitting"], activities=[["sitting", None]] * 2),
    # markup, code and formulas
    kept("a script", "<script>window.hit=1</script>Xq7"),
    kept("a picture that fails", "<img src=x onerror=window.hit=2>Xq7"),
    kept("a template", "{{7*7}} ${7*7} #{7*7} Xq7"),
    kept("an icon of the screen's own", ":material/delete: :red[Xq7]"),
    kept("Markdown", "# Xq7\n**bold** [x](javascript:window.hit=3)", "# Xq7\n**bold** [x](javascript:window.hit=3)"),
    kept("a link that runs", "[Xq7](javascript:window.hit=4)"),
    kept("a formula of a sheet", '=HYPERLINK("http://evil.invalid/Xq7";"x")'),
    kept("a formula with a plus", "+SUM(A1:A9)*cmd|'/C calc'!A0"),
    kept("a formula with an at", "@SUM(Xq7)"),
    kept("SQL that drops a table", "'; DROP TABLE patient; -- Xq7"),
    kept("SQL that is always true", "x' OR '1'='1"),
    kept("a pattern that matches all", "%_%"),
    kept("a path upwards", "../../../../etc/passwd"),
    kept("a shell command", "$(reboot) `reboot` Xq7"),
    kept("a format of Python", "{0.__class__} %s %n Xq7"),
    kept("LaTeX", "$\\frac{1}{0}$ \\input{/etc/passwd}"),
    kept("JSON", '{"yes": true}'),
    kept("a line of a log", "Xq7\nERROR root: signed in as admin"),
    # signs
    kept("emoji", "🏃‍♀️💥🦴"),
    kept("a flag of many joiners", "👨‍👩‍👧‍👦 Xq7"),
    kept("accents heaped up", "Z" + "\u0301" * 90),
    kept("text turned round", "\u202eXq7\u2066abc", "Xq7abc"),
    kept("a NUL", "Xq7\x00abc", "Xq7abc"),
    kept("control signs", "\x1b[31mXq7\x07\x08", "[31mXq7"),
    kept("half a surrogate", "Xq7\ud800abc", "Xq7abc"),
    kept("a byte order mark", "\ufeffXq7", "Xq7"),
    kept("lines of three systems", "Xq7\r\nb\rc\nd", "Xq7\nbc\nd"),
    blank("spaces only", " \t\n "),
    blank("signs nobody sees", "\u200b\u200d\u2060"),
    blank("letters that show nothing", "\u3164\u115f"),
    blank("a NUL alone", "\x00"),
    blank("an empty list", []),
    blank("an empty table", {}),
    # amounts
    refused("a million letters", "Xq7 " * 250_000),
    refused("ten thousand lines", "Xq7\n" * 10_000),
    refused("a letter more than is kept", "x" * 4001),
    refused("a million emoji", "🏃" * 1_000_000),
    # days
    kept("a day that never was", "30 February 2026"),
    kept("a day to come", "1 Jan 9999"),
    kept("a day of two digits", "1/2/26"),
)
