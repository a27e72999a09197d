import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Hit } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/chip.js";
import "../components/dialog.js";
import { minorUnits, number, percent } from "../i18n/format.js";
import { plural, t } from "../i18n/messages.js";
import type { Question, Way } from "./address.js";
import { attributeName } from "./attributes.js";
import { formStyle } from "./form-style.js";

type Facets = Readonly<Record<string, Readonly<Record<string, number>>>>;

const RATINGS = ["3.5", "4", "4.5"] as const;
const DISCOUNTS = ["10", "20", "30", "50"] as const;
const WAYS: readonly Way[] = ["delivery", "at_home"];
const USUAL_ATTRIBUTES = ["wheelchair", "outdoor_seating", "takeaway", "delivery", "wifi"] as const;
const MOST_ATTRIBUTES = 10;

/**
 * All filters in one dialog; each acts at once. Fires `change` with the parameters to replace (undefined drops one),
 * `serve` with a way, and `locate`.
 */
@customElement("vn-filters")
export class VnFilters extends LitElement {
  static override styles = [
    base,
    formStyle,
    css`
      form {
        display: grid;
        gap: var(--space-5);
      }
      .pair {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: var(--space-3);
      }
    `,
  ];

  @property({ attribute: false }) question: Question = {};
  @property({ attribute: false }) facets: Facets = {};
  @property({ type: Number }) total: number | null = null;
  @property({ type: Boolean }) open = false;
  @property({ attribute: false }) hits: readonly Hit[] = [];

  override render(): TemplateResult {
    const q = this.question;
    return html`<vn-dialog heading=${t("filters")} .open=${this.open} with-footer @close=${this.closed}>
      <form @submit=${(event: Event) => event.preventDefault()}>
        <fieldset>
          <legend>${t("opening")}</legend>
          <div class="chips">
            <vn-chip label=${t("open_now")} icon="clock" ?on=${q.open_now === "true"} @click=${() => this.change({ open_now: q.open_now === "true" ? undefined : "true", open_at: undefined })}></vn-chip>
          </div>
          <p><label for="open-at">${t("open_at")}</label></p>
          <input id="open-at" type="datetime-local" .value=${q.open_at ?? ""} @change=${this.openAt} />
          <p class="hint">${t("open_at_hint")}</p>
        </fieldset>
        <fieldset>
          <legend>${t("filter_mode")}</legend>
          <div class="chips">
            ${WAYS.map((way) => html`<vn-chip label=${t(`way_${way}`)} icon=${way === "delivery" ? "bag" : "door"} ?on=${q.mode === way} @click=${() => (q.mode === way ? this.change({ mode: undefined }) : this.serve(way))}></vn-chip>`)}
            ${q.serves === undefined ? nothing : html`<vn-chip label=${t("address_is_mine")} icon="locate" @click=${() => this.dispatchEvent(new Event("locate"))}></vn-chip>`}
          </div>
          <p class="hint">${q.serves === undefined ? t("address_hint") : t("address_marked")}</p>
        </fieldset>
        <fieldset>
          <legend>${t("filter_rating_min")}</legend>
          <div class="chips">
            ${RATINGS.map((stars) => html`<vn-chip label=${t("stars_up", { stars: number(Number(stars), stars.includes(".") ? 1 : 0) })} ?on=${q.rating_min === stars} @click=${() => this.change({ rating_min: q.rating_min === stars ? undefined : stars })}></vn-chip>`)}
          </div>
        </fieldset>
        <fieldset>
          <legend>${t("deals")}</legend>
          <div class="chips">
            <vn-chip label=${t("has_deals")} icon="tag" ?on=${q.has_deals === "true"} @click=${() => this.change({ has_deals: q.has_deals === "true" ? undefined : "true" })}></vn-chip>
            ${DISCOUNTS.map((off) => html`<vn-chip label=${t("off_up", { off: percent(Number(off) / 100) })} ?on=${q.discount_min_percent === off} @click=${() => this.change({ discount_min_percent: q.discount_min_percent === off ? undefined : off })}></vn-chip>`)}
          </div>
        </fieldset>
        <fieldset>
          <legend>${t("price_in", { currency: q.currency ?? this.currency })}</legend>
          <div class="pair">
            <div>
              <label for="low">${t("price_from")}</label>
              <input id="low" type="number" min="0" step="1" inputmode="decimal" .value=${this.major(q.price_min_minor)} @change=${(event: Event) => this.bound("price_min_minor", event)} />
            </div>
            <div>
              <label for="high">${t("price_to")}</label>
              <input id="high" type="number" min="0" step="1" inputmode="decimal" .value=${this.major(q.price_max_minor)} @change=${(event: Event) => this.bound("price_max_minor", event)} />
            </div>
          </div>
        </fieldset>
        <fieldset>
          <legend>${t("features")}</legend>
          <div class="chips">${this.offered().map((name) => this.attribute(name))}</div>
        </fieldset>
        <fieldset>
          <legend>${t("chains")}</legend>
          <div class="chips">
            <vn-chip label=${t("collapse")} ?on=${q.collapse === "chain"} @click=${() => this.change({ collapse: q.collapse === "chain" ? undefined : "chain" })}></vn-chip>
          </div>
        </fieldset>
      </form>
      <vn-button slot="footer" variant="ghost" label=${t("clear_filters")} @click=${this.clear}></vn-button>
      <vn-button slot="footer" variant="primary" label=${this.total === null ? t("show_results") : plural("show", this.total)} @click=${this.closed}></vn-button>
    </vn-dialog>`;
  }

