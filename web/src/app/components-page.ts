/** Every component in all its states, for developers: /components. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import type { Hit, Place, Suggestion } from "../api/client.js";
import "../components/bars.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/chip.js";
import "../components/combobox.js";
import "../components/dialog.js";
import "../components/hit-card.js";
import "../components/hours.js";
import { icon, ICON_NAMES } from "../components/icons.js";
import "../components/notice.js";
import "../components/price.js";
import "../components/served.js";
import "../components/sheet.js";
import "../components/skeleton.js";
import "../components/stars.js";
import "../components/toast.js";
import { isLanguage, useLanguage } from "../i18n/messages.js";
import { applyTheme, toggleTheme } from "./theme.js";

const LONG = "Ravintola jonka nimi on niin pitkä että se ei mahdu yhdelle riville millään näytöllä koskaan";

const placeHit: Hit = {
  id: "place:1", kind: "place", place_id: "1", name: "Café Esplanad", lat: 60.1676, lon: 24.9472, distance_metres: 420, open_now: true,
  category: { slug: "cafe", name: "Café", names: {} }, rating: { stars: 4.4, count: 128, generated: true, weighted: 4.3 }, deal_count: 3,
  deals: [{ id: "1", title: "Coffee and bun", price_minor: 550, list_price_minor: 850, currency: "EUR", discount: 0.35 }],
};
const dealHit: Hit = {
  ...placeHit, id: "deal:1:1", kind: "deal", open_now: false,
  deal: {
    id: "1", title: "Coffee and bun for two", titles: {}, price_minor: 1090, list_price_minor: 1700, currency: "EUR", discount_percent: 35,
    fulfilment: "voucher", valid_from: "2026-01-01T00:00:00Z", valid_until: "2026-12-31T00:00:00Z", terms: "", new_customers_only: false, generated: true,
  },
};
const ways: NonNullable<Hit["serves"]> = [
  { mode: "visit" },
  { mode: "delivery", fee_minor: 290, minimum_minor: 1500, currency: "EUR", eta_min_minutes: 25, eta_max_minutes: 40 },
  { mode: "at_home", fee_minor: 0, minimum_minor: 0, currency: "EUR", eta_min_minutes: null, eta_max_minutes: 90 },
];
const hours: Place["hours"] = {
  text: "Mo-Fr 08:00-18:00; Sa 10:00-16:00",
  status: { state: "open", comment: "", changes_at: "2026-11-23T16:00:00Z", changes_to: "closed" },
  week: ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"].map((day, index) => ({
    day, is_holiday: index === 3,
    spans: index === 6 ? [] : [{ opens: "08:00", closes: "18:00", closes_next_day: false, state: "open", comment: "" }],
  })),
};

const suggestion = (type: Suggestion["type"], name: string, met: string, detail = ""): Suggestion => ({
  type, id: `${type}-${name}`, name, detail, tier: "prefix", lat: null, lon: null, distance_metres: null, search: null,
  parts: [{ text: met, matched: true }, { text: name.slice(met.length), matched: false }],
});
const suggestions = [
  suggestion("category", "Ramen", "Ram"), suggestion("area", "Ramen Quarter", "Ram"), suggestion("city", "Ramsgate", "Ram"), suggestion("brand", "Ramen-ya", "Ram"),
  suggestion("place", LONG, LONG.slice(0, 3), "Esplanadi 1, Helsinki"), suggestion("deal", "拉面双人套餐", "拉面", "老邓牛肉面, Helsinki"),
];

const SWATCHES = ["paper", "surface", "sunken", "line", "line-strong", "ink", "ink-muted", "accent", "accent-soft", "deal", "deal-soft", "star", "good", "bad", "warn", "focus"] as const;

function swatchStyle(name: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`.c-${name} { background: var(--${name}); }`);
  return sheet;
}

@customElement("vn-components")
export class VnComponents extends LitElement {
  static override styles = [
    base,
    css`
      main {
        max-width: 60rem;
        margin: 0 auto;
        padding: var(--space-5) var(--space-4);
      }
      section {
        margin: var(--space-6) 0;
      }
      h1 {
        font-size: var(--text-2xl);
      }
      h2 {
        font-size: var(--text-l);
        margin-bottom: var(--space-3);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-3);
      }
      .column {
        max-width: 26rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--surface);
        overflow: hidden;
      }
      .pad {
        padding: var(--space-4);
      }
      .box,
      .tall {
        width: 22rem;
        min-height: 8rem;
        overflow: visible;
      }
      .tall {
        min-height: 31rem;
      }
      .frame {
        position: relative;
        contain: paint;
        height: 12rem;
      }
      .frame vn-sheet {
        --sheet-top: calc(100dvh - 11rem);
      }
      .swatch {
        width: 7rem;
        padding: var(--space-2);
        border: 1px solid var(--line);
        border-radius: var(--radius-s);
        font-size: var(--text-xs);
      }
      .swatch i {
        display: block;
        height: 2.5rem;
        border-radius: 0.3rem;
        margin-bottom: 0.3rem;
      }
    `,
    ...SWATCHES.map(
      (name) => swatchStyle(name),
    ),
  ];

  override render(): TemplateResult {
    return html`<main>
      <h1>Components</h1>
      <p>Every component in all its states. <a href="/">The map</a></p>
      <section><h2>Theme</h2><vn-button label="Switch light and dark" icon="moon" @click=${toggleTheme}></vn-button></section>
      <section><h2>Colours</h2><div class="row">${SWATCHES.map((name) => html`<div class="swatch"><i class="c-${name}"></i>${name}</div>`)}</div></section>
      <section><h2>vn-button</h2>
        <div class="row">
          ${(["primary", "quiet", "ghost"] as const).map((variant) => html`<vn-button variant=${variant} label=${variant}></vn-button>
            <vn-button variant=${variant} label="with icon" icon="route"></vn-button>
            <vn-button variant=${variant} label="icon only" icon="share" icon-only></vn-button>
            <vn-button variant=${variant} label="disabled" disabled></vn-button>`)}
          <vn-button label="link" href="#"></vn-button><vn-button label="toggle on" pressed="true"></vn-button><vn-button floating label="floating"></vn-button>
        </div></section>
      <section><h2>vn-chip</h2><div class="row"><vn-chip label="off"></vn-chip><vn-chip label="on" on></vn-chip><vn-chip label="count" count="128"></vn-chip><vn-chip label="on, count" count="3" on></vn-chip><vn-chip label="icon" icon="filter"></vn-chip></div></section>
      <section><h2>vn-combobox</h2><div class="row">
        <div class="column pad box"><vn-combobox></vn-combobox></div>
        <div class="column pad tall"><vn-combobox words="ram" status="ready" open .options=${suggestions}></vn-combobox></div>
        <div class="column pad box"><vn-combobox words="zzyzx" status="ready" open></vn-combobox></div>
        <div class="column pad box"><vn-combobox words="ram" status="failed" open></vn-combobox></div>
      </div></section>
      <section><h2>vn-stars</h2><div class="row"><vn-stars .stars=${4.4} count="128"></vn-stars><vn-stars .stars=${4.4} count="1" generated></vn-stars><vn-stars></vn-stars></div></section>
      <section><h2>vn-price</h2><div class="row"><vn-price minor="1090" list-minor="1700" currency="EUR" discount="35"></vn-price><vn-price minor="500" list-minor="500" currency="EUR"></vn-price><vn-price minor="120000" list-minor="150000" currency="JPY" discount="20"></vn-price><vn-price large minor="1090" list-minor="1700" currency="EUR" discount="35"></vn-price></div></section>
      <section><h2>vn-served</h2><vn-served .ways=${ways}></vn-served></section>

      <section><h2>vn-hit-card</h2><div class="column">
        <vn-hit-card .hit=${placeHit} rank="1" href="#"></vn-hit-card>
        <vn-hit-card .hit=${dealHit} rank="2" href="#" selected></vn-hit-card>
        <vn-hit-card .hit=${{ ...placeHit, serves: ways }} rank="3" href="#"></vn-hit-card>
        <vn-hit-card .hit=${{ ...placeHit, name: LONG, deals: [], deal_count: 0, open_now: null, rating: { stars: null, count: 0, generated: false, weighted: null } }} rank="100" href="#"></vn-hit-card>
      </div></section>
      <section><h2>vn-skeleton</h2><div class="column"><vn-skeleton cards="2"></vn-skeleton></div></section>
      <section><h2>vn-notice</h2>
        <div class="column"><vn-notice heading="Nothing found" detail="Nothing matches here."><vn-button variant="primary" label="Way out"></vn-button></vn-notice></div>
        <div class="column"><vn-notice tone="bad" heading="No connection" detail="No answer came."><vn-button label="Try again"></vn-button></vn-notice></div>
        <div class="column"><vn-notice tone="slow" heading="This takes longer than usual."></vn-notice></div>
      </section>
      <section><h2>vn-bars</h2><div class="column pad"><vn-bars .bars=${[
        { name: "Distance", value: 0.66, weight: 0.45, words: "420 m away", points: "29.7 of 45" },
        { name: "Rating", value: 0.8, weight: 0.25, words: "4.30 stars", points: "20 of 25" },
        { name: "Deal", value: 0, weight: 0.15, words: "No deal", points: "0 of 15" },
        { name: "Freshness", value: 1, weight: 0.05, words: "New", points: "5 of 5" },
      ]}></vn-bars></div></section>
      <section><h2>vn-hours</h2><div class="row">
        <div class="column pad"><vn-hours .hours=${hours} zone="Europe/Helsinki"></vn-hours></div>
        <div class="column pad"><vn-hours .hours=${null}></vn-hours></div>
        <div class="column pad"><vn-hours .hours=${{ text: "call us", status: null, week: null }} zone="Europe/Helsinki"></vn-hours></div>
      </div></section>
      <section><h2>vn-sheet</h2><p>A column where there is room, a sheet that is dragged on a phone.</p><div class="row">
        ${(["peek", "half", "full"] as const).map((stop) => html`<div class="column frame box"><vn-sheet stop=${stop}><p class="pad">${stop}</p></vn-sheet></div>`)}
      </div></section>
      <section><h2>vn-toast</h2><div class="column frame"><vn-toast text="Your position was not shared."></vn-toast></div></section>
      <section><h2>vn-dialog</h2><vn-button label="Open" @click=${this.openDialog}></vn-button><vn-dialog heading="A dialog" with-footer><p>Focus stays inside; Escape closes it.</p><vn-button slot="footer" variant="primary" label="Done"></vn-button></vn-dialog></section>
      <section><h2>Icons</h2><div class="row">${ICON_NAMES.map((name) => html`<span title=${name}>${icon(name)} <small>${name}</small></span>`)}</div></section>
    </main>`;
  }

  private openDialog(): void {
    const dialog = this.renderRoot.querySelector("vn-dialog");
    if (dialog) dialog.open = true;
  }
}

applyTheme();
const tag = document.documentElement.lang;
await useLanguage(isLanguage(tag) ? tag : "en");
document.querySelector("#components")?.append(document.createElement("vn-components"));
