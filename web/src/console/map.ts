import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { GeoJSONSource, Map as MapLibre, StyleSpecification } from "maplibre-gl";

import { base } from "../components/base.js";
import "../components/button.js";
import { t } from "../i18n/messages.js";
import { baseTiles, canvasStyle, flatMap, milliseconds } from "../map/canvas.js";
import { credit, creditStyle } from "../map/credit.js";
import { DARK, LIGHT } from "../map/palette.js";
import { mapStyle } from "../map/style.js";
import type { Position } from "./api.js";
import { drawRing, editRings, type Drawing } from "./drawing.js";
import { badColour, bandColours } from "./map-colours.js";
import type { Ring, RingPlace } from "./rings.js";
import { bandFeatures, borderFeatures, boundsOf, type Shown } from "./shapes.js";
import { c } from "./words.js";

const EMPTY = { type: "FeatureCollection" as const, features: [] };
const FONT = ["Inter Variable, Noto Sans CJK SC, sans-serif"];

const HOME_ZOOM = 12.5;
const FAULT_ZOOM = 13;

export type Activity = "drawing" | "editing" | null;

/** The map of a branch and its areas, on which rings are drawn. Fires `drawn` (a Ring) and `reshaped` ({place, ring}). */
@customElement("vn-area-map")
export class VnAreaMap extends LitElement {
  static override styles = [
    base,
    canvasStyle,
    creditStyle,
    css`
      :host {
        position: relative;
        min-width: 0;
        min-height: 0;
        overflow: hidden;
      }
      .corner {
        position: absolute;
        z-index: 1;
        right: var(--space-3);
        bottom: 2rem;
        display: grid;
        gap: var(--space-2);
      }
      .hint {
        position: absolute;
        z-index: 1;
        top: var(--space-3);
        left: var(--space-3);
        right: var(--space-3);
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
        max-width: 34rem;
        margin: 0 auto;
        padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4);
        border-radius: var(--radius-m);
        background: var(--surface);
        box-shadow: var(--shadow-m);
        font-size: var(--text-s);
      }
      .hint p {
        flex: 1 1 12rem;
      }
      .failed {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        padding: var(--space-5);
        text-align: center;
        color: var(--ink-muted);
      }
    `,
  ];

  @property({ attribute: false }) centre: Position = { lat: 0, lon: 0 };
  @property({ attribute: false }) bands: readonly Shown[] = [];
  /** Where a shape is at fault. */
  @property({ attribute: false }) fault: Position | null = null;
  @property({ type: Boolean }) dark = false;
  @property() language = "en";
  @state() private activity: Activity = null;
  @state() private failed = false;
  @query(".canvas") private readonly canvas!: HTMLElement;
  private map: MapLibre | null = null;
  private drawing: Drawing | null = null;
  private readonly resized = new ResizeObserver(() => this.map?.resize());

  override render(): TemplateResult {
    const zoom = (levels: number) => () => void this.map?.easeTo({ zoom: (this.map.getZoom() || 0) + levels, duration: milliseconds(250) });
    return html`<div class="canvas"></div>
      ${this.failed ? html`<p class="failed">${c("map_failed_console")}</p>` : ""}
      ${this.activity === null
        ? ""
        : html`<div class="hint" role="status">
            <p>${this.activity === "drawing" ? c("draw_hint") : c("edit_hint")}</p>
            <vn-button label=${this.activity === "drawing" ? c("cancel") : c("done")} variant=${this.activity === "drawing" ? "quiet" : "primary"} @click=${this.stop}></vn-button>
          </div>`}
      <div class="corner">
        <vn-button floating icon="plus" icon-only label=${t("zoom_in")} @click=${zoom(1)}></vn-button>
        <vn-button floating icon="minus" icon-only label=${t("zoom_out")} @click=${zoom(-1)}></vn-button>
      </div>
      ${credit()}`;
  }

