"""The reader: a read-only HTTP API over published generations, and the dashboard that uses it.

It sees what `warehouse.generations` published and nothing else: no pipeline, no raw data, no
`build` schema. `create_app(settings)` in `reader.app` returns the ASGI application.
"""
