/** Light or dark: the reader's choice where there is one, else the system's. */
export type Theme = "light" | "dark";

const KEY = "theme";
const system = (): MediaQueryList => matchMedia("(prefers-color-scheme: dark)");

export function chosenTheme(): Theme | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : null;
  } catch {
    return null; // storage may be forbidden
  }
}

export function theme(): Theme {
  return chosenTheme() ?? (system().matches ? "dark" : "light");
}

export function applyTheme(): void {
  const chosen = chosenTheme();
  if (chosen === null) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

export function toggleTheme(): Theme {
  const next = theme() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // It holds for this page then.
  }
  document.documentElement.dataset.theme = next;
  return next;
}

export function onSystemTheme(listener: () => void): void {
  system().addEventListener("change", listener);
}
