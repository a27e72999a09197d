"""The HTTP frame that every endpoint stands in: in, out, errors, limits, logs, health, schema. No app is imported.

parameters (query text in), parsing and rendering (JSON in and out), problems (errors out), codes (what errors there
are), throttling, limiting and clients (who asks how often), request_ids, logs, health, metrics, caching, schema, pages.
"""
