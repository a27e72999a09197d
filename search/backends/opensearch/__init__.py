"""The distributed engine: the projection's rows as documents of OpenSearch, a question compiled to one request."""
