import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { CategoryNode } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/chip.js";
import { icon } from "../components/icons.js";
import { compact, number } from "../i18n/format.js";
import { t } from "../i18n/messages.js";
import { filtersOf, type Question } from "./address.js";
import { rowFor } from "./categories.js";
import "./search-box.js";
import type { Picked, Typed } from "./search-box.js";

const ON_CHIPS: readonly (keyof Question)[] = ["kind", "category", "open_now"];

/**
 * Name, search box, quick filters and categories. Fires `ask` with the parameters to replace (undefined drops one),
 * `words` and `pick` of the search box, `filters`, `switch-language` and `switch-theme`.
 */
@customElement("vn-header")
export class VnHeader extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        min-width: 0;
        background: var(--surface);
      }
      .bar {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        padding: var(--space-3) var(--space-4) var(--space-2);
      }
      .brand {
        margin-right: auto;
        font-size: var(--text-l);
        font-weight: 720;
        letter-spacing: -0.02em;
        color: var(--ink);
        text-decoration: none;
        display: flex;
        align-items: center;
        gap: 0.4rem;
      }
      .brand svg {
        color: var(--accent);
      }
      vn-search-box {
        display: block;
        padding: 0 var(--space-4) var(--space-3);
      }
      .row {
        display: flex;
        gap: var(--space-2);
        padding: 0 var(--space-4) var(--space-3);
        overflow-x: auto;
        scrollbar-width: none;
        border-bottom: 1px solid var(--line);
      }
      .kinds {
        padding-bottom: var(--space-2);
        border: 0;
      }
      @media (max-width: 59.99rem) {
        :host {
          background: none;
          pointer-events: none;
        }
        header > * {
          pointer-events: auto;
        }
        .bar {
          position: absolute;
          right: 0;
          padding: var(--space-2);
        }
        .bar vn-button {
          --ghost-surface: var(--surface);
          border-radius: var(--radius-full);
          box-shadow: var(--shadow-m);
        }
        .brand,
        .wide {
          display: none;
        }
        vn-search-box {
          --list-right: -6.25rem;
          padding: var(--space-2) 7rem var(--space-2) var(--space-3);
        }
        .row {
          border: 0;
          padding: 0 var(--space-3) var(--space-2);
        }
      }
    `,
  ];

  @property({ attribute: false }) question: Question = {};
  @property({ attribute: false }) categories: readonly CategoryNode[] = [];
  /** How many of the answer each category holds. */
  @property({ attribute: false }) counts: Readonly<Record<string, number>> = {};
  @property({ type: Boolean }) dark = false;
  @property() language = "en";

  override render(): TemplateResult {
    return html`<header>
      <div class="bar">
        <a class="brand" href="/">${icon("pin", 22)}<span>Vicinity</span></a>
        <vn-button class="wide" variant="ghost" icon="ticket" icon-only label=${t("guest_page")} href="/bookings"></vn-button>
        <vn-button variant="ghost" icon="globe" icon-only label=${t("switch_language")} @click=${() => this.tell("switch-language")}></vn-button>
        <vn-button variant="ghost" icon=${this.dark ? "sun" : "moon"} icon-only label=${this.dark ? t("light_mode") : t("dark_mode")} @click=${() => this.tell("switch-theme")}></vn-button>
      </div>
      <vn-search-box .question=${this.question} .language=${this.language} @words=${this.pass} @pick=${this.pass}></vn-search-box>
      <div class="row kinds" role="group" aria-label=${t("quick_filters")}>${this.quickFilters()}</div>
      <div class="row" role="group" aria-label=${t("categories")}>${this.categoryChips()}</div>
    </header>`;
  }

  private quickFilters(): TemplateResult {
    const { question } = this;
    const extra = filtersOf(question).filter((name) => !ON_CHIPS.includes(name)).length;
    const openNow = question.open_now === "true";
    const kind = (value: "place" | "deal"): void => this.ask({ kind: question.kind === value ? undefined : value });
    return html`
      <vn-chip icon="filter" label=${t("filters")} .count=${extra > 0 ? number(extra) : null} ?on=${extra > 0} @click=${() => this.tell("filters")}></vn-chip>
      <vn-chip label=${t("open_now")} ?on=${openNow} @click=${() => this.ask({ open_now: openNow ? undefined : "true", open_at: undefined })}></vn-chip>
      <vn-chip label=${t("kind_deal")} ?on=${question.kind === "deal"} @click=${() => kind("deal")}></vn-chip>
      <vn-chip label=${t("kind_place")} ?on=${question.kind === "place"} @click=${() => kind("place")}></vn-chip>
    `;
  }

  private categoryChips(): TemplateResult {
    const { path, choices } = rowFor(this.categories, this.question.category);
    return html`${path.map((node, index) => html`<vn-chip on icon="close" label=${node.name} @click=${() => this.ask({ category: path[index - 1]?.slug })}></vn-chip>`)}
    ${choices.map((node) => html`<vn-chip label=${node.name} .count=${this.countOf(node.slug)} @click=${() => this.ask({ category: node.slug })}></vn-chip>`)}`;
  }

  private countOf(slug: string): string | null {
    const count = this.counts[slug];
    return count === undefined ? null : compact(count);
  }

  private ask(changes: Partial<Record<keyof Question, string | undefined>>): void {
    this.dispatchEvent(new CustomEvent("ask", { detail: changes }));
  }

  private pass(event: CustomEvent<Typed | Picked>): void {
    this.dispatchEvent(new CustomEvent(event.type, { detail: event.detail }));
  }

  private tell(name: string): void {
    this.dispatchEvent(new Event(name));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-header": VnHeader;
  }
}
