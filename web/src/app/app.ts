import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { get, type CategoryNode } from "../api/client.js";
import { base } from "../components/base.js";
import { isPhone } from "../components/phone.js";
import "../components/sheet.js";
import type { Stop } from "../components/sheet.js";
import "../components/toast.js";
import type { VnToast } from "../components/toast.js";
import { number } from "../i18n/format.js";
import { isLanguage, language, LANGUAGES, plural, t, useLanguage, type Language } from "../i18n/messages.js";
import type { MapBox } from "../map/map.js";
import { withArea, type PageState, type Question, type Way } from "./address.js";
import { appStyle } from "./app-style.js";
import type { VnDetail } from "./detail.js";
import "./header.js";
import { PageHistory, type Step } from "./history.js";
import { homeOf, preloadedSearch, type Home } from "./home.js";
import { locate, NotLocated, type Here } from "./locate.js";
import "./map-panel.js";
import type { VnMapPanel } from "./map-panel.js";
import "./order.js";
import "./results.js";
import type { VnResults } from "./results.js";
import type { Picked, Typed } from "./search-box.js";
import { searchUrl, SearchSession } from "./search-session.js";
import { addressOf, middleOf, servedAt, unserved } from "./serving.js";
import { suggested } from "./suggested.js";
import { onSystemTheme, theme, toggleTheme } from "./theme.js";
import { widened, without } from "./ways-out.js";

/** The map leaves the first answer this long to come before it asks for its own files. */
const MAP_WAITS_MILLISECONDS = 1500;

type Changes = Partial<Record<keyof Question, string | undefined>>;

/** The page: it owns the state, keeps it in the URL, and hands it down. */
@customElement("vn-app")
export class VnApp extends LitElement {
  static override styles = [base, appStyle];

  @state() private categories: CategoryNode[] = [];
  @state() private filtersOpen = false;
  @state() private beat = 0;
  @state() private stop: Stop = "half";
  @state() private detailStop: Stop = "full";
  @state() private said = "";
  @state() private dark = theme() === "dark";
  @state() private here: Here | null = null;
  @query("vn-results") private readonly results!: VnResults;
  @query("vn-detail") private readonly detail?: VnDetail;
  @query("vn-map-panel") private readonly panel!: VnMapPanel;
  @query(".told") private readonly toast!: VnToast;
  private readonly home: Home = homeOf(this);
  private readonly history = new PageHistory(this.home, (before) => this.wentBack(before));
  private readonly session = new SearchSession({ requestUpdate: () => this.sessionChanged() });

  private get page(): PageState {
    return this.history.page;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.history.listen();
    addEventListener("keydown", this.keyed);
    onSystemTheme(() => (this.dark = theme() === "dark"));
    void this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.history.stop();
    removeEventListener("keydown", this.keyed);
    this.session.stop();
  }

  /** The first answer, then the rest of the page, then the map: in that order. */
  private async begin(): Promise<void> {
    const first = this.session.ask(preloadedSearch() ?? searchUrl(this.page.question, language()));
    void this.loadCategories();
    this.loadServed();
    if (this.page.open !== null) void import("./detail.js");
    await Promise.race([first, new Promise((resolve) => setTimeout(resolve, MAP_WAITS_MILLISECONDS))]);
    await this.updateComplete;
    if (this.page.open === null) void import("./detail.js");
    await this.panel.load();
  }

  /** What only cards of an address show: it is there before their answer. */
  private loadServed(): void {
    if (this.page.question.serves !== undefined) void import("../components/served.js");
  }

  private async loadCategories(): Promise<void> {
    try {
      this.categories = (await get("/v1/categories", { query: { lang: language() } })).categories;
    } catch {
      this.categories = []; // The search box still finds them by their names.
    }
  }

  private sessionChanged(): void {
    this.beat += 1;
    if (this.session.status === "ready" && this.session.page !== null && !this.session.extending) {
      const { value, relation } = this.session.page.total;
      this.said = relation === "gte" ? t("at_least_results", { count: number(value) }) : plural("found", value);
    }
    if (this.session.status === "failed") this.said = t("server_error");
  }

