import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Deal, Place } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/hours.js";
import "../components/price.js";
import { t } from "../i18n/messages.js";
import { attributeName } from "./attributes.js";
import { factsStyle } from "./facts-style.js";
import { safeWebsite, telephone } from "./links.js";

/** A place in full: hours, deals, how to reach it, what it has, whose data it is. Fires `open-hit`. */
@customElement("vn-place-part")
export class VnPlacePart extends LitElement {
  static override styles = [
    base,
    factsStyle,
    css`
      :host {
        display: grid;
        gap: var(--space-5);
      }
      .rows {
        display: grid;
        gap: var(--space-2);
        font-size: var(--text-m);
      }
      .rows p {
        overflow-wrap: anywhere;
      }
      .deals li + li {
        border-top: 1px solid var(--line);
      }
      .deals button {
        display: grid;
        gap: 0.15rem;
        width: 100%;
        padding: var(--space-3) 0;
        border: 0;
        background: none;
        text-align: left;
        cursor: pointer;
      }
      .deals b {
        font-weight: 600;
        font-size: var(--text-m);
      }
      .deals button:hover b {
        text-decoration: underline;
      }
    `,
  ];

  @property({ attribute: false }) place!: Place;
  /** The deal that is open, which then is told above. */
  @property({ attribute: false }) deal: Deal | null = null;
  @property() language = "en";

  override render(): TemplateResult {
    const { place, deal } = this;
    return html`<section>
        <h3>${t("hours")}</h3>
        <vn-hours .hours=${place.hours} zone=${place.zone}></vn-hours>
      </section>
      ${place.deals.length > 0 && deal === null ? this.deals() : nothing} ${this.contact()} ${this.features()}
      ${place.rating.generated ? html`<p class="demo">${t("generated_rating")}</p>` : nothing}
      <p class="muted">
        ${place.attribution.map((each) => html`<a href=${each.url} rel="noopener">${each.text}</a> `)}
        <a href=${deal ? `/deals/${deal.id}` : `/places/${place.id}`}>${t("own_page")}</a>
      </p>`;
  }

  private deals(): TemplateResult {
    return html`<section>
      <h3>${t("deals_here")}</h3>
      <ul class="deals" role="list">
        ${this.place.deals.map(
          (deal) => html`<li>
            <button type="button" @click=${() => this.open(`deal:${deal.id}:${this.place.id}`)}>
              <b><bdi>${deal.title}</bdi></b>
              <vn-price minor=${deal.price_minor} list-minor=${deal.list_price_minor} currency=${deal.currency} discount=${deal.discount_percent}></vn-price>
            </button>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  private contact(): TemplateResult {
    const { place } = this;
    const website = safeWebsite(place.website);
    const phone = telephone(place.phone);
    const address = [place.address.street, [place.address.postcode, place.address.city].filter(Boolean).join(" ")].filter(Boolean);
    return html`<section class="rows">
      <h3>${t("contact")}</h3>
      ${address.length > 0 ? html`<p><bdi>${address.join(", ")}</bdi></p>` : nothing}
      ${phone ? html`<p><a href=${phone}>${place.phone}</a></p>` : nothing}
      ${website ? html`<p><a href=${website} rel="noopener nofollow">${new URL(website).host}</a></p>` : nothing}
      ${place.description ? html`<p class="muted"><bdi>${place.description}</bdi></p>` : nothing}
      ${this.deal ? html`<p><vn-button label=${t("see_place")} @click=${() => this.open(`place:${place.id}`)}></vn-button></p>` : nothing}
    </section>`;
  }

  private features(): TemplateResult | typeof nothing {
    const had = Object.entries(this.place.attributes).filter(([, value]) => value === "yes");
    if (had.length === 0) return nothing;
    return html`<section>
      <h3>${t("features")}</h3>
      <ul class="tags" role="list">${had.map(([name]) => html`<li><bdi>${attributeName(name)}</bdi></li>`)}</ul>
    </section>`;
  }

  private open(id: string): void {
    this.dispatchEvent(new CustomEvent("open-hit", { detail: id, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-place-part": VnPlacePart;
  }
}
