import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { onSystemTheme, theme, toggleTheme } from "../app/theme.js";
import { base } from "../components/base.js";
import "../components/button.js";
import { icon } from "../components/icons.js";
import "../components/notice.js";
import "../components/skeleton.js";
import { language, LANGUAGES, t } from "../i18n/messages.js";
import type { Account, Area, BranchInFull, Position } from "./api.js";
import { call } from "./api.js";
import "./area-list.js";
import "./choose.js";
import { roleName } from "./choose.js";
import { layoutStyle } from "./layout-style.js";
import { shownVersion } from "./draft.js";
import "./editor.js";
import type { MapWish, VnAreaEditor } from "./editor.js";
import { faultOf, type Fault } from "./faults.js";
import type { VnAreaMap } from "./map.js";
import type { Ring, RingPlace } from "./rings.js";
import { pathOf, routeOf, type Route } from "./route.js";
import type { Shown } from "./shapes.js";
import "./sign-in.js";
import { consoleStyle } from "./style.js";
import { c } from "./words.js";

/** The console: who is signed in, where in it one is (the address), the panel, and the map beside it. */
@customElement("vn-console")
export class VnConsole extends LitElement {
  static override styles = [base, consoleStyle, layoutStyle];

  /** Told by the server, which answered the page's address. */
  @property({ type: Boolean, attribute: "signed-in" }) signedIn = false;
  @property({ type: Boolean }) missing = false;
  @state() private account: Account | null = null;
  @state() private route: Route = routeOf(location.pathname);
  @state() private branch: BranchInFull | null = null;
  @state() private areas: readonly Area[] | null = null;
  @state() private shown: readonly Shown[] = [];
  @state() private faultPlace: Position | null = null;
  @state() private failure: Fault | null = null;
  @state() private dark = theme() === "dark";
  @state() private mapReady = false;
  @state() private mapLarge = false;
  @query("vn-area-map") private readonly map?: VnAreaMap;
  @query("vn-area-editor") private readonly editor?: VnAreaEditor;
  private editedRank = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    onSystemTheme(() => (this.dark = theme() === "dark"));
    addEventListener("popstate", this.wentBack);
    addEventListener("beforeunload", this.leaving);
    if (this.signedIn && !this.missing) void this.begin();
    else if (this.signedIn) void this.loadAccount();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("popstate", this.wentBack);
    removeEventListener("beforeunload", this.leaving);
  }

  private async begin(): Promise<void> {
    await this.loadAccount();
    await this.load();
  }

  private async loadAccount(): Promise<void> {
    try {
      this.account = await call<Account>("auth/session");
    } catch (error) {
      this.failure = faultOf(error);
      this.signedIn = false;
    }
  }

  /** What the address names. */
  private async load(): Promise<void> {
    const { branch } = this.route;
    this.failure = null;
    this.missing = false;
    if (branch === null) {
      this.branch = null;
      return;
    }
    try {
      if (this.branch?.id !== branch) {
        this.branch = null;
        this.areas = null;
        const found = await call<BranchInFull>(`merchant/branches/${branch}`);
        if (this.route.branch !== branch) return; // another was gone to meanwhile
        this.branch = found;
      }
      void this.loadMap();
      if (this.route.area === null) {
        const { items } = await call<{ items: Area[] }>(`merchant/branches/${branch}/areas`);
        if (this.route.branch !== branch) return;
        this.areas = items;
        this.showAll();
      }
    } catch (error) {
      if (this.route.branch !== branch) return;
      this.failure = faultOf(error);
      this.missing = this.failure.isMissing;
    }
  }

  private async loadMap(): Promise<void> {
    await import("./map.js");
    this.mapReady = true;
  }

  /** All areas of the branch; named ones are drawn where they are edited. */
  private showAll(): void {
    const { branch } = this;
    if (branch === null) return;
    const versions = (this.areas ?? []).map((area) => area.published ?? area.draft).filter((version) => version !== null);
    this.shown = versions.flatMap((version) => shownVersion(version, { lat: branch.lat, lon: branch.lon }, new Map()));
    this.faultPlace = null;
    this.fit();
  }

  private fit(): void {
    void this.updateComplete.then(() => this.map?.show(this.shown));
  }

  // --- moving about

  private readonly clicked = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((each): each is HTMLAnchorElement => each instanceof HTMLAnchorElement);
    if (!link || link.origin !== location.origin || !link.pathname.startsWith("/console/") || link.target !== "") return;
    event.preventDefault();
    void this.go(routeOf(link.pathname));
  };

  private async go(route: Route, how: "push" | "replace" = "push"): Promise<void> {
    if (how === "push" && !(await this.mayLeave())) return;
    const path = pathOf(route, location.search);
    if (how === "push") history.pushState(null, "", path);
    else history.replaceState(null, "", path);
    await this.arrive(route);
  }

  private async arrive(route: Route): Promise<void> {
    this.map?.stop();
    this.route = route;
    this.mapLarge = false;
    await this.load();
    await this.updateComplete;
    this.renderRoot.querySelector(".panel")?.scrollTo(0, 0);
    this.renderRoot.querySelector<HTMLElement>(".panel")?.focus({ preventScroll: true });
  }

  private readonly wentBack = (): void => {
    const to = routeOf(location.pathname);
    if (this.editor?.isDirty !== true) {
      void this.arrive(to);
      return;
    }
    history.pushState(null, "", pathOf(this.route, location.search));
    void this.mayLeave().then(async (may) => {
      if (may) await this.go(to, "replace");
    });
  };

  private async mayLeave(): Promise<boolean> {
    return this.editor?.isDirty ? this.editor.mayLeave() : true;
  }

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.editor?.isDirty) event.preventDefault();
  };

  private switchLanguage(): void {
    const next = LANGUAGES.find((tag) => tag !== language()) ?? "en";
    location.search = `?lang=${next}`;
  }

  private async signOut(): Promise<void> {
    if (!(await this.mayLeave())) return;
    await call("auth/session", { method: "DELETE" }).catch((error: unknown) => (this.failure = faultOf(error)));
    if (this.failure === null) location.assign(pathOf({ branch: null, area: null }, location.search));
  }

  // --- between the editor and the map

  private wish({ detail }: CustomEvent<MapWish>): void {
    const { map } = this;
    if (!map) return;
    if (detail.kind === "stop") {
      map.stop();
      return;
    }
    this.editedRank = detail.rank;
    this.mapLarge = true;
    // Once the map has the size that it is drawn on at.
    void this.updateComplete.then(() => {
      if (detail.kind === "ring") map.drawRing(detail.rank);
      else map.editRings(detail.rank, detail.rings);
    });
  }

  private saw({ detail }: CustomEvent<{ bands: Shown[]; fault: Position | null }>): void {
    this.shown = detail.bands;
    this.faultPlace = detail.fault;
  }

  // --- what is seen

  override render(): TemplateResult {
    const open = this.signedIn && !this.missing && this.route.branch !== null;
    return html`<div class="page ${open ? "with-map" : ""} ${this.mapLarge ? "map-large" : ""}" @click=${this.clicked}>
      ${this.header()}
      <main class="panel" tabindex="-1"><div class="inner">${this.panel()}</div></main>
      ${open ? this.mapPart() : nothing}
    </div>`;
  }

  private header(): TemplateResult {
    const { branch } = this;
    return html`<header>
      <a class="brand" href=${pathOf({ branch: null, area: null }, location.search)}>${icon("pin", 22)}<span>Vicinity</span></a>
      <span class="where">${branch ? html`<bdi>${branch.name}</bdi>` : c("console")}</span>
      ${this.account ? html`<span class="who"><bdi>${this.account.email}</bdi></span>` : nothing}
      <vn-button variant="ghost" icon="globe" icon-only label=${t("switch_language")} @click=${() => this.switchLanguage()}></vn-button>
      <vn-button variant="ghost" icon=${this.dark ? "sun" : "moon"} icon-only label=${this.dark ? t("light_mode") : t("dark_mode")} @click=${() => (this.dark = toggleTheme() === "dark")}></vn-button>
      ${this.account ? html`<vn-button class="out" variant="ghost" label=${c("sign_out")} @click=${() => void this.signOut()}></vn-button>` : nothing}
    </header>`;
  }

  private panel(): TemplateResult {
    if (!this.signedIn) return html`<vn-sign-in class="card" @signed-in=${this.welcomed}></vn-sign-in>`;
    if (this.missing) {
      return html`<vn-notice class="card" role="alert" tone="bad" heading=${c("missing")} detail=${c("missing_detail")}><vn-button label=${c("to_branches")} href=${pathOf({ branch: null, area: null }, location.search)}></vn-button></vn-notice>`;
    }
    if (this.failure) {
      return html`<vn-notice role="alert" tone="bad" heading=${c("not_loaded")} detail=${this.failure.words}><vn-button label=${t("retry")} @click=${() => void this.load()}></vn-button></vn-notice>`;
    }
    if (this.account === null) return html`<vn-skeleton cards="3"></vn-skeleton>`;
    if (this.route.branch === null) return html`<vn-choose class="card" email=${this.account.email}></vn-choose>`;
    if (this.branch === null) return html`<vn-skeleton cards="3"></vn-skeleton>`;
    return this.route.area === null ? this.branchView(this.branch) : this.areaView(this.branch, this.route.area);
  }

  private branchView(branch: BranchInFull): TemplateResult {
    const address = [branch.street, branch.city].filter((part) => part !== "").join(", ");
    return html`<div class="stack">
      <nav><a href=${pathOf({ branch: null, area: null }, location.search)}>${c("to_branches")}</a></nav>
      <div class="close">
        <h1><bdi>${branch.name}</bdi></h1>
        <p class="muted"><bdi>${address}</bdi></p>
        <p class="muted">${c("your_role_at", { merchant: branch.merchant.name, role: roleName(branch.merchant.role) })}</p>
      </div>
      <h2>${c("areas")}</h2>
      ${this.areas === null
        ? html`<vn-skeleton cards="2"></vn-skeleton>`
        : html`<vn-area-list .areas=${this.areas} branch=${branch.id} zone=${branch.zone} ?can-manage=${branch.merchant.may.includes("manage_areas")}></vn-area-list>`}
    </div>`;
  }

  private areaView(branch: BranchInFull, area: string): TemplateResult {
    const list: Route = { branch: branch.id, area: null };
    return html`<div class="stack">
      <nav><a href=${pathOf(list, location.search)}>${c("to_areas")}</a></nav>
      <vn-area-editor
        .branch=${branch}
        .area=${area === "new" ? null : area}
        @shown=${this.saw}
        @wish=${this.wish}
        @fit=${() => this.fit()}
        @created=${(event: CustomEvent<string>) => void this.go({ branch: branch.id, area: event.detail }, "replace")}
        @gone=${() => void this.go(list)}
      ></vn-area-editor>
    </div>`;
  }

  private mapPart(): TemplateResult {
    return html`<section class="map" aria-label=${t("map")}>
      ${this.mapReady && this.branch
        ? html`<vn-area-map
            .centre=${{ lat: this.branch.lat, lon: this.branch.lon }}
            .bands=${this.shown}
            .fault=${this.faultPlace}
            ?dark=${this.dark}
            language=${language()}
            @drawn=${(event: CustomEvent<Ring>) => this.editor?.take(event.detail)}
            @reshaped=${({ detail }: CustomEvent<{ place: RingPlace; ring: Ring }>) => this.editor?.reshape(this.editedRank, detail.place, detail.ring)}
            @rested=${() => (this.mapLarge = false)}
          ></vn-area-map>`
        : nothing}
      <vn-button class="larger" floating label=${this.mapLarge ? c("map_smaller") : c("map_larger")} @click=${() => (this.mapLarge = !this.mapLarge)}></vn-button>
    </section>`;
  }

  private readonly welcomed = (event: CustomEvent<Account>): void => {
    this.account = event.detail;
    this.signedIn = true;
    void this.load();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-console": VnConsole;
  }
}