  // --- what is asked and what is open

  /** `token`: of the suggestions that led there. */
  private go(changes: Partial<PageState>, how: Step = "push", token?: string): void {
    this.history.go(changes, how);
    this.requestUpdate();
    if (changes.question !== undefined) void this.search(token);
  }

  private async search(token?: string): Promise<void> {
    this.panel.settle();
    this.loadServed();
    await this.session.ask(searchUrl(this.page.question, language(), token));
  }

  private askWords({ words, token }: Typed): void {
    const question = without(this.page.question, "q", this.home.radiusMetres);
    this.go({ question: words === "" ? question : { ...question, q: words }, open: null, why: false }, "push", token);
    if (this.stop === "peek") this.stop = "half";
  }

  private askSuggested({ suggestion, token }: Picked): void {
    const { question, open, elsewhere } = suggested(this.page.question, suggestion, this.home.radiusMetres);
    this.go({ question, open, why: false, ...(elsewhere ? { camera: null } : {}) }, "push", token);
    if (elsewhere) this.panel.map?.showArea(question);
    if (open !== null) this.showDetail();
  }

  private ask(changes: Changes): void {
    const { question } = this.page;
    const before = "mode" in changes && changes.mode === undefined ? unserved(question, this.home.radiusMetres) : question;
    const merged = Object.entries<string | undefined>({ ...before, ...changes }).filter(([, value]) => value !== undefined);
    this.askAnew(Object.fromEntries(merged));
  }

  private askAnew(question: Question): void {
    this.go({ question, open: null, why: false });
  }

  /** Another area, and the map over it. */
  private askElsewhere(question: Question): void {
    this.go({ question, camera: null, open: null, why: false });
    this.panel.map?.showArea(question);
  }

