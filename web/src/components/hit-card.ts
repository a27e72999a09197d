import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Hit } from "../api/client.js";
import { distance, number } from "../i18n/format.js";
import { plural, t } from "../i18n/messages.js";
import { base } from "./base.js";
import "./price.js";
import "./stars.js";

/** One result: a place, or a deal at a place. Its link is the server's page of it; a plain click fires `open-hit`. */
@customElement("vn-hit-card")
export class VnHitCard extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };

  static override styles = [
    base,
    css`
      article {
        position: relative;
        display: grid;
        grid-template-columns: 1.75rem minmax(0, 1fr);
        gap: 0 var(--space-3);
        padding: var(--space-4);
        min-height: 6.75rem;
        border-bottom: 1px solid var(--line);
        transition: background-color var(--quick) var(--ease);
      }
      article:hover {
        background: var(--sunken);
      }
      :host([selected]) article {
        background: var(--accent-soft);
      }
      mark {
        background: none;
        color: inherit;
        text-decoration: underline;
        text-decoration-color: var(--accent);
        text-decoration-thickness: 2px;
        text-underline-offset: 0.15em;
      }
      .rank {
        display: grid;
        place-items: center;
        width: 1.75rem;
        height: 1.75rem;
        border-radius: 50%;
        background: var(--accent);
        color: var(--on-accent);
        font-size: var(--text-xs);
        font-weight: 700;
        font-variant-numeric: tabular-nums;
      }
      .deal .rank {
        background: var(--deal);
        color: var(--surface);
      }
      h3 {
        font-size: var(--text-m);
        font-weight: 650;
        line-height: 1.35;
        letter-spacing: -0.005em;
      }
      a {
        color: var(--ink);
        text-decoration: none;
        outline: none;
      }
      a::after {
        content: "";
        position: absolute;
        inset: 0;
      }
      a:focus-visible::after {
        outline: 2px solid var(--focus);
        outline-offset: -3px;
        border-radius: var(--radius-s);
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.1rem 0;
        margin: 0.2rem 0 0 -1.1rem;
        clip-path: inset(0 0 0 1.1rem); /* no line begins with a dot */
        font-size: var(--text-s);
        color: var(--ink-muted);
      }
      .facts > ::before {
        content: "·";
        display: inline-block;
        width: 1.1rem;
        text-align: center;
      }
      .open {
        color: var(--good);
        font-weight: 600;
      }
      .closed {
        color: var(--bad);
        font-weight: 550;
      }
      .bottom {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 0.25rem var(--space-3);
        margin-top: 0.45rem;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.1rem 0.5rem;
        min-width: 0;
        font-size: var(--text-s);
      }
      .line .title {
        color: var(--ink-muted);
      }
      .line vn-price {
        font-size: var(--text-s);
      }
      .demo {
        color: var(--ink-muted);
        border: 1px solid var(--line);
        border-radius: 0.3rem;
        padding: 0 0.3rem;
        font-size: var(--text-xs);
        white-space: nowrap;
      }
      .more {
        color: var(--deal);
        font-weight: 600;
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) hit: Hit | null = null;
  @property({ type: Number }) rank = 0;
  @property({ type: Boolean, reflect: true }) selected = false;
  @property() href = "";

  override render(): TemplateResult | typeof nothing {
    const { hit } = this;
    if (hit === null) return nothing;
    return html`<article class=${hit.kind ?? "place"}>
      <span class="rank"><span class="visually-hidden">${t("rank")} </span>${this.rank}</span>
      <div>
        <h3>
          <a href=${this.href} @click=${this.clicked}><bdi>${this.marked(hit.deal?.title ?? hit.name)}</bdi></a>
        </h3>
        <p class="facts">
          ${hit.deal ? html`<span><bdi>${this.marked(hit.name)}</bdi></span>` : html`<span>${hit.category?.name}</span>`}
          ${hit.deal && hit.rating?.stars != null ? html`<span>★ ${number(hit.rating.stars, 1)}</span>` : nothing}
          ${hit.distance_metres == null ? nothing : html`<span>${distance(hit.distance_metres)}</span>`}
          ${this.hours(hit)}
        </p>
        ${hit.serves ? html`<vn-served .ways=${hit.serves}></vn-served>` : nothing}
        <div class="bottom">${hit.deal ? this.deal(hit.deal) : this.place(hit)}</div>
      </div>
    </article>`;
  }

  /** The text with the parts that the words met, as the server tells them. */
  private marked(text: string | undefined): TemplateResult | string {
    const parts = this.hit?.highlights?.find((each) => each.text === text)?.parts;
    if (parts === undefined) return text ?? "";
    return html`${parts.map((part) => (part.matched ? html`<mark>${part.text}</mark>` : part.text))}`;
  }

  private hours(hit: Hit): TemplateResult | typeof nothing {
    if (hit.open_now == null) return nothing;
    return hit.open_now
      ? html`<span><span class="open">${t("open")}</span></span>`
      : html`<span><span class="closed">${t("closed")}</span></span>`;
  }

  private deal(deal: NonNullable<Hit["deal"]>): TemplateResult {
    return html`<vn-price
        minor=${deal.price_minor}
        list-minor=${deal.list_price_minor}
        currency=${deal.currency}
        discount=${deal.discount_percent}
      ></vn-price>
      ${deal.generated ? html`<span class="demo" title=${t("generated_deal")}>${t("demo")}</span>` : nothing}`;
  }

  private place(hit: Hit): TemplateResult {
    const best = hit.deals?.[0];
    const others = (hit.deal_count ?? 0) - 1;
    return html`<vn-stars
        .stars=${hit.rating?.stars ?? null}
        count=${hit.rating?.count ?? 0}
        ?generated=${hit.rating?.generated ?? false}
      ></vn-stars>
      ${best
        ? html`<span class="line"
            ><vn-price
              minor=${best.price_minor}
              list-minor=${best.list_price_minor}
              currency=${best.currency}
              discount=${Math.floor(best.discount * 100 + 1e-9)}
            ></vn-price>
            ${others > 0 ? html`<span class="more">${plural("more_deals", others)}</span>` : nothing}</span
          >`
        : nothing}`;
  }

  private clicked(event: MouseEvent): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("open-hit", { bubbles: true, composed: true, detail: this.hit?.id }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-hit-card": VnHitCard;
  }
}
