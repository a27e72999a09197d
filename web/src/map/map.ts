import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { GeoJSONSource, Map as MapLibre, MapMouseEvent, PaddingOptions } from "maplibre-gl";

import { isAbort, type Hit } from "../api/client.js";
import type { Camera, Question } from "../app/address.js";
import type { Home } from "../app/home.js";
import { base } from "../components/base.js";
import { isPhone } from "../components/phone.js";
import { compact } from "../i18n/format.js";
import { t } from "../i18n/messages.js";
import { baseTiles, canvasStyle, flatMap, milliseconds } from "./canvas.js";
import { areaOutline, beginningBox, boxOf, clusterPoints, dots, rankedPins, type Box, type Features } from "./features.js";
import { DARK, LIGHT } from "./palette.js";
import { lookAt, type View } from "./pins.js";
import { mapStyle } from "./style.js";

const PINNED_LAYERS = ["ranked", "ranked-dots", "dots"] as const;
const PIN_FINENESS = 2;
const NONE: Features = { type: "FeatureCollection", features: [] };

export interface MapBox extends Box, Camera {
  /** Moved by the reader, not by us. */
  byHand: boolean;
}

/** The map. Fires `moved` when it has come to rest, `open-hit` when a pin is chosen, `failed` where it cannot be drawn. */
@customElement("vn-map")
export class VnMap extends LitElement {
  static override styles = [
    base,
    canvasStyle,
    css`
      .canvas.pointing .maplibregl-canvas-container {
        cursor: pointer;
      }
    `,
  ];

  @property({ attribute: false }) question: Question = {};
  @property({ attribute: false }) hits: readonly Hit[] = [];
  @property() selected: string | null = null;
  @property({ attribute: false }) camera: Camera | null = null;
  @property({ attribute: false }) home!: Home;
  @property({ attribute: false }) here: { lat: number; lon: number } | null = null;
  @property({ type: Boolean }) dark = false;
  @property() language = "en";
  @query(".canvas") private readonly canvas!: HTMLElement;
  private map: MapLibre | null = null;
  private view: View | null = null;
  private hovered: string | null = null;
  private looking: AbortController | null = null;
  private readonly resized = new ResizeObserver(() => this.map?.resize());

  override render(): TemplateResult {
    return html`<div class="canvas"></div>`;
  }