  private wentBack(before: PageState): void {
    const { page } = this;
    this.requestUpdate();
    if (JSON.stringify(page.question) !== JSON.stringify(before.question)) {
      void this.search();
      this.panel.map?.showArea(page.question);
    } else if (page.camera && JSON.stringify(page.camera) !== JSON.stringify(before.camera)) {
      this.panel.map?.showCamera(page.camera);
    }
    if (page.language !== before.language && isLanguage(page.language)) void this.speak(page.language);
    if (before.open !== null && page.open === null) void this.results.focusHit(before.open);
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && this.page.open !== null && !this.filtersOpen && !event.defaultPrevented && !this.detail?.hasDialog) this.closeDetail();
  };

  private openHit(id: string): void {
    this.go({ open: id, why: false });
    this.showDetail();
  }

  private showDetail(): void {
    void import("./detail.js");
    this.detailStop = "full";
    void this.updateComplete.then(async () => this.detail?.focusTitle());
  }

  private closeDetail(): void {
    const closed = this.page.open;
    this.go({ open: null, why: false });
    if (closed !== null) void this.results.focusHit(closed);
  }

  private searchHere(box: MapBox): void {
    const bbox = [box.west, box.south, box.east, box.north].map((degrees) => degrees.toFixed(5)).join(",");
    this.askAnew(withArea(this.page.question, { bbox }));
  }

  private wayOut(way: string): void {
    if (way === "retry") void this.session.retry();
    else if (way === "start") this.askElsewhere(this.history.atHome({}));
    else if (way === "widen") this.askElsewhere(widened(this.page.question, this.home.radiusMetres));
    else this.askAnew(without(this.page.question, way, this.home.radiusMetres));
  }

  /** At the reader's own position where they told it, else at the middle of what they look at. */
  private askServed(mode: Way): void {
    const { question, camera } = this.page;
    this.askAnew(servedAt(question, mode, addressOf(question) ?? this.here ?? middleOf(question) ?? camera ?? this.home));
  }

  private async searchNearMe(): Promise<void> {
    try {
      this.here = await locate();
    } catch (error) {
      if (!(error instanceof NotLocated)) throw error;
      this.toast.tell(t(error.key));
      return;
    }
    const area = { lat: this.here.lat.toFixed(5), lon: this.here.lon.toFixed(5), radius_metres: String(this.home.radiusMetres) };
    this.askElsewhere(withArea(this.page.question, area));
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

  private openFilters(): void {
    void import("./filters.js");
    this.filtersOpen = true;
  }

  // --- what is seen

  override render(): TemplateResult {
    const { page, session } = this;
    const { open } = page;
    const ask = (event: CustomEvent<Changes>): void => this.ask(event.detail);
    const openHit = (event: CustomEvent<string>): void => this.openHit(event.detail);
    return html`
      <a class="skip" href="#results" @click=${this.skip}>${t("skip_to_results")}</a>
      <vn-header
        .question=${page.question}
        .categories=${this.categories}
        .counts=${session.page?.facets.category ?? {}}
        .language=${language()}
        ?dark=${this.dark}
        @focusin=${() => (this.stop = this.stop === "full" ? "half" : this.stop)}
        @ask=${ask}
        @words=${(event: CustomEvent<Typed>) => this.askWords(event.detail)}
        @pick=${(event: CustomEvent<Picked>) => this.askSuggested(event.detail)}
        @filters=${this.openFilters}
        @switch-language=${this.switchLanguage}
        @switch-theme=${() => (this.dark = toggleTheme() === "dark")}
      ></vn-header>
      <main class=${open === null ? "" : "with-detail"}>
        <vn-sheet class="list" .stop=${this.stop} @moved=${(event: CustomEvent<Stop>) => (this.stop = event.detail)} ?inert=${open !== null && isPhone()}>
          <vn-results
            .session=${session}
            .question=${page.question}
            .beat=${this.beat}
            .selected=${open}
            @open-hit=${openHit}
            @hover-hit=${(event: CustomEvent<string | undefined>) => this.panel.map?.highlight(event.detail ?? null)}
            @way-out=${(event: CustomEvent<string>) => this.wayOut(event.detail)}
            @more=${() => void session.more()}
          >
            <vn-order slot="order" .question=${page.question} .language=${language()} @change=${ask}></vn-order>
          </vn-results>
        </vn-sheet>
        <section class="map" aria-label=${t("map")}>
          <vn-map-panel
            .question=${page.question}
            .hits=${session.hits}
            .selected=${open}
            .camera=${page.camera}
            .home=${this.home}
            .here=${addressOf(page.question) ?? this.here}
            .language=${language()}
            ?dark=${this.dark}
            ?beside-detail=${open !== null}
            @open-hit=${openHit}
            @moved=${({ detail: { lat, lon, zoom } }: CustomEvent<MapBox>) => this.go({ camera: { lat, lon, zoom } }, "replace")}
            @search-here=${(event: CustomEvent<MapBox>) => this.searchHere(event.detail)}
            @locate=${() => void this.searchNearMe()}
          ></vn-map-panel>
        </section>
        ${open === null ? nothing : this.detailView(open)}
      </main>
      <vn-filters .question=${page.question} .facets=${session.page?.facets ?? {}} .total=${session.page?.total.value ?? null} .open=${this.filtersOpen} .hits=${session.hits} @change=${ask} @serve=${(event: CustomEvent<Way>) => this.askServed(event.detail)} @locate=${() => void this.searchNearMe()} @close=${() => (this.filtersOpen = false)}></vn-filters>
      <div class="visually-hidden" role="status">${this.said}</div>
      <vn-toast class="told"></vn-toast>
    `;
  }

  private detailView(open: string): TemplateResult {
    const index = this.session.hits.findIndex((hit) => hit.id === open);
    return html`<vn-sheet class="detail" role="complementary" aria-label=${t("details")} .stop=${this.detailStop} @moved=${(event: CustomEvent<Stop>) => (this.detailStop = event.detail)}>
      <vn-detail
        .subject=${open}
        .hit=${this.session.hits[index] ?? null}
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

  private skip(event: Event): void {
    event.preventDefault();
    void this.results.focusFirst();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-app": VnApp;
  }
}
