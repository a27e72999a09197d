import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Deal } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/price.js";
import { date, weekdayName } from "../i18n/format.js";
import { language, plural, t } from "../i18n/messages.js";
import { factsStyle } from "./facts-style.js";
import type { Point } from "./serving.js";

/** A deal in full: its price and its rules, in the zone of the place. */
@customElement("vn-deal-part")
export class VnDealPart extends LitElement {
  static override styles = [
    base,
    factsStyle,
    css`
      section {
        display: grid;
        gap: var(--space-3);
      }
    `,
  ];

  @property({ attribute: false }) deal!: Deal;
  @property() zone = "UTC";
  /** The id of the place where it is to be booked. */
  @property() place = "";
  @property({ attribute: false }) at!: Point;
  @property() language = "en";
  @state() private books = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("deal") || changed.has("place")) this.books = false;
  }

  override render(): TemplateResult {
    const { deal } = this;
    return html`<section>
      <vn-price large minor=${deal.price_minor} list-minor=${deal.list_price_minor} currency=${deal.currency} discount=${deal.discount_percent}></vn-price>
      <ul class="tags" role="list">${this.rules().map((rule) => html`<li>${rule}</li>`)}</ul>
      ${deal.terms ? html`<p class="muted"><bdi>${deal.terms}</bdi></p>` : nothing}
      ${deal.generated ? html`<p class="demo">${t("generated_deal")}</p>` : nothing}
      ${this.books ? html`<vn-book deal=${deal.id} place=${this.place} .at=${this.at} way=${deal.fulfilment}></vn-book>` : nothing}
      ${deal.is_current && !this.books ? html`<div><vn-button variant="primary" label=${t("book")} @click=${this.book}></vn-button></div>` : nothing}
    </section>`;
  }

  /** The booking's script is fetched when it is wanted: most readers only look. */
  private readonly book = async (): Promise<void> => {
    const [{ useBookingLanguage }] = await Promise.all([import("../booking/own-words.js"), import("../booking/book.js")]);
    await useBookingLanguage(language());
    this.books = true;
  };

  private rules(): string[] {
    const { deal } = this;
    return [
      deal.is_current ? t("valid_until", { date: date(deal.valid_until, this.zone) }) : t("deal_over"),
      deal.weekdays.length > 0 ? t("deal_weekdays", { days: deal.weekdays.map(weekdayName).join(t("list_comma")) }) : null,
      deal.daily_from && deal.daily_until ? t("deal_hours", { from: deal.daily_from, until: deal.daily_until }) : null,
      deal.stock_left === null ? null : plural("stock_left", deal.stock_left),
      deal.per_customer_cap === null ? null : plural("per_customer", deal.per_customer_cap),
      deal.new_customers_only ? t("new_customers_only") : null,
      t(`fulfilment_${deal.fulfilment}`),
    ].filter((rule) => rule !== null);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-deal-part": VnDealPart;
  }
}
