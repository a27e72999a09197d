import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { number } from "../i18n/format.js";
import { plural, t } from "../i18n/messages.js";
import { base } from "./base.js";

/** A rating: the mean, and from how many. A made-up one says so. */
@customElement("vn-stars")
export class VnStars extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
        align-items: baseline;
        gap: 0.3rem;
        font-size: var(--text-s);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      svg {
        align-self: center;
        color: var(--star);
        flex: none;
      }
      b {
        font-weight: 650;
      }
      .count {
        color: var(--ink-muted);
      }
      .demo {
        color: var(--ink-muted);
        border: 1px solid var(--line);
        border-radius: 0.3rem;
        padding: 0 0.3rem;
        font-size: var(--text-xs);
      }
    `,
  ];

  @property({ type: Number }) stars: number | null = null;
  @property({ type: Number }) count = 0;
  @property({ type: Boolean }) generated = false;

  override render(): TemplateResult {
    if (this.stars === null) return html`<span class="count">${t("unrated")}</span>`;
    const spoken = `${t("stars", { stars: number(this.stars, 1) })}, ${plural("ratings", this.count)}`;
    return html`<svg width="14" height="14" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
        <path d="M12 2.6 14.9 8.7l6.6.9-4.8 4.6 1.2 6.6L12 17.6l-5.9 3.2 1.2-6.6L2.5 9.6l6.6-.9z" />
      </svg>
      <span class="visually-hidden">${spoken}</span>
      <b aria-hidden="true">${number(this.stars, 1)}</b>
      <span class="count" aria-hidden="true">(${number(this.count)})</span>
      ${this.generated ? html`<span class="demo" title=${t("generated_rating")}>${t("demo")}</span>` : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-stars": VnStars;
  }
}