  override firstUpdated(): void {
    const box = beginningBox(this.question, this.hits);
    try {
      const map = flatMap(t("map_keys"), {
        container: this.canvas,
        style: this.currentStyle(),
        ...(box !== null && this.camera === null
          ? { bounds: [box.west, box.south, box.east, box.north] as [number, number, number, number], fitBoundsOptions: { padding: this.padding(), maxZoom: 16 } }
          : { center: [(this.camera ?? this.home).lon, (this.camera ?? this.home).lat] as [number, number], zoom: (this.camera ?? this.home).zoom }),
      });
      map.on("load", () => this.draw());
      map.setMissingStyleImageResolver((id) => this.drawPin(id));
      map.on("styledata", () => this.draw());
      map.on("moveend", (event) => this.rested(event));
      map.on("click", (event) => this.clicked(event));
      map.on("mousemove", (event) => this.pointed(event));
      this.map = map;
      this.resized.observe(this.canvas);
      void this.look();
    } catch {
      this.dispatchEvent(new Event("failed"));
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.looking?.abort();
    this.resized.disconnect();
    this.map?.remove();
    this.map = null;
  }

  override updated(changed: PropertyValues<this>): void {
    const { map } = this;
    if (map === null) return;
    if ((changed.has("dark") && changed.get("dark") !== undefined) || (changed.has("language") && changed.get("language") !== undefined)) {
      map.setStyle(this.currentStyle(), { diff: false });
    }
    if (changed.has("question") && changed.get("question") !== undefined) void this.look();
    if (changed.has("selected")) this.reveal();
    this.draw();
  }

  highlight(id: string | null): void {
    if (this.hovered === id) return;
    this.hovered = id;
    this.draw();
  }

  zoomBy(levels: number): void {
    this.map?.easeTo({ zoom: this.map.getZoom() + levels, duration: milliseconds(250) }, { byHand: true });
  }

  showArea(question: Question): void {
    const box = boxOf(question);
    if (box) this.map?.fitBounds([box.west, box.south, box.east, box.north], { padding: this.padding(), duration: milliseconds(600) });
  }

  showCamera(camera: Camera): void {
    this.map?.jumpTo({ center: [camera.lon, camera.lat], zoom: camera.zoom });
  }

  private currentStyle(): ReturnType<typeof mapStyle> {
    return mapStyle({ dark: this.dark, baseTiles: baseTiles(), language: this.language });
  }

  /** The part of the map that nothing lies over. */
  private padding(): PaddingOptions {
    if (isPhone()) return { top: 170, bottom: Math.round(innerHeight * 0.45), left: 24, right: 24 };
    return { top: 56, bottom: 56, left: this.selected === null ? 56 : 440, right: 56 };
  }

  private rested(event: object): void {
    const { map } = this;
    if (map === null) return;
    const centre = map.getCenter();
    const visible = this.visibleBox(map);
    const byHand = "originalEvent" in event && event.originalEvent !== undefined || "byHand" in event;
    const detail: MapBox = { ...visible, lat: centre.lat, lon: centre.lng, zoom: map.getZoom(), byHand };
    this.dispatchEvent(new CustomEvent("moved", { detail }));
    void this.look();
  }

  private visibleBox(map: MapLibre): Box {
    const { top, bottom, left } = this.padding() as Required<PaddingOptions>;
    const phone = top > 100;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const inset = phone ? { top: top - 20, bottom, left: 0, right: 0 } : { top: 0, bottom: 0, left: left > 100 ? left - 40 : 0, right: 0 };
    const northWest = map.unproject([inset.left, inset.top]);
    const southEast = map.unproject([width - inset.right, height - inset.bottom]);
    return { west: wrap(northWest.lng), south: southEast.lat, east: wrap(southEast.lng), north: northWest.lat };
  }

  /** Ask for what is in view. Only the newest view counts. */
  private async look(): Promise<void> {
    const { map } = this;
    if (map === null) return;
    this.looking?.abort();
    const mine = new AbortController();
    this.looking = mine;
    const bounds = map.getBounds();
    const whole = bounds.getEast() - bounds.getWest() >= 360;
    const box = {
      west: whole ? -180 : wrap(bounds.getWest()),
      south: Math.max(-90, bounds.getSouth()),
      east: whole ? 180 : wrap(bounds.getEast()),
      north: Math.min(90, bounds.getNorth()),
    };
    const began = performance.now();
    try {
      this.view = await lookAt(this.question, box, map.getZoom(), this.view?.kind ?? "pins", mine.signal);
      this.draw();
      performance.measure("vicinity:pins", { start: began, end: performance.now() });
    } catch (error) {
      if (isAbort(error)) return; // a newer view is on its way
      // The list tells what is wrong; the map keeps the pins that it has.
    }
  }

  /** Pins are drawn here, not fetched: a disc with a rim, twice as fine as a screen needs. */
  private drawPin(id: string): void {
    const palette = this.dark ? DARK : LIGHT;
    const colour = id === "pin-deal" ? palette.deal : palette.accent;
    if (!id.startsWith("pin-") || this.map?.hasImage(id) !== false) return;
    this.map.addImage(id, disc(colour, palette.rim), { pixelRatio: PIN_FINENESS });
  }

  private draw(): void {
    const { map, view } = this;
    if (!map?.getSource("ranked")) return;
    const set = (name: string, features: Features): void => {
      void map.getSource<GeoJSONSource>(name)?.setData(features);
    };
    set("area", areaOutline(this.question));
    set("ranked", rankedPins(this.hits, { selected: this.selected, hovered: this.hovered }));
    set("dots", view?.kind === "pins" ? dots(view.page.hits, this.hits, this.selected) : NONE);
    set("clusters", view?.kind === "clusters" ? clusterPoints(view.clusters, compact) : NONE);
    set("here", this.here === null ? NONE : { type: "FeatureCollection", features: [{ type: "Feature", geometry: { type: "Point", coordinates: [this.here.lon, this.here.lat] }, properties: {} }] });
  }

  /** Bring the chosen pin into the free part of the map, if it is not there. */
  private reveal(): void {
    const { map } = this;
    const hit = this.hits.find((each) => each.id === this.selected);
    if (map === null || hit?.lat === undefined || hit.lon === undefined) return;
    const at = map.project([hit.lon, hit.lat]);
    const { top, bottom, left, right } = this.padding() as Required<PaddingOptions>;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (at.x >= left && at.x <= width - right && at.y >= top && at.y <= height - bottom) return;
    const offset: [number, number] = [(left - right) / 2, (top - bottom) / 2];
    map.easeTo({ center: [hit.lon, hit.lat], offset, duration: milliseconds(450) });
  }

  private clicked(event: MapMouseEvent): void {
    const { map } = this;
    if (map === null) return;
    const pin = map.queryRenderedFeatures(event.point, { layers: [...PINNED_LAYERS] })[0];
    if (pin) {
      this.dispatchEvent(new CustomEvent("open-hit", { detail: String(pin.properties.id) }));
      return;
    }
    const cluster = map.queryRenderedFeatures(event.point, { layers: ["clusters"] })[0];
    if (cluster?.geometry.type === "Point") {
      const [lon = 0, lat = 0] = cluster.geometry.coordinates;
      map.easeTo({ center: [lon, lat], zoom: map.getZoom() + 2, duration: milliseconds(450) }, { byHand: true });
    }
  }

  private pointed(event: MapMouseEvent): void {
    const over = this.map?.queryRenderedFeatures(event.point, { layers: [...PINNED_LAYERS, "clusters"] }) ?? [];
    this.canvas.classList.toggle("pointing", over.length > 0);
  }
}

function disc(colour: string, rim: string): ImageData {
  const size = 28 * PIN_FINENESS;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  if (context === null) return new ImageData(size, size);
  context.beginPath();
  context.arc(size / 2, size / 2, size / 2 - PIN_FINENESS * 1.5, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = PIN_FINENESS * 2;
  context.strokeStyle = rim;
  context.stroke();
  return context.getImageData(0, 0, size, size);
}

function wrap(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-map": VnMap;
  }
}
