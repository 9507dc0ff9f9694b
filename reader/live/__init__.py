"""Live updates: what changed, as it happens, over Server-Sent Events and Socket.IO.

Both send the same four events (`reader.live.events`), each with a small JSON object:

    generation.published {"generation", "as_of", "published_at", "expected_by", "snapshot"}
    alert.opened         {"alert_id", "origin", "type", "severity", "subject", "raised_at",
                          "resolved_at": null, "generation", "snapshot"}
    alert.resolved       the same with "resolved_at"
    payments.recent      {"provisional": true, "since", "until",
                          "payments": [{"currency", "count", "amount_minor"}], "snapshot"}

Who connects is sent the current state first: those events have `"snapshot": true` and are no news.
An event says that there is something to fetch, never the figures themselves: a client that hears
`generation.published` asks the API again, with If-None-Match, and is right even if an event is
lost. Only `payments.recent` carries figures, provisional ones that no mart has yet: the payments
that Stripe's webhooks told of in the last hour; its list is empty when there were none.

`GET /v1/events` is the stream of Server-Sent Events, for EventSource with the session's cookie or
any HTTP client with a token. The `id:` of an event is the generation it was sent at; a client that
comes back with `Last-Event-ID` is not told again of what it knows, and what it missed is news
(`"snapshot": false`). The stream ends when the credential does; EventSource then comes back by
itself and is refused with 401.
"""
