import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { percent, price } from "../i18n/format.js";
import { t } from "../i18n/messages.js";
import { base } from "./base.js";

/** What a deal costs, the list price struck out beside it, and the discount. Minor units. */
@customElement("vn-price")
export class VnPrice extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.15rem 0.5rem;
        font-variant-numeric: tabular-nums;
      }
      ins {
        text-decoration: none;
        font-weight: 700;
        font-size: var(--text-l);
      }
      :host([large]) ins {
        font-size: var(--text-2xl);
        letter-spacing: -0.02em;
      }
      s {
        color: var(--ink-muted);
        font-size: var(--text-s);
      }
      .off {
        background: var(--deal-soft);
        color: var(--deal);
        border-radius: 0.4rem;
        padding: 0.05rem 0.4rem;
        font-size: var(--text-s);
        font-weight: 650;
      }
    `,
  ];

  @property({ type: Number }) minor = 0;
  @property({ type: Number, attribute: "list-minor" }) listMinor = 0;
  @property() currency = "EUR";
  @property({ type: Number }) discount = 0;
  @property({ type: Boolean, reflect: true }) large = false;

  override render(): TemplateResult {
    const cheaper = this.listMinor > this.minor;
    return html`<ins><span class="visually-hidden">${t("price_now")} </span>${price(this.minor, this.currency)}</ins>
      ${cheaper
        ? html`<s><span class="visually-hidden">${t("price_was")} </span>${price(this.listMinor, this.currency)}</s>`
        : nothing}
      ${cheaper && this.discount > 0 ? html`<span class="off">${percent(-this.discount / 100)}</span>` : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-price": VnPrice;
  }
}
