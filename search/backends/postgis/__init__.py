"""The embedded engine: documents in a projection table, a question compiled to one statement."""
