"""The search index: pages, their sections, exhibits, facts and sources, as one script that also loads from a file."""

import json
from collections.abc import Mapping, Sequence

from helpers.evidence import Evidence
from helpers.exhibits.words import dates, marks
from helpers.models.claims.wording import spelled
from helpers.pages.content import Content

LONGEST = 220


def index_script(
    pages: Mapping[str, Content],
    exhibits: Sequence[Mapping[str, str]],
    places: Mapping[str, str],
    evidence: Evidence,
) -> str:
    """`window.briefingSearch = [[kind, title, text, address], ...]`.

    `places` gives the page of each exhibit id; exhibits that no page shows are left out.
    """
    entries: list[tuple[str, str, str, str]] = []
    for name, content in pages.items():
        entries.append(("Page", content.title, content.description or content.text[:LONGEST], name))
        entries += [
            ("Section", f"{content.title}: {text}", "", f"{name}#{anchor}")
            for _, anchor, text in content.headings
        ]
    for record in exhibits:
        if record["id"] in places:
            where = f"{places[record['id']]}#x-{record['id']}"
            measure = record["subtitle"].partition(" As known on ")[0]
            entries.append(("Exhibit", marks(record["title"]), marks(measure)[:LONGEST], where))
    for row in evidence.facts.to_dict("records"):
        unit = str(row["unit"]).replace("_", " ")
        text = f"{spelled(row['metric'])} · {dates(str(row['period_text']))} · {unit}"
        entries.append(("Fact", str(row["entity"]), text[:LONGEST], f"facts.html#{row['fact_id']}"))
    for row in evidence.sources.to_dict("records"):
        entries.append(
            ("Source", str(row["title"]), str(row["publisher"]), f"sources.html#{row['source_id']}")
        )
    return f"window.briefingSearch={json.dumps(entries, ensure_ascii=False, separators=(',', ':'))};\n"
