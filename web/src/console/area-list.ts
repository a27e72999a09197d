import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "../components/base.js";
import "../components/button.js";
import "../components/notice.js";
import { number } from "../i18n/format.js";
import type { Area } from "./api.js";
import { pathOf } from "./route.js";
import { COLOURS, consoleStyle, swatchStyle } from "./style.js";
import { bandsOf, modeName, validity } from "./version-words.js";
import { c } from "./words.js";

/** The service areas of a branch: mode, state, and what each band costs. */
@customElement("vn-area-list")
export class VnAreaList extends LitElement {
  static override styles = [
    base,
    consoleStyle,
    swatchStyle,
    css`
      .bands {
        display: grid;
        gap: var(--space-1);
        margin-top: var(--space-2);
      }
      .bands li {
        display: grid;
        grid-template-columns: 1.5rem 1fr;
        gap: var(--space-2);
        align-items: start;
        font-size: var(--text-s);
      }
    `,
  ];

  @property({ attribute: false }) areas: readonly Area[] = [];
  @property() branch = "";
  @property() zone = "UTC";
  @property({ type: Boolean, attribute: "can-manage" }) canManage = false;

  override render(): TemplateResult {
    const add = html`<vn-button variant="primary" icon="plus" label=${c("new_area")} href=${this.path("new")}></vn-button>`;
    if (this.areas.length === 0) {
      return html`<vn-notice heading=${c("no_areas")} detail=${this.canManage ? c("no_areas_detail") : c("no_areas_staff")}>${this.canManage ? add : nothing}</vn-notice>`;
    }
    return html`<div class="stack">
      <ul class="list">${this.areas.map((area) => html`<li>${this.area(area)}</li>`)}</ul>
      ${this.canManage ? html`<div class="actions">${add}</div>` : nothing}
    </div>`;
  }

  private area(area: Area): TemplateResult {
    const shown = area.published ?? area.draft;
    const valid = shown === null ? "" : validity(shown, this.zone);
    return html`<a class="row" href=${this.path(area.id)}>
      <strong><bdi>${area.name}</bdi></strong>
      <span class="tags">
        <span class="tag">${modeName(area.mode)}</span>
        ${area.published ? html`<span class="tag live">${c("state_published")}</span>` : nothing}
        ${area.draft ? html`<span class="tag draft">${c("state_draft")}</span>` : nothing}
        ${shown === null ? html`<span class="tag">${c("state_retired")}</span>` : nothing}
      </span>
      ${shown === null
        ? nothing
        : html`<ul class="bands">
            ${bandsOf(shown).map(
              ({ shape, terms }, rank) => html`<li>
                <span class="swatch" data-colour=${rank % COLOURS} aria-hidden="true">${number(rank + 1)}</span>
                <span><bdi>${shape}</bdi><br /><span class="muted">${terms}</span></span>
              </li>`,
            )}
          </ul>`}
      ${valid === "" ? nothing : html`<span class="muted">${valid}</span>`}
      ${shown?.hours ? html`<span class="muted">${shown.hours}</span>` : nothing}
    </a>`;
  }

  private path(area: string): string {
    return pathOf({ branch: this.branch, area }, location.search);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-area-list": VnAreaList;
  }
}
