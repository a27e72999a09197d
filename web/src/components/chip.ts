import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "./base.js";
import { icon, type IconName } from "./icons.js";

/** A filter that is on or off. `count` says how many results it would leave. */
@customElement("vn-chip")
export class VnChip extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };

  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
        flex: none;
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: 0.4rem;
        min-height: 2.25rem;
        padding: 0 0.85rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-full);
        background: var(--surface);
        font-size: var(--text-s);
        font-weight: 550;
        white-space: nowrap;
        cursor: pointer;
        transition: background-color var(--quick) var(--ease), border-color var(--quick) var(--ease);
      }
      button:hover {
        border-color: var(--line-strong);
      }
      button[aria-pressed="true"] {
        background: var(--accent);
        border-color: var(--accent);
        color: var(--on-accent);
      }
      .count {
        font-weight: 500;
        font-variant-numeric: tabular-nums;
        color: var(--ink-muted);
      }
      button[aria-pressed="true"] .count {
        color: inherit;
      }
    `,
  ];

  @property() label = "";
  @property() count: string | null = null;
  @property() icon: IconName | null = null;
  @property({ type: Boolean }) on = false;

  override render(): TemplateResult {
    return html`<button type="button" aria-pressed=${this.on ? "true" : "false"}>
      ${this.icon ? icon(this.icon, 16) : nothing}<bdi>${this.label}</bdi>${this.count === null
        ? nothing
        : html`<span class="count">${this.count}</span>`}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-chip": VnChip;
  }
}
