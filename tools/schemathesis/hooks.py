"""What the document of this API cannot say, and Schemathesis therefore cannot know."""

import json
from datetime import date, datetime

import schemathesis
from hypothesis import strategies as st

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    """One JSON text a line; the schema is that of a line."""
    return json.dumps(value).encode()


# From 1970 to one day ahead.
schemathesis.openapi.format(
    "date-time",
    st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2025, 12, 31)).map(
        lambda moment: moment.isoformat(timespec="milliseconds") + "Z"
    ),
)
# A list of days is of 366 at the most.
schemathesis.openapi.format("date", st.dates(min_value=FIRST, max_value=LAST).map(date.isoformat))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Of what is to be accepted: a cursor is the server's own text, and a list of days ends after it begins, today unless told."""
    query = case.query
    if case.meta is None or not case.meta.generation.mode.is_positive or not query:
        return
    query.pop("cursor", None)
    days = sorted(query[name] for name in ("from", "to") if name in query)
    if days:
        is_known = days[0] >= str(FIRST) and days[-1] <= str(LAST)
        query["from"], query["to"] = (days[0], days[-1]) if is_known else (str(FIRST), str(LAST))
