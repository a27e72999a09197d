import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "../components/base.js";
import "../components/button.js";
import { number } from "../i18n/format.js";
import type { VersionHead } from "./api.js";
import { consoleStyle } from "./style.js";
import { moment, validity } from "./version-words.js";
import { c, type ConsoleKey } from "./words.js";

/** Who drafted, published and retired what, newest first. Fires `roll-back` and `look` with a version's number, and `more`. */
@customElement("vn-area-history")
export class VnAreaHistory extends LitElement {
  static override styles = [
    base,
    consoleStyle,
    css`
      li {
        padding: var(--space-3) 0;
        border-bottom: 1px solid var(--line);
      }
      .head {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        font-size: var(--text-m);
        font-weight: 650;
      }
      .actions {
        gap: var(--space-4);
      }
    `,
  ];

  @property({ attribute: false }) versions: readonly VersionHead[] = [];
  @property() zone = "UTC";
  @property({ type: Boolean, attribute: "can-roll-back" }) canRollBack = false;
  @property({ type: Boolean }) more = false;

  override render(): TemplateResult {
    return html`<ol class="versions">${this.versions.map((version) => this.version(version))}</ol>
      ${this.more ? html`<vn-button label=${c("more_history")} @click=${() => this.tell("more")}></vn-button>` : nothing}`;
  }

  private version(version: VersionHead): TemplateResult {
    const at = (instant: string): string => moment(instant, this.zone);
    const { number: count, state } = version;
    const valid = validity(version, this.zone);
    return html`<li class="close">
      <div class="head">
        ${c("version", { number: number(count) })}
        <span class="tag ${state === "published" ? "live" : state === "draft" ? "draft" : ""}">${c(`state_${state}` as ConsoleKey)}</span>
      </div>
      ${version.copied_from === null ? nothing : html`<p class="muted">${c("copy_of", { number: number(version.copied_from) })}</p>`}
      ${version.published_at === null
        ? html`<p class="muted">${c("drafted_by", { who: version.created_by, when: at(version.edited_at) })}</p>`
        : html`<p class="muted">${c("published_by", { who: version.published_by ?? "", when: at(version.published_at) })}</p>`}
      ${version.retired_at === null ? nothing : html`<p class="muted">${c("retired_by", { who: version.retired_by ?? "", when: at(version.retired_at) })}</p>`}
      ${valid === "" ? nothing : html`<p class="muted">${valid}</p>`}
      ${state === "retired"
        ? html`<div class="actions">
            <button type="button" class="link" @click=${() => this.tell("look", count)}>${c("look_at_version", { number: number(count) })}</button>
            ${this.canRollBack ? html`<button type="button" class="link" @click=${() => this.tell("roll-back", count)}>${c("roll_back_to", { number: number(count) })}</button>` : nothing}
          </div>`
        : nothing}
    </li>`;
  }

  private tell(name: string, detail?: number): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-area-history": VnAreaHistory;
  }
}
