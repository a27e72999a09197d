import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { Map as MapLibre } from "maplibre-gl";

import type { Camera } from "../app/address.js";
import { theme } from "../app/theme.js";
import { base } from "../components/base.js";
import "../components/button.js";
import { icon } from "../components/icons.js";
import { language, t } from "../i18n/messages.js";
import { baseTiles, canvasStyle, flatMap, milliseconds } from "./canvas.js";
import { credit, creditStyle } from "./credit.js";
import { mapStyle } from "./style.js";

/** A small map under a pin that stays in the middle: what is moved is the map. Fires `failed` where it cannot be drawn. */
@customElement("vn-spot")
export class VnSpot extends LitElement {
  static override styles = [
    base,
    canvasStyle,
    creditStyle,
    css`
      :host {
        position: relative;
        display: block;
        height: 16rem;
        overflow: hidden;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-m);
      }
      .pin {
        position: absolute;
        z-index: 1;
        left: 50%;
        top: 50%;
        translate: -50% -92%; /* its tip, not its middle, is the spot */
        color: var(--accent);
        pointer-events: none;
      }
      .pin svg {
        fill: var(--surface);
      }
      .corner {
        position: absolute;
        z-index: 1;
        right: var(--space-2);
        top: var(--space-2);
        display: grid;
        gap: var(--space-2);
      }
    `,
  ];

  /** Where it begins. */
  @property({ attribute: false }) begin!: Camera;
  @query(".canvas") private readonly canvas!: HTMLElement;
  private map: MapLibre | null = null;
  private readonly resized = new ResizeObserver(() => this.map?.resize());

  /** What is under the pin. */
  get at(): { lat: number; lon: number } {
    const { lat, lng } = this.map?.getCenter().wrap() ?? { lat: this.begin.lat, lng: this.begin.lon };
    return { lat, lon: lng };
  }

  override render(): TemplateResult {
    return html`<div class="canvas"></div>
      <span class="pin" aria-hidden="true">${icon("pin", 40)}</span>
      <div class="corner">
        <vn-button floating icon="plus" icon-only label=${t("zoom_in")} @click=${() => this.zoomBy(1)}></vn-button>
        <vn-button floating icon="minus" icon-only label=${t("zoom_out")} @click=${() => this.zoomBy(-1)}></vn-button>
      </div>
      ${credit()}`;
  }

  override firstUpdated(): void {
    const { lat, lon, zoom } = this.begin;
    const style = mapStyle({ dark: theme() === "dark", baseTiles: baseTiles(), language: language() });
    try {
      // A wheel over it scrolls the page that it is a part of.
      this.map = flatMap(t("map_keys"), { container: this.canvas, style, center: [lon, lat], zoom, scrollZoom: false });
      this.resized.observe(this.canvas);
    } catch {
      this.dispatchEvent(new Event("failed"));
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    this.map?.remove();
    this.map = null;
  }

  private zoomBy(levels: number): void {
    this.map?.easeTo({ zoom: this.map.getZoom() + levels, duration: milliseconds(250) });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-spot": VnSpot;
  }
}
