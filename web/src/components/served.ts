import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Hit } from "../api/client.js";
import { number, price } from "../i18n/format.js";
import { t } from "../i18n/messages.js";
import { base } from "./base.js";

type Served = NonNullable<Hit["serves"]>[number];

/** How a hit serves the address that was asked about: in which way, for what fee, from which order on, how soon. */
@customElement("vn-served")
export class VnServed extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        font-size: var(--text-s);
      }
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0.1rem 0;
        margin: 0.2rem 0 0 -1.1rem;
        clip-path: inset(0 0 0 1.1rem); /* no line begins with a dot */
      }
      p > ::before {
        content: "·";
        display: inline-block;
        width: 1.1rem;
        text-align: center;
      }
      b {
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) ways: readonly Served[] = [];

  override render(): TemplateResult[] {
    return this.ways.filter(({ mode }) => mode !== "visit").map((way) => this.line(way));
  }

  private line({ mode, fee_minor: fee, minimum_minor: minimum, currency, eta_min_minutes: least, eta_max_minutes: most }: Served): TemplateResult {
    return html`<p>
      <span><b>${mode === "delivery" ? t("served_delivery") : t("served_at_home")}</b></span>
      ${fee == null || currency == null ? nothing : html`<span>${fee === 0 ? t("fee_none") : t("served_fee", { fee: price(fee, currency) })}</span>`}
      ${minimum == null || minimum === 0 || currency == null ? nothing : html`<span>${t("order_from", { minimum: price(minimum, currency) })}</span>`}
      ${most == null ? nothing : html`<span>${least == null || least === most ? t("eta_about", { minutes: number(most) }) : t("eta_between", { least: number(least), most: number(most) })}</span>`}
    </p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-served": VnServed;
  }
}
