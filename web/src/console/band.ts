import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import { base } from "../components/base.js";
import "../components/button.js";
import { number } from "../i18n/format.js";
import { plural } from "../i18n/messages.js";
import "./named-area.js";
import type { NamedArea } from "./api.js";
import { freshBand, type BandForm, type ShapeKind } from "./draft.js";
import type { Fault } from "./faults.js";
import { corners, geojsonText, readGeojson, ringsOf, without, type RingPlace } from "./rings.js";
import { COLOURS, consoleStyle, swatchStyle } from "./style.js";
import { c } from "./words.js";

const SHAPES: readonly ShapeKind[] = ["radius", "drawn", "named"];

/**
 * One band of a version: its shape, and what serving in it costs and takes. Fires `change` with what changed, `draw-ring`
 * ("part" or "hole"), `edit-rings`, `move` (-1 or 1) and `remove`.
 */
@customElement("vn-band")
export class VnBand extends LitElement {
  static override styles = [
    base,
    consoleStyle,
    swatchStyle,
    css`
      .band {
        display: grid;
        gap: var(--space-3);
        padding: var(--space-4);
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--surface);
      }
      header {
        display: flex;
        align-items: center;
        gap: var(--space-2);
      }
      header h3 {
        flex: 1;
      }
      header vn-button {
        margin: -0.4rem 0;
      }
      .up {
        rotate: 180deg;
      }
      .rings {
        display: grid;
        gap: 0;
      }
      .rings li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
        min-height: 2.5rem;
        font-size: var(--text-s);
        border-bottom: 1px solid var(--line);
      }
      .rings .hole {
        padding-left: var(--space-4);
        color: var(--ink-muted);
      }
    `,
  ];

