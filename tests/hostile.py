"""A clinic in which every field that takes words was given markup: what ought to be shown as typed, and never done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from dashboard import casework
from dashboard.access import Actor
from dashboard.casework.candidates import propose
from dashboard.clinical.knowledge import load_texts
from dashboard.in_force import shipped
from db import records
from db.tables import Draft, Patient, Person, Site
from tests import governing
from tests.casework.histories import a_history, typed
from tests.cast import NOBODY_YET, Clinic
from tests.governing import raised
from tests.judging import read_and_sign
from tests.sessions import transaction

AWAY = "evil.invalid"
"""A host nobody has; whatever asks for it was tricked."""
PROBES = (
    "<script>window.hit=1</script>p01",
    '<img src=x onerror="window.hit=2">p02',
    '<svg onload="window.hit=3">p03</svg>',
    "[p04](javascript:window.hit=4)",
    f"![p05](http://{AWAY}/p05.png)",
    '<a href="data:text/html,<script>opener.hit=6</script>">p06</a>',
    '<iframe srcdoc="<script>parent.hit=7</script>"></iframe>p07',
    f'<b style="background:url(http://{AWAY}/p08)">p08</b><br>%{{x}}',
    "{{7*7}} ${7*7} #{7*7} #sys.inputs p09",
    ":material/delete: :red[p10] $\\frac{1}{2}$ `p10`",
    f"</style><style>@import url(http://{AWAY}/p11)</style>p11",
    '" autofocus onfocus="window.hit=12" x=\'p12',
)
"""What was typed; each ends in its number and would set window.hit, fetch from away, or be formatted."""
TURNED = "\u202ep13\u2066"
"""A bidirectional override, which would show a name as another; the signs themselves are never kept."""
ALL = " ".join((*PROBES, TURNED))
SHOWN = " ".join((*PROBES, "p13"))
"""All of it as it may stand on a screen."""


@dataclass(frozen=True)
class Hostile:
    """What was planted: an episode in care with everything in it, one waiting, and an open draft."""

    episode: int
    waiting: int
    draft: str


MARK = "<img src=x onerror='window.hit=20'> ![p20](http://evil.invalid/p20) :red[p20]"
"""What every title and wording of the knowledge ends with."""
FACET = "conditions/facet_joint_pain.toml"
_SAID = re.compile(r'^((?:title|wording|says) = "[^"\n]*)("\s*)$', re.MULTILINE)
TEXTS: Mapping[str, object] = {
    "goal_text": ALL,
    "psfs": [[probe, number % 10] for number, probe in enumerate(PROBES[:3])],
    "shoe_model": ALL,
    "imaging_detail": ALL,
    "consent_record_detail": ALL,
}


def plant(clinic: Clinic) -> Hostile:
    """Give every field that takes words all the probes, by the deeds themselves where they take them."""
    noor = casework.actor_for("noor")
    for number, probe in enumerate(PROBES):
        new = casework.NewPatient(probe, probe, date(1990, 5, 17), "female", _north(clinic), f"H-{number}", ALL[:40])
        casework.register_patient(noor, new)
    one = casework.NewPatient("Ines", "Hostile", date(1990, 5, 17), "female", _north(clinic), PROBES[1][:40])
    patient = casework.register_patient(noor, one).id
    with transaction() as session:
        for kind, columns in ((Person, ("name",)), (Site, ("name",)), (Patient, ("given_name", "family_name"))):
            for row in session.exec(select(kind)):
                if kind is not Patient or row.id == patient:
                    changed = {column: f"{getattr(row, column)} {SHOWN}" for column in columns}
                    records.change(session, NOBODY_YET, row, row.version, "test:plant", **changed)
    noor, amina = (casework.actor_for(code) for code in ("noor", "amina"))
    episode = _submitted(noor, patient)
    file = casework.read_episode(amina, episode)
    read_and_sign(amina, file, "rejected", "cds-not-applicable", ALL)
    file = casework.read_episode(amina, episode)
    kind = next(kind for kind, gate in file.document["referral_gates"].items() if gate["open"])
    referral = casework.refer(amina, episode, file.version, kind, ALL)
    sent = casework.move_referral(amina, referral.id, referral.version, "sent", ALL)
    casework.move_referral(amina, sent.id, sent.version, "declined", ALL)
    casework.refer(amina, episode, casework.read_episode(amina, episode).version, kind, ALL)
    with transaction() as session:
        other = session.exec(select(Patient).where(col(Patient.family_name) == PROBES[4])).one()
    waiting = _submitted(noor, int(other.id or 0))
    draft = casework.open_draft(noor, patient)
    for item, words in TEXTS.items():
        casework.save_answer(noor, draft.id, item, words)
    _proposed(amina)
    return Hostile(episode, waiting, draft.id)


def _north(clinic: Clinic) -> int:
    return int(clinic.sites["north"].id or 0)


def _submitted(noor: Actor, patient: int) -> int:
    draft = casework.open_draft(noor, patient)
    with transaction() as session:
        row = session.get(Draft, draft.id)
        answers = {**typed(a_history()), **TEXTS}
        records.change(session, NOBODY_YET, row, row.version, "test:fill", answers=answers)
    draft = casework.read_draft(noor, draft.id)
    return casework.submit_intake(noor, draft.id, draft.version).episode_id


def _proposed(amina: Actor) -> None:
    """A candidate whose sentence and whose one changed title are probes."""
    text = _marked(shipped().texts[FACET]).replace("p20", "p21")
    propose(amina, {FACET: text}, "9.9.10", ALL)


def put_in_force(clinic: Clinic) -> None:
    """From now on everything is said by a knowledge in which every title and wording carries markup."""
    texts = raised("9.9.9", {path: _marked(text) for path, text in shipped().texts.items()})
    governing.put_in_force(clinic, load_texts(texts))


def _marked(text: str) -> str:
    return _SAID.sub(lambda found: f"{found[1]} {MARK}{found[2]}", text)
