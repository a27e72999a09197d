/** The page's state and the browser's history of it: each step an entry, moves of the map on the last one. */
import { formatAddress, hasArea, parseAddress, withArea, type PageState, type Question } from "./address.js";
import type { Home } from "./home.js";

export type Step = "push" | "replace";

export class PageHistory {
  page: PageState;

  constructor(
    private readonly home: Home,
    private readonly wentBack: (before: PageState) => void,
  ) {
    this.page = this.read();
  }

  listen(): void {
    addEventListener("popstate", this.popped);
  }

  stop(): void {
    removeEventListener("popstate", this.popped);
  }

  /** Change the state. A step that leaves the address as it was makes no entry. */
  go(changes: Partial<PageState>, how: Step = "push"): void {
    this.page = { ...this.page, ...changes };
    const address = formatAddress(this.page);
    if (how === "push" && address !== location.pathname + location.search) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  }

  /** The question round where the city begins. */
  atHome(question: Question): Question {
    const { lat, lon, radiusMetres } = this.home;
    return withArea(question, { lat: String(lat), lon: String(lon), radius_metres: String(radiusMetres) });
  }

  private readonly popped = (): void => {
    const before = this.page;
    this.page = this.read();
    this.wentBack(before);
  };

  private read(): PageState {
    const page = parseAddress(location.search);
    return hasArea(page.question) ? page : { ...page, question: this.atHome(page.question) };
  }
}