  @property({ attribute: false }) band: BandForm = freshBand();
  @property({ type: Number }) rank = 0;
  @property({ type: Number }) count = 1;
  @property() currency = "EUR";
  @property({ attribute: false }) faults: readonly Fault[] = [];
  @property({ type: Boolean }) locked = false;
  @state() private badText = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("band") && changed.get("band")?.parts !== this.band.parts) this.badText = false;
  }

  override render(): TemplateResult {
    const { band, rank, locked } = this;
    return html`<div class="band" role="group" aria-labelledby="name">
      <header>
        <span class="swatch" data-colour=${rank % COLOURS} aria-hidden="true">${number(rank + 1)}</span>
        <h3 id="name">${c("band", { number: number(rank + 1) })}</h3>
        ${locked || this.count === 1
          ? nothing
          : html`<vn-button class="up" variant="ghost" icon="more" icon-only label=${c("band_up")} ?disabled=${rank === 0} @click=${() => this.tell("move", -1)}></vn-button>
              <vn-button variant="ghost" icon="more" icon-only label=${c("band_down")} ?disabled=${rank === this.count - 1} @click=${() => this.tell("move", 1)}></vn-button>
              <vn-button variant="ghost" icon="close" icon-only label=${c("band_remove")} @click=${() => this.tell("remove")}></vn-button>`}
      </header>
      <label
        >${c("shape")}
        <select ?disabled=${locked} @change=${(event: Event) => this.change({ shape: valueOf(event) as ShapeKind })}>
          ${SHAPES.map((shape) => html`<option value=${shape} ?selected=${band.shape === shape}>${c(`shape_${shape}`)}</option>`)}
        </select>
      </label>
      ${band.shape === "radius" ? this.input("radius", "radius_metres", c("radius_metres"), "numeric") : nothing}
      ${band.shape === "drawn" ? this.drawn() : nothing}
      ${band.shape === "named"
        ? html`<vn-named-area .chosen=${band.named} ?locked=${locked} @chosen=${(event: CustomEvent<NamedArea>) => this.change({ named: event.detail })}></vn-named-area>${this.words("named_area_id")}`
        : nothing}
      <div class="pair">
        ${this.input("fee", "fee_minor", c("fee", { currency: this.currency }), "decimal")}
        ${this.input("minimum", "minimum_minor", c("minimum", { currency: this.currency }), "decimal")}
      </div>
      <div class="pair">
        ${this.input("etaMin", "eta_min_minutes", c("eta_from"), "numeric")} ${this.input("etaMax", "eta_max_minutes", c("eta_to"), "numeric")}
      </div>
      ${this.words("")}
    </div>`;
  }

  private drawn(): TemplateResult {
    const { parts } = this.band;
    const drawLabel = parts.length === 0 ? c("draw_on_map") : c("add_part");
    return html`${this.words("area")}
      ${parts.length === 0 ? html`<p class="muted">${c("nothing_drawn")}</p>` : nothing}
      <ul class="rings">
        ${ringsOf(parts).map(({ place, ring }) => this.ring(place, plural("corners", corners(ring))))}
      </ul>
      ${this.locked
        ? nothing
        : html`<div class="actions">
            <vn-button variant=${parts.length === 0 ? "primary" : "quiet"} label=${drawLabel} @click=${() => this.tell("draw-ring", "part")}></vn-button>
            ${parts.length === 0
              ? nothing
              : html`<vn-button label=${c("cut_hole")} @click=${() => this.tell("draw-ring", "hole")}></vn-button>
                  <vn-button label=${c("move_corners")} @click=${() => this.tell("edit-rings")}></vn-button>`}
          </div>`}
      <details>
        <summary>${c("as_text")}</summary>
        <label
          ><span class="hint">${c("as_text_hint")}</span>
          <textarea
            rows="5"
            spellcheck="false"
            aria-label=${c("as_text")}
            aria-invalid=${this.badText ? "true" : "false"}
            ?readonly=${this.locked}
            .value=${live(geojsonText(parts))}
            @change=${this.textChanged}
          ></textarea>
        </label>
        ${this.badText ? html`<p class="bad" role="alert">${c("as_text_refused")}</p>` : nothing}
      </details>`;
  }

  private ring(place: RingPlace, size: string): TemplateResult {
    const isHole = place.ring > 0;
    const name = isHole ? c("hole", { number: number(place.ring) }) : c("part", { number: number(place.part + 1) });
    return html`<li class=${isHole ? "hole" : ""}>
      <span>${name} · ${size}</span>
      ${this.locked
        ? nothing
        : html`<vn-button variant="ghost" icon="close" icon-only label=${c("remove_named", { name })} @click=${() => this.change({ parts: without(this.band.parts, place) })}></vn-button>`}
    </li>`;
  }

  private input(name: "radius" | "fee" | "minimum" | "etaMin" | "etaMax", field: string, label: string, inputmode: "numeric" | "decimal"): TemplateResult {
    const faults = this.faultsAt(field);
    return html`<label
      >${label}
      <input
        name=${field}
        inputmode=${inputmode}
        autocomplete="off"
        ?disabled=${this.locked}
        aria-invalid=${faults.length > 0 ? "true" : "false"}
        .value=${live(this.band[name])}
        @input=${(event: Event) => this.change({ [name]: valueOf(event) })}
      />
      ${this.words(field)}
    </label>`;
  }

  /** What is wrong with a field; with "" what concerns the band as a whole. */
  private words(field: string): TemplateResult[] {
    return this.faultsAt(field).map((fault) => html`<span class="bad" role="alert">${fault.words}</span>`);
  }

  private faultsAt(field: string): Fault[] {
    return this.faults.filter((fault) => fault.band === this.rank && (fault.field ?? "").replace(/^bands\[\d+\]\.?/, "") === field);
  }

  private readonly textChanged = (event: Event): void => {
    const parts = readGeojson(valueOf(event));
    this.badText = parts === null;
    if (parts !== null) this.change({ parts });
  };

  private change(changes: Partial<BandForm>): void {
    this.tell("change", changes);
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-band": VnBand;
  }
}