  private offered(): string[] {
    const counted = Object.entries(this.facets.attribute ?? {}).sort(([, a], [, b]) => b - a).map(([name]) => name);
    const chosen = this.question.attributes?.split(",") ?? [];
    return [...new Set([...chosen, ...USUAL_ATTRIBUTES, ...counted])].slice(0, MOST_ATTRIBUTES);
  }

  private attribute(name: string): TemplateResult | typeof nothing {
    const chosen = this.question.attributes?.split(",") ?? [];
    const on = chosen.includes(name);
    const count = this.facets.attribute?.[name];
    const next = on ? chosen.filter((each) => each !== name) : [...chosen, name];
    return html`<vn-chip label=${attributeName(name)} .count=${count === undefined ? null : number(count)} ?on=${on} @click=${() => this.change({ attributes: next.length > 0 ? next.join(",") : undefined })}></vn-chip>`;
  }

  private major(minor: string | undefined): string {
    return minor === undefined ? "" : String(Number(minor) / minorUnits(1, this.question.currency ?? this.currency));
  }

  private bound(name: "price_min_minor" | "price_max_minor", event: Event): void {
    const text = (event.target as HTMLInputElement).value;
    const currency = this.question.currency ?? this.currency;
    const value = text === "" || !(Number(text) >= 0) ? undefined : String(minorUnits(Number(text), currency));
    const other = name === "price_min_minor" ? this.question.price_max_minor : this.question.price_min_minor;
    this.change({ [name]: value, currency: value === undefined && other === undefined ? undefined : currency });
  }

  private openAt(event: Event): void {
    const value = (event.target as HTMLInputElement).value;
    this.change({ open_at: value === "" ? undefined : value, open_now: undefined });
  }

  private clear(): void {
    this.change({
      open_now: undefined, open_at: undefined, rating_min: undefined, has_deals: undefined, discount_min_percent: undefined,
      price_min_minor: undefined, price_max_minor: undefined, currency: undefined, attributes: undefined, collapse: undefined, mode: undefined,
    });
  }

  /** Of the deals at hand: what a bound of the price is in. */
  private get currency(): string {
    const deal = this.hits.map((hit) => hit.deal ?? hit.deals?.[0]).find((each) => each != null);
    return deal?.currency ?? "EUR";
  }

  private change(changes: Partial<Record<keyof Question, string | undefined>>): void {
    this.dispatchEvent(new CustomEvent("change", { detail: changes }));
  }

  private serve(way: Way): void {
    this.dispatchEvent(new CustomEvent("serve", { detail: way }));
  }

  private closed(): void {
    this.dispatchEvent(new Event("close"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-filters": VnFilters;
  }
}
