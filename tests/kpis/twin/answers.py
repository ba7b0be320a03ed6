"""Survey answers: satisfaction and recommendation.

Rules chosen where the definitions are silent:
- Answers without an account are those of "(no account)"; one person named in two accounts is two.
- NPS is in points from -100 to 100; CSAT is a share.
"""

from tests.kpis.twin.base import Figure, share


def _answers(asked, kind):
    """Scores that count: the last of each named person, of two on one day the lower; all others."""
    scores, last = [], {}
    for row in asked["surveys"]:
        if row["kind"] != kind or not asked.has(row["answered_date"]):
            continue
        if not asked.takes(row["account_id"]):
            continue
        if not row["respondent"]:
            scores.append(row["score"])
            continue
        who = (row["account_id"], row["respondent"])
        newer = (row["answered_date"], -row["score"])
        last[who] = max(last.get(who, newer), newer)
    return scores + [-score for _, score in last.values()]


def csat(asked):
    scores = _answers(asked, "csat")
    return Figure(share(sum(score >= 4 for score in scores), len(scores)), len(scores))


def nps(asked):
    scores = _answers(asked, "nps")
    points = sum((score >= 9) - (score <= 6) for score in scores)
    found = share(100 * points, len(scores))
    return Figure(found, len(scores))
