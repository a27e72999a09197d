"""Use cases of listings: one function, one transaction, keyword-only."""

from __future__ import annotations

from django.db import transaction

from listings.category_tree import tree
from listings.models import Category


def sync_categories() -> int:
    """Make the table mirror the tree of this version. Returns how many rows were written; a second run writes none.

    A category that left the tree stays as long as a branch uses it; without branches it goes.
    """
    with transaction.atomic():
        held = {category.slug: category for category in Category.objects.all()}
        wanted = [
            Category(
                slug=node.slug,
                parent_id=node.parent,
                path=list(node.path),
                names=dict(node.names),
                synonyms={language: list(words) for language, words in node.synonyms.items()},
                position=node.position,
            )
            for node in tree().nodes.values()
        ]
        fields = ("parent_id", "path", "names", "synonyms", "position")
        changed = [
            node
            for node in wanted
            if node.slug not in held or any(getattr(node, name) != getattr(held[node.slug], name) for name in fields)
        ]
        Category.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["slug"],
            update_fields=["parent", "path", "names", "synonyms", "position"],
        )
        gone = held.keys() - tree().nodes.keys()
        # Children before parents: what is deeper goes first.
        for slug in sorted(gone, key=lambda slug: -len(held[slug].path)):
            Category.objects.filter(slug=slug, branches=None, children=None).delete()
    return len(changed)
