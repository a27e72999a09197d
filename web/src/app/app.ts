import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { get, type CategoryNode, type Hit } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/chip.js";
import { icon } from "../components/icons.js";
import "../components/sheet.js";
import type { Stop } from "../components/sheet.js";
import { compact, number } from "../i18n/format.js";
import { isLanguage, language, LANGUAGES, plural, t, useLanguage, type Language } from "../i18n/messages.js";
import type { MapBox, VnMap } from "../map/map.js";
import { filtersOf, formatAddress, hasArea, parseAddress, withArea, type PageState, type Question } from "./address.js";
import { rowFor } from "./categories.js";
import type { VnDetail } from "./detail.js";
import { formStyle } from "./form-style.js";
import { homeOf, type Home } from "./home.js";
import "./order.js";
import "./results.js";
import type { VnResults } from "./results.js";
import { searchUrl, SearchSession } from "./search-session.js";
import { onSystemTheme, theme, toggleTheme } from "./theme.js";

/** The map leaves the first answer this long to come before it asks for its own files. */
const MAP_WAITS_MILLISECONDS = 1500;
const RADIUS_STEPS_METRES = [1000, 1500, 2500, 5000, 10_000, 20_000, 50_000];

/** The page: it owns the state, keeps it in the URL, and hands it down. */
@customElement("vn-app")
export class VnApp extends LitElement {
  static override styles = [
    base,
    formStyle,
    css`
      :host {
        position: fixed;
        inset: 0;
        display: grid;
        grid-template: auto minmax(0, 1fr) / 26rem minmax(0, 1fr);
        background: var(--paper);
      }
      main {
        display: contents;
      }
      header {
        grid-area: 1 / 1;
        background: var(--surface);
        border-right: 1px solid var(--line);
        z-index: 2;
        min-width: 0;
      }
      .bar {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        padding: var(--space-3) var(--space-4) var(--space-2);
      }
      .brand {
        margin-right: auto;
        font-size: var(--text-l);
        font-weight: 720;
        letter-spacing: -0.02em;
        color: var(--ink);
        text-decoration: none;
        display: flex;
        align-items: center;
        gap: 0.4rem;
      }
      .brand svg {
        color: var(--accent);
      }
      form[role="search"] {
        display: flex;
        gap: var(--space-2);
        padding: 0 var(--space-4) var(--space-3);
      }
      .box {
        position: relative;
        flex: 1;
        min-width: 0;
      }
      .box svg {
        position: absolute;
        left: 0.9rem;
        top: 50%;
        translate: 0 -50%;
        color: var(--ink-muted);
        pointer-events: none;
      }
      .box input[type="search"] {
        padding-left: 2.6rem;
        border-radius: var(--radius-full);
        border-color: var(--line-strong);
      }
      .row {
        display: flex;
        gap: var(--space-2);
        padding: 0 var(--space-4) var(--space-3);
        overflow-x: auto;
        scrollbar-width: none;
        border-bottom: 1px solid var(--line);
      }
      .kinds {
        padding-bottom: var(--space-2);
        border: 0;
      }
      .list {
        grid-area: 2 / 1;
        border-right: 1px solid var(--line);
      }
      .map {
        grid-area: 1 / 2 / 3 / 3;
        position: relative;
        min-width: 0;
        background: var(--sunken);
        outline-offset: -2px;
      }
      vn-map {
        position: absolute;
        inset: 0;
      }
      .detail {
        grid-area: 1 / 2 / 3 / 3;
        justify-self: start;
        width: min(24rem, 100%);
        margin: var(--space-4);
        border-radius: var(--radius-l);
        box-shadow: var(--shadow-m);
        overflow: hidden;
        z-index: 2;
        max-height: calc(100dvh - var(--space-6));
      }
      .credit {
        position: absolute;
        z-index: 1;
        right: 0;
        bottom: 0;
        padding: 0.1rem 0.5rem;
        border-radius: var(--radius-s) 0 0 0;
        background: var(--surface);
        font-size: 0.6875rem;
        color: var(--ink-muted);
      }
      .credit a {
        color: inherit;
      }
      .floating {
        position: absolute;
        z-index: 1;
        top: var(--space-4);
        left: 50%;
        translate: -50% 0;
      }
      .with-detail .floating {
        left: calc(50% + 12.5rem);
      }
      .corner {
        position: absolute;
        z-index: 1;
        right: var(--space-4);
        bottom: 3rem;
        display: grid;
        gap: var(--space-2);
      }
      .toast {
        position: absolute;
        z-index: 4;
        left: 50%;
        bottom: 3.5rem;
        translate: -50% 0;
        max-width: min(26rem, 90%);
        padding: var(--space-3) var(--space-4);
        border-radius: var(--radius-m);
        background: var(--ink);
        color: var(--paper);
        font-size: var(--text-s);
        box-shadow: var(--shadow-m);
      }
      .skip {
        position: absolute;
        left: var(--space-2);
        top: -4rem;
        z-index: 10;
        padding: var(--space-2) var(--space-4);
        border-radius: var(--radius-s);
        background: var(--accent);
        color: var(--on-accent);
      }
      .skip:focus {
        top: var(--space-2);
      }
      @media (max-width: 79.99rem) and (min-width: 60rem) {
        .with-detail .floating {
          display: none;
        }
      }
      @media (max-width: 59.99rem) {
        :host {
          display: block;
        }
        header {
          position: absolute;
          inset: 0 0 auto;
          background: none;
          border: 0;
          pointer-events: none;
        }
        header > * {
          pointer-events: auto;
        }
        .bar {
          position: absolute;
          right: 0;
          padding: var(--space-2);
        }
        .brand span,
        .brand {
          display: none;
        }
        form[role="search"] {
          padding: var(--space-2) 7rem var(--space-2) var(--space-3);
        }
        .box input[type="search"] {
          box-shadow: var(--shadow-m);
          border-color: var(--line);
        }
        .bar vn-button {
          --ghost-surface: var(--surface);
          border-radius: var(--radius-full);
          box-shadow: var(--shadow-m);
        }
        .row {
          border: 0;
          padding: 0 var(--space-3) var(--space-2);
        }
        .map {
          position: absolute;
          inset: 0;
        }
        .detail {
          z-index: 4;
        }
        .with-detail .list {
          visibility: hidden;
        }
        .list,
        .detail {
          margin: 0;
          width: 100%;
          border: 0;
          max-height: none;
        }
        .credit {
          top: 9.75rem;
          bottom: auto;
          right: auto;
          left: 0;
          border-radius: 0 var(--radius-s) var(--radius-s) 0;
        }
        .floating {
          top: 12rem;
        }
        .with-detail .floating {
          display: none;
        }
        .corner {
          top: 9.75rem;
          right: var(--space-3);
          bottom: auto;
        }
        .toast {
          z-index: 5;
        }
        .detail {
          --sheet-top: 4.25rem;
          border-radius: var(--radius-l) var(--radius-l) 0 0;
        }
      }
    `,
  ];

