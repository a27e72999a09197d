import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "../components/base.js";
import { number } from "../i18n/format.js";
import { plural } from "../i18n/messages.js";
import type { Preview } from "./api.js";
import { consoleStyle } from "./style.js";
import { c } from "./words.js";

/** What a version covers: its size, the places in it, and what it shares with other areas of the branch. */
@customElement("vn-preview")
export class VnPreview extends LitElement {
  static override styles = [base, consoleStyle];

  @property({ attribute: false }) preview!: Preview;
  /** The form has changed since. */
  @property({ type: Boolean }) old = false;

  override render(): TemplateResult {
    const { places, overlaps, bands } = this.preview;
    const counted = places.relation === "gte" ? c("places_at_least", { count: number(places.value) }) : plural("places_covered", places.value);
    return html`<div class="told close" role="status">
      <p><strong>${size(this.preview.square_kilometres)}</strong> · ${counted}</p>
      ${bands.length > 1
        ? html`<ul>${bands.map((band) => html`<li class="muted">${c("band", { number: number(band.rank + 1) })}: ${size(band.square_kilometres)}</li>`)}</ul>`
        : nothing}
      ${overlaps.length === 0
        ? html`<p class="muted">${c("no_overlap")}</p>`
        : overlaps.map((overlap) => html`<p>${c("overlap", { percent: number(overlap.percent, overlap.percent < 10 ? 1 : 0), name: overlap.name })}</p>`)}
      ${this.old ? html`<p class="muted">${c("preview_old")}</p>` : nothing}
    </div>`;
  }
}

function size(squareKilometres: number): string {
  return c("square_kilometres", { size: number(squareKilometres, squareKilometres < 10 ? 2 : squareKilometres < 1000 ? 1 : 0) });
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-preview": VnPreview;
  }
}
