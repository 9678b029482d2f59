"""What the platform itself tells people: its own messages, where a process has none of that name.

A message keeps the text it had when it was written: whoever changes one here keeps the old text in
`_EARLIER`, until no notice waits that was written with it.
"""

import hashlib
from collections.abc import Mapping, Sequence

OWN: Mapping[str, str] = {
    "vote_wanted": """Your vote on {{ key }} is wanted
**{{ title }}** waits for your vote: {{ approval }}.
{% if deadline %}

The vote is open until {{ deadline | instant }}.
{% endif %}
{{ progress }}

Read it and vote here: {{ base_url }}/tasks/{{ task }}
""",
    "vote_again": """Your vote on {{ key }} does not count any more
**{{ title }}** has changed since you voted: {{ approval }}. {{ reason }}

{% for change in changes %}
- {{ change.field }}: before {{ change.before }}, now {{ change.after }}
{% endfor %}

Read it and vote anew here: {{ base_url }}/tasks/{{ task }}
""",
}
"""Name -> text; the first line is the subject."""
_EARLIER: Sequence[str] = ()


def own_hash(name: str) -> str | None:
    """The sha-256 of the platform's own message of this name."""
    text = OWN.get(name)
    return None if text is None else _hash(text)


def own_text(hashed: str) -> str | None:
    """The platform's own message with this sha-256."""
    return next((text for text in (*OWN.values(), *_EARLIER) if _hash(text) == hashed), None)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