  @state() private page: PageState = parseAddress(location.search);
  @state() private categories: CategoryNode[] = [];
  @state() private filtersOpen = false;
  @state() private beat = 0;
  @state() private moved: MapBox | null = null;
  @state() private toast = "";
  @state() private stop: Stop = "half";
  @state() private detailStop: Stop = "full";
  @state() private said = "";
  @state() private dark = theme() === "dark";
  @state() private mapState: "waiting" | "ready" | "failed" = "waiting";
  @state() private here: { lat: number; lon: number } | null = null;
  @query("vn-results") private readonly results!: VnResults;
  @query("vn-detail") private readonly detail?: VnDetail;
  @query("vn-map") private readonly map?: VnMap;
  private readonly home: Home = homeOf(this);
  private readonly session = new SearchSession({ requestUpdate: () => this.sessionChanged() });

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("popstate", this.wentBack);
    addEventListener("keydown", this.keyed);
    onSystemTheme(() => (this.dark = theme() === "dark"));
    if (!hasArea(this.page.question)) this.page = { ...this.page, question: this.withHome(this.page.question) };
    void this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("popstate", this.wentBack);
    removeEventListener("keydown", this.keyed);
    this.session.stop();
  }

  /** The first answer, then the rest of the page, then the map: in that order. */
  private async begin(): Promise<void> {
    const first = this.session.ask(preloadedSearch() ?? searchUrl(this.page.question, language()));
    void this.loadCategories();
    if (this.page.open !== null) void import("./detail.js");
    await Promise.race([first, new Promise((resolve) => setTimeout(resolve, MAP_WAITS_MILLISECONDS))]);
    await this.updateComplete;
    if (this.page.open === null) void import("./detail.js");
    try {
      await import("../map/map.js");
      this.mapState = "ready";
    } catch {
      this.mapState = "failed";
    }
  }

  private async loadCategories(): Promise<void> {
    try {
      this.categories = (await get("/v1/categories", { query: { lang: language() } })).categories;
    } catch {
      this.categories = []; // The search box still finds them by their names.
    }
  }

  private withHome(question: Question): Question {
    return withArea(question, { lat: String(this.home.lat), lon: String(this.home.lon), radius_metres: String(this.home.radiusMetres) });
  }

  private sessionChanged(): void {
    this.beat += 1;
    if (this.session.status === "ready" && this.session.page !== null && !this.session.extending) {
      const { value, relation } = this.session.page.total;
      this.said = relation === "gte" ? t("at_least_results", { count: number(value) }) : plural("found", value);
    }
    if (this.session.status === "failed") this.said = t("server_error");
  }

  // --- state and address

  private go(changes: Partial<PageState>, how: "push" | "replace" = "push"): void {
    const before = this.page;
    this.page = { ...before, ...changes };
    const address = formatAddress(this.page);
    if (how === "push" && address !== location.pathname + location.search) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    if (changes.question !== undefined) void this.search();
  }

  private async search(): Promise<void> {
    this.moved = null;
    await this.session.ask(searchUrl(this.page.question, language()));
  }

  private readonly wentBack = (): void => {
    const before = this.page;
    let page = parseAddress(location.search);
    if (!hasArea(page.question)) page = { ...page, question: this.withHome(page.question) };
    this.page = page;
    if (JSON.stringify(page.question) !== JSON.stringify(before.question)) {
      void this.search();
      this.map?.showArea(page.question);
    } else if (page.camera && JSON.stringify(page.camera) !== JSON.stringify(before.camera)) {
      this.map?.showCamera(page.camera);
    }
    if (page.language !== before.language && isLanguage(page.language)) void this.speak(page.language);
    if (before.open !== null && page.open === null) void this.results.focusHit(before.open);
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && this.page.open !== null && !this.filtersOpen && !event.defaultPrevented) {
      const dialogs = this.detail?.renderRoot.querySelector("vn-dialog");
      if (!dialogs?.open) this.closeDetail();
    }
  };

  private ask(changes: Partial<Record<keyof Question, string | undefined>>): void {
    const merged = Object.fromEntries(Object.entries<string | undefined>({ ...this.page.question, ...changes }).filter(([, value]) => value !== undefined));
    this.go({ question: merged, open: null, why: false });
  }

  private submitted(event: Event): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const typed = form.querySelector("input")?.value.trim() ?? "";
    this.ask({ q: typed === "" ? undefined : typed });
    if (this.stop === "peek") this.stop = "half";
  }

  private openHit(id: string): void {
    void import("./detail.js");
    this.go({ open: id, why: false });
    this.detailStop = "full";
    void this.updateComplete.then(async () => this.detail?.focusTitle());
  }

  private closeDetail(): void {
    const closed = this.page.open;
    this.go({ open: null, why: false });
    if (closed !== null) void this.results.focusHit(closed);
  }

  private searchHere(): void {
    const box = this.moved;
    if (box === null) return;
    const bbox = [box.west, box.south, box.east, box.north].map((degrees) => degrees.toFixed(5)).join(",");
    this.go({ question: withArea(this.page.question, { bbox }), open: null, why: false });
  }

  private wayOut(way: string): void {
    if (way === "retry") void this.session.retry();
    else if (way === "start") this.go({ question: this.withHome({}), open: null, why: false });
    else if (way === "widen") this.widen();
    else if (way === "price_min_minor" || way === "price_max_minor") this.ask({ price_min_minor: undefined, price_max_minor: undefined, currency: undefined });
    else this.ask({ [way]: undefined });
  }

  /** Twice the radius, round what was searched. */
  private widen(): void {
    const { question } = this.page;
    const box = question.bbox?.split(",").map(Number);
    const [west = 0, south = 0, east = 0, north = 0] = box ?? [];
    const lat = box ? (south + north) / 2 : Number(question.lat);
    const lon = box ? (west + east) / 2 : Number(question.lon);
    const reach = box ? ((north - south) / 2) * 111_195 : Number(question.radius_metres ?? this.home.radiusMetres);
    const radius = RADIUS_STEPS_METRES.find((step) => step >= reach * 1.9) ?? RADIUS_STEPS_METRES.at(-1) ?? reach;
    const next = withArea(question, { lat: lat.toFixed(5), lon: lon.toFixed(5), radius_metres: String(radius) });
    this.go({ question: next, camera: null });
    this.map?.showArea(next);
  }

  private locate(): void {
    if (!("geolocation" in navigator)) {
      this.tell(t("locate_unavailable"));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const { latitude, longitude } = coords;
        this.here = { lat: latitude, lon: longitude };
        const question = withArea(this.page.question, {
          lat: latitude.toFixed(5), lon: longitude.toFixed(5), radius_metres: String(this.home.radiusMetres),
        });
        this.go({ question, camera: null, open: null, why: false });
        this.map?.showArea(question);
      },
      (error) => this.tell(t(error.code === error.PERMISSION_DENIED ? "locate_refused" : "locate_failed")),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    );
  }

  private tell(text: string): void {
    this.toast = text;
    setTimeout(() => {
      if (this.toast === text) this.toast = "";
    }, 6000);
  }

  private async speak(tag: Language): Promise<void> {
    await useLanguage(tag);
    document.documentElement.lang = tag;
    document.title = t("page_title");
    void this.loadCategories();
    await this.search();
    this.requestUpdate();
  }

  private switchLanguage(): void {
    const next = LANGUAGES.find((tag) => tag !== language()) ?? "en";
    this.go({ language: next });
    void this.speak(next);
  }

  // --- what is seen

  override render(): TemplateResult {
    const { page, session } = this;
    const open = page.open;
    return html`
      <a class="skip" href="#results" @click=${this.skip}>${t("skip_to_results")}</a>
      <header>
        <div class="bar">
          <a class="brand" href="/">${icon("pin", 22)}<span>Vicinity</span></a>
          <vn-button variant="ghost" icon="globe" icon-only label=${t("switch_language")} @click=${this.switchLanguage}></vn-button>
          <vn-button variant="ghost" icon=${this.dark ? "sun" : "moon"} icon-only label=${this.dark ? t("light_mode") : t("dark_mode")} @click=${() => (this.dark = toggleTheme() === "dark")}></vn-button>
        </div>
        <form role="search" @submit=${this.submitted}>
          <div class="box">
            ${icon("search", 18)}
            <label class="visually-hidden" for="words">${t("search_label")}</label>
            <input id="words" type="search" name="q" maxlength="100" autocomplete="off" enterkeyhint="search" placeholder=${t("search_placeholder")} .value=${page.question.q ?? ""} @search=${this.cleared} />
          </div>
        </form>
        <div class="row kinds" role="group" aria-label=${t("quick_filters")}>
          ${this.quickFilters(page.question)}
        </div>
        ${this.categoryRow()}
      </header>
      <main class=${open === null ? "" : "with-detail"}>
        <vn-sheet class="list" .stop=${this.stop} @moved=${(event: CustomEvent<Stop>) => (this.stop = event.detail)} ?inert=${open !== null && this.isPhone}>
          <vn-results
            .session=${session}
            .question=${page.question}
            .beat=${this.beat}
            .selected=${open}
            @open-hit=${(event: CustomEvent<string>) => this.openHit(event.detail)}
            @hover-hit=${(event: CustomEvent<string | undefined>) => this.map?.highlight(event.detail ?? null)}
            @way-out=${(event: CustomEvent<string>) => this.wayOut(event.detail)}
            @more=${() => void session.more()}
          >
            <vn-order slot="order" .question=${page.question} .language=${language()} @change=${(event: CustomEvent) => this.ask(event.detail as Question)}></vn-order>
          </vn-results>
        </vn-sheet>
        <section class="map" aria-label=${t("map")}>
          ${this.mapState === "ready" ? this.mapView() : nothing}
          ${this.mapState === "failed" ? html`<p class="toast" role="alert">${t("map_failed")}</p>` : nothing}
          ${this.moved ? html`<vn-button class="floating" variant="primary" floating icon="search" label=${t("search_here")} @click=${this.searchHere}></vn-button>` : nothing}
          <p class="credit"><a href="https://www.openstreetmap.org/copyright" rel="noopener">© OpenStreetMap contributors</a></p>
          <div class="corner">
            <vn-button floating icon="plus" icon-only label=${t("zoom_in")} @click=${() => this.map?.zoomBy(1)}></vn-button>
            <vn-button floating icon="minus" icon-only label=${t("zoom_out")} @click=${() => this.map?.zoomBy(-1)}></vn-button>
            <vn-button floating icon="locate" icon-only label=${t("locate")} @click=${this.locate}></vn-button>
          </div>
        </section>
        ${open === null ? nothing : this.detailView(open)}
      </main>
      <vn-filters .question=${page.question} .facets=${session.page?.facets ?? {}} .total=${session.page?.total.value ?? null} .open=${this.filtersOpen} .currency=${this.currency} @change=${(event: CustomEvent) => this.ask(event.detail as Question)} @close=${() => (this.filtersOpen = false)}></vn-filters>
      <div class="visually-hidden" role="status">${this.said}</div>
      ${this.toast ? html`<div class="toast" role="alert">${this.toast}</div>` : nothing}
    `;
  }

  private get isPhone(): boolean {
    return matchMedia("(max-width: 59.99rem)").matches;
  }

  private get currency(): string {
    const hit = this.session.hits.find((each) => each.deal ?? each.deals?.[0]);
    return hit?.deal?.currency ?? hit?.deals?.[0]?.currency ?? "EUR";
  }

  private openFilters(): void {
    void import("./filters.js");
    this.filtersOpen = true;
  }

  private quickFilters(question: Question): TemplateResult {
    const extra = filtersOf(question).filter((name) => !["kind", "category", "open_now", "has_deals"].includes(name)).length;
    const flip = (name: "open_now"): void => this.ask({ [name]: question[name] === "true" ? undefined : "true", open_at: undefined });
    const kind = (value: "place" | "deal"): void => this.ask({ kind: question.kind === value ? undefined : value });
    return html`
      <vn-chip icon="filter" label=${t("filters")} .count=${extra > 0 ? number(extra) : null} ?on=${extra > 0} @click=${this.openFilters}></vn-chip>
      <vn-chip label=${t("open_now")} ?on=${question.open_now === "true"} @click=${() => flip("open_now")}></vn-chip>
      <vn-chip label=${t("kind_deal")} ?on=${question.kind === "deal"} @click=${() => kind("deal")}></vn-chip>
      <vn-chip label=${t("kind_place")} ?on=${question.kind === "place"} @click=${() => kind("place")}></vn-chip>
    `;
  }

  private categoryRow(): TemplateResult {
    const slug = this.page.question.category;
    const { path, choices } = rowFor(this.categories, slug);
    const counts = this.session.page?.facets.category ?? {};
    const parent = path.at(-2)?.slug;
    return html`<div class="row" role="group" aria-label=${t("categories")}>
      ${path.map((node, index) => html`<vn-chip on icon="close" label=${node.name} @click=${() => this.ask({ category: index === 0 ? undefined : (path[index - 1]?.slug ?? parent) })}></vn-chip>`)}
      ${choices.map((node) => html`<vn-chip label=${node.name} .count=${counts[node.slug] === undefined ? null : compact(counts[node.slug] ?? 0)} @click=${() => this.ask({ category: node.slug })}></vn-chip>`)}
    </div>`;
  }

  private mapView(): TemplateResult {
    const { page, session } = this;
    return html`<vn-map
      .question=${page.question}
      .hits=${session.hits}
      .selected=${page.open}
      .camera=${page.camera}
      .home=${this.home}
      .here=${this.here}
      .language=${language()}
      ?dark=${this.dark}
      @open-hit=${(event: CustomEvent<string>) => this.openHit(event.detail)}
      @moved=${(event: CustomEvent<MapBox>) => this.mapMoved(event.detail)}
      @failed=${() => (this.mapState = "failed")}
    ></vn-map>`;
  }

  private mapMoved(box: MapBox): void {
    this.go({ camera: { lat: box.lat, lon: box.lon, zoom: box.zoom } }, "replace");
    if (box.byHand) this.moved = box;
  }

  private detailView(open: string): TemplateResult {
    const index = this.session.hits.findIndex((hit) => hit.id === open);
    const hit: Hit | null = this.session.hits[index] ?? null;
    return html`<vn-sheet class="detail" role="complementary" aria-label=${t("details")} .stop=${this.detailStop} @moved=${(event: CustomEvent<Stop>) => (this.detailStop = event.detail)}>
      <vn-detail
        .subject=${open}
        .hit=${hit}
        rank=${index + 1}
        .ranking=${this.session.page?.ranking ?? null}
        .language=${language()}
        ?why=${this.page.why}
        @close=${this.closeDetail}
        @why=${(event: CustomEvent<boolean>) => this.go({ why: event.detail })}
        @open-hit=${(event: CustomEvent<string>) => this.openHit(event.detail)}
      ></vn-detail>
    </vn-sheet>`;
  }

  private cleared(event: Event): void {
    if ((event.target as HTMLInputElement).value === "" && this.page.question.q !== undefined) this.ask({ q: undefined });
  }

  private skip(event: Event): void {
    event.preventDefault();
    void this.results.focusFirst();
  }
}


/** What the server had the browser ask for while this script was loading. */
function preloadedSearch(): string | null {
  const link = document.querySelector<HTMLLinkElement>("#first-search");
  return link?.dataset.language === language() ? link.getAttribute("href") : null;
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-app": VnApp;
  }
}
