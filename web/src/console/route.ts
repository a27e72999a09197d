/** Where in the console one is, as the path of the page: the server answers the same paths. Pure. */
export interface Route {
  branch: string | null;
  /** The id of an area, or "new". */
  area: string | null;
}

const PATH = /^\/console\/(?:branches\/([0-9a-f-]{36})(?:\/areas\/([0-9a-f-]{36}|new))?)?$/;

export function routeOf(path: string): Route {
  const found = PATH.exec(path);
  return { branch: found?.[1] ?? null, area: found?.[2] ?? null };
}

/** The path with the query that is kept: `lang`. */
export function pathOf({ branch, area }: Route, search = ""): string {
  const lang = new URLSearchParams(search).get("lang");
  const kept = lang === null ? "" : `?lang=${encodeURIComponent(lang)}`;
  if (branch === null) return `/console/${kept}`;
  return `/console/branches/${branch}${area === null ? "" : `/areas/${area}`}${kept}`;
}
