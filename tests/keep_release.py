"""`python -m tests.keep_release`: keep the shipped knowledge and what it says of some cases, once a release."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

from dashboard.clinical import knowledge as library
from dashboard.clinical.answers import read_document
from dashboard.clinical.assessment import assess

HERE = Path(__file__).parent
EVERY = 7
"""One textbook case in so many is kept with all that is said of it."""
THE_SAME_DAY = (2020, 1, 1, 0, 0, 0)


def main() -> int:
    """Write the archive of this version; it is an error if there is one already."""
    known = library.load()
    file = HERE / "released" / f"knowledge-{known.version}.zip"
    if file.exists():
        print(f"{file.name} was released before and stays as it is; raise the version.", file=sys.stderr)
        return 2
    lines = (HERE / "cases" / "textbook.jsonl").read_text(encoding="utf-8").splitlines()[::EVERY]
    cases = [json.loads(line) for line in lines]
    said = [
        {
            "id": case["id"],
            "answers": case["answers"],
            "document": assess(read_document(known, case).case, known).document(),
        }
        for case in cases
    ]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as kept:
        for path, text in {**known.texts, "said.json": json.dumps(said)}.items():
            kept.writestr(zipfile.ZipInfo(path, THE_SAME_DAY), text, zipfile.ZIP_DEFLATED)
    print(f"kept {file.name}: {len(known.texts)} files, {len(said)} cases")
    return 0


if __name__ == "__main__":
    sys.exit(main())
