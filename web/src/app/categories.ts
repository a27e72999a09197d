/** Which category chips to show: the children of what is chosen, else of what it stands under, else the roots. */
import type { CategoryNode } from "../api/client.js";

export interface CategoryRow {
  /** The chain from the root down to the chosen one. */
  path: CategoryNode[];
  /** What to choose from next. */
  choices: CategoryNode[];
}

export function rowFor(roots: readonly CategoryNode[], slug: string | undefined): CategoryRow {
  const path = slug === undefined ? [] : (pathTo(roots, slug) ?? []);
  const children = path.at(-1)?.children ?? [];
  return { path, choices: path.length === 0 ? [...roots] : [...(children)] };
}

function pathTo(nodes: readonly CategoryNode[], slug: string): CategoryNode[] | null {
  for (const node of nodes) {
    if (node.slug === slug) return [node];
    const below = pathTo(node.children, slug);
    if (below) return [node, ...below];
  }
  return null;
}
