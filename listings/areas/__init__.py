"""Service areas: where a branch delivers to, or comes to. Versions, bands, named areas; docs/service-areas.md."""
