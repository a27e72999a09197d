"""Branches that move: food trucks, couriers. Where one is, by its own word, for some minutes; docs/service-areas.md."""