  override firstUpdated(): void {
    try {
      const map = flatMap(c("map_keys_console"), {
        container: this.canvas,
        style: this.style_(),
        center: [this.centre.lon, this.centre.lat],
        zoom: HOME_ZOOM,
      });
      map.on("load", () => this.draw());
      map.on("styledata", () => this.draw());
      this.map = map;
      this.resized.observe(this.canvas);
      this.show(this.bands);
    } catch {
      this.failed = true;
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    this.resized.disconnect();
    this.map?.remove();
    this.map = null;
  }

  override updated(changed: PropertyValues<this>): void {
    if (this.map === null) return;
    if (changed.has("dark") && changed.get("dark") !== undefined) {
      this.stop();
      this.map.setStyle(this.style_(), { diff: false });
    }
    if (changed.has("fault") && this.fault !== null) {
      this.map.easeTo({ center: [this.fault.lon, this.fault.lat], zoom: Math.max(this.map.getZoom(), FAULT_ZOOM), duration: milliseconds(450) });
    }
    this.draw();
  }

  /** Bring these bands, or the branch, into view. */
  show(bands: readonly Shown[]): void {
    const box = boundsOf(bands);
    if (box === null) this.map?.jumpTo({ center: [this.centre.lon, this.centre.lat], zoom: HOME_ZOOM });
    else this.map?.fitBounds([box.west, box.south, box.east, box.north], { padding: 56, maxZoom: 15, duration: 0 });
  }

  drawRing(rank: number): void {
    this.begin("drawing", (map) =>
      drawRing(map, { rank, dark: this.dark }, (ring) => {
        // Not within terra-draw's own event: it is about to read the feature that this takes away.
        setTimeout(() => {
          this.stop();
          this.dispatchEvent(new CustomEvent<Ring>("drawn", { detail: ring }));
        });
      }),
    );
  }

  editRings(rank: number, rings: readonly { place: RingPlace; ring: Ring }[]): void {
    this.map?.resize();
    this.show([{ rank, parts: rings.map(({ ring }) => [ring]) }]);
    this.begin("editing", (map) =>
      editRings(map, { rank, dark: this.dark }, rings, (place, ring) =>
        this.dispatchEvent(new CustomEvent("reshaped", { detail: { place, ring } })),
      ),
    );
  }

  readonly stop = (): void => {
    this.drawing?.stop();
    this.drawing = null;
    if (this.activity === null) return;
    this.activity = null;
    this.dispatchEvent(new Event("rested"));
  };

  private begin(activity: Activity, start: (map: MapLibre) => Drawing): void {
    this.stop();
    const { map } = this;
    if (map === null) return;
    const go = (): void => {
      this.drawing = start(map);
      this.activity = activity;
      map.getCanvas().focus();
    };
    if (map.isStyleLoaded()) go();
    else void map.once("idle", go);
  }

  private style_(): StyleSpecification {
    const style = mapStyle({ dark: this.dark, baseTiles: baseTiles(), language: this.language });
    const palette = this.dark ? DARK : LIGHT;
    const colours = bandColours(this.dark);
    const colour = ["match", ["%", ["get", "rank"], colours.length], ...colours.slice(1).flatMap((each, index) => [index + 1, each]), colours[0]] as unknown as string;
    for (const name of ["bands", "borders", "branch", "fault"]) style.sources[name] = { type: "geojson", data: EMPTY, tolerance: 0.1 };
    style.layers.push(
      { id: "band-fill", type: "fill", source: "bands", paint: { "fill-color": colour, "fill-opacity": ["case", ["get", "faint"], 0.06, this.dark ? 0.2 : 0.16] } },
      { id: "band-line", type: "line", source: "borders", paint: { "line-color": colour, "line-width": ["case", ["get", "faint"], 1, 2.2], "line-opacity": ["case", ["get", "faint"], 0.6, 1] } },
      { id: "branch", type: "circle", source: "branch", paint: { "circle-color": palette.accent, "circle-radius": 7, "circle-stroke-color": palette.rim, "circle-stroke-width": 2.5 } },
      { id: "fault-halo", type: "circle", source: "fault", paint: { "circle-color": badColour(this.dark), "circle-opacity": 0.25, "circle-radius": 20 } },
      { id: "fault", type: "symbol", source: "fault", layout: { "text-field": "✕", "text-font": FONT, "text-size": 22, "text-allow-overlap": true }, paint: { "text-color": badColour(this.dark), "text-halo-color": palette.labelHalo, "text-halo-width": 2 } },
    );
    return style;
  }

  private draw(): void {
    const { map } = this;
    if (!map?.getSource("bands")) return;
    const point = (at: Position | null) =>
      at === null ? EMPTY : { type: "FeatureCollection" as const, features: [{ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: [at.lon, at.lat] }, properties: {} }] };
    void map.getSource<GeoJSONSource>("bands")?.setData(bandFeatures(this.bands));
    void map.getSource<GeoJSONSource>("borders")?.setData(borderFeatures(this.bands));
    void map.getSource<GeoJSONSource>("branch")?.setData(point(this.centre));
    void map.getSource<GeoJSONSource>("fault")?.setData(point(this.fault));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-area-map": VnAreaMap;
  }
}
