import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { Hit } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/toast.js";
import { t } from "../i18n/messages.js";
import { credit, creditStyle } from "../map/credit.js";
import type { MapBox, VnMap } from "../map/map.js";
import type { Camera, Question } from "./address.js";
import type { Home } from "./home.js";
import type { Here } from "./locate.js";

/**
 * The map, loaded when `load` is called, and what lies over it: its buttons, whose data it is, "search this area".
 * Fires `open-hit`, `moved` (a MapBox), `search-here` (a MapBox) and `locate`.
 */
@customElement("vn-map-panel")
export class VnMapPanel extends LitElement {
  static override styles = [
    base,
    creditStyle,
    css`
      :host {
        position: relative;
        min-width: 0;
        background: var(--sunken);
      }
      vn-map {
        position: absolute;
        inset: 0;
      }
      .floating {
        position: absolute;
        z-index: 1;
        top: var(--space-4);
        left: 50%;
        translate: -50% 0;
      }
      :host([beside-detail]) .floating {
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
      @media (max-width: 79.99rem) {
        :host([beside-detail]) .floating {
          display: none;
        }
      }
      @media (max-width: 59.99rem) {
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
        .corner {
          top: 9.75rem;
          right: var(--space-3);
          bottom: auto;
        }
      }
    `,
  ];

  @property({ attribute: false }) question: Question = {};
  @property({ attribute: false }) hits: readonly Hit[] = [];
  @property() selected: string | null = null;
  @property({ attribute: false }) camera: Camera | null = null;
  @property({ attribute: false }) home!: Home;
  @property({ attribute: false }) here: Here | null = null;
  @property({ type: Boolean }) dark = false;
  @property() language = "en";
  @state() private state: "waiting" | "ready" | "failed" = "waiting";
  /** Where the reader has moved it to since the last search. */
  @state() private moved: MapBox | null = null;
  @query("vn-map") readonly map?: VnMap;

  async load(): Promise<void> {
    try {
      await import("../map/map.js");
      this.state = "ready";
    } catch {
      this.state = "failed";
    }
  }

  /** A search has begun: what is in view is no longer beside it. */
  settle(): void {
    this.moved = null;
  }

  override render(): TemplateResult {
    return html`
      ${this.state === "ready" ? this.mapView() : nothing}
      <vn-toast .text=${this.state === "failed" ? t("map_failed") : ""}></vn-toast>
      ${this.moved ? html`<vn-button class="floating" variant="primary" floating icon="search" label=${t("search_here")} @click=${() => this.tell("search-here", this.moved)}></vn-button>` : nothing}
      ${credit()}
      <div class="corner">
        <vn-button floating icon="plus" icon-only label=${t("zoom_in")} @click=${() => this.map?.zoomBy(1)}></vn-button>
        <vn-button floating icon="minus" icon-only label=${t("zoom_out")} @click=${() => this.map?.zoomBy(-1)}></vn-button>
        <vn-button floating icon="locate" icon-only label=${t("locate")} @click=${() => this.tell("locate")}></vn-button>
      </div>
    `;
  }

  private mapView(): TemplateResult {
    return html`<vn-map
      .question=${this.question}
      .hits=${this.hits}
      .selected=${this.selected}
      .camera=${this.camera}
      .home=${this.home}
      .here=${this.here}
      .language=${this.language}
      ?dark=${this.dark}
      @open-hit=${(event: CustomEvent<string>) => this.tell("open-hit", event.detail)}
      @moved=${(event: CustomEvent<MapBox>) => this.rested(event.detail)}
      @failed=${() => (this.state = "failed")}
    ></vn-map>`;
  }

  private rested(box: MapBox): void {
    if (box.byHand) this.moved = box;
    this.tell("moved", box);
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-map-panel": VnMapPanel;
  }
}
