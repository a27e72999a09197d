import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { ApiProblem, NetworkFailure, type Hit } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/hit-card.js";
import "../components/notice.js";
import "../components/skeleton.js";
import { number } from "../i18n/format.js";
import { plural, t } from "../i18n/messages.js";
import { filtersOf, type Question } from "./address.js";
import { hrefOf } from "./links.js";
import { canWiden } from "./ways-out.js";
import { meaningOf, orderOf } from "./order.js";
import type { SearchSession } from "./search-session.js";

/** The list: cards, what is loading, and the ways out when there is nothing. Fires `way-out` and `more`. */
@customElement("vn-results")
export class VnResults extends LitElement {
  static override styles = [
    base,
    css`
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
        min-height: 3rem;
        padding: var(--space-2) var(--space-4);
        border-bottom: 1px solid var(--line);
        font-size: var(--text-s);
      }
      h2 {
        font-size: var(--text-s);
        font-weight: 650;
      }
      .meaning {
        padding: var(--space-2) var(--space-4);
        font-size: var(--text-xs);
        color: var(--ink-muted);
        border-bottom: 1px solid var(--line);
      }
      .stale {
        opacity: 0.55;
      }
      .end {
        display: grid;
        gap: var(--space-3);
        justify-items: center;
        padding: var(--space-4);
        color: var(--ink-muted);
        font-size: var(--text-s);
        text-align: center;
      }
      .credits {
        padding: var(--space-4);
        color: var(--ink-muted);
        font-size: var(--text-xs);
      }
    `,
  ];

  @property({ attribute: false }) session!: SearchSession;
  @property({ attribute: false }) question: Question = {};
  @property() selected: string | null = null;
  /** Changes whenever the session does, so that the list is drawn again. */
  @property({ attribute: false }) beat = 0;

  override render(): TemplateResult {
    const { session } = this;
    const waiting = session.status === "loading" || session.status === "idle";
    return html`<section aria-busy=${waiting ? "true" : "false"}>
      <div class="head">
        <h2>${this.heading()}</h2>
        <slot name="order"></slot>
      </div>
      <p class="meaning">${meaningOf(orderOf(this.question))}</p>
      ${session.slow ? html`<vn-notice tone="slow" heading=${t("slow")}></vn-notice>` : nothing}
      ${session.status === "failed" ? this.failure() : nothing}
      ${session.status === "ready" && session.hits.length === 0 ? this.empty() : nothing}
      ${waiting && session.hits.length === 0 ? html`<vn-skeleton cards="6"></vn-skeleton>` : nothing}
      ${session.status === "failed" ? nothing : this.list(session.hits, waiting)}
    </section>`;
  }

  private heading(): string {
    const { session } = this;
    if (session.status === "failed") return t("results");
    if (session.page === null) return t("searching");
    const { value, relation } = session.page.total;
    return relation === "gte" ? t("at_least_results", { count: number(value) }) : plural("found", value);
  }

  private list(hits: readonly Hit[], waiting: boolean): TemplateResult | typeof nothing {
    if (hits.length === 0) return nothing;
    const more = this.session.page?.next_cursor != null;
    return html`<ol class=${waiting ? "stale" : ""} role="list" aria-label=${t("results")} @pointerover=${this.hovered} @pointerleave=${this.left}>
        ${repeat(
          hits,
          (hit) => hit.id,
          (hit, index) => html`<li data-id=${hit.id ?? ""}>
            <vn-hit-card .hit=${hit} rank=${index + 1} href=${hrefOf(hit)} ?selected=${hit.id === this.selected}></vn-hit-card>
          </li>`,
        )}
      </ol>
      <div class="end">
        ${more
          ? html`<vn-button label=${t("more_results")} ?disabled=${this.session.extending} @click=${() => this.tell("more")}></vn-button>`
          : t("end_of_results")}
        ${this.session.failure !== null && this.session.status === "ready"
          ? html`<p role="alert">${t("more_failed")}</p>`
          : nothing}
      </div>
      <p class="credits">${this.credits()}</p>
      <p class="credits"><a href="/bookings">${t("guest_page")}</a></p>`;
  }

  private credits(): unknown {
    const named = this.session.page?.attribution ?? [];
    const madeUp = this.session.hits.some((hit) => hit.deal?.generated === true || hit.rating?.generated === true);
    return html`${named.map((each) => html`<a href=${each.url} rel="noopener">${each.text}</a> `)}
    ${madeUp ? t("generated_note") : nothing}`;
  }

  private empty(): TemplateResult {
    const filters = filtersOf(this.question);
    return html`<vn-notice heading=${t("nothing_found")} detail=${this.question.q ? t("nothing_for", { words: this.question.q }) : t("nothing_here")}>
      ${canWiden(this.question) ? html`<vn-button variant="primary" label=${t("widen")} @click=${() => this.tell("way-out", "widen")}></vn-button>` : nothing}
      ${filters.map(
        (name) => html`<vn-button label=${t("drop_filter", { filter: t(`filter_${name}` as never) })} icon="close" @click=${() => this.tell("way-out", name)}></vn-button>`,
      )}
      ${this.question.q ? html`<vn-button label=${t("drop_words")} icon="close" @click=${() => this.tell("way-out", "q")}></vn-button>` : nothing}
    </vn-notice>`;
  }

  private failure(): TemplateResult {
    const { failure } = this.session;
    const again = html`<vn-button variant="primary" label=${t("retry")} @click=${() => this.tell("way-out", "retry")}></vn-button>`;
    if (failure instanceof NetworkFailure) {
      return html`<vn-notice role="alert" tone="bad" heading=${t("no_network")} detail=${t("no_network_detail")}>${again}</vn-notice>`;
    }
    if (failure instanceof ApiProblem && failure.status === 429) {
      return html`<vn-notice role="alert" tone="bad" heading=${t("too_many")} detail=${t("too_many_detail", { seconds: failure.retryAfterSeconds ?? 60 })}>${again}</vn-notice>`;
    }
    if (failure instanceof ApiProblem && failure.status < 500) {
      return html`<vn-notice role="alert" tone="bad" heading=${t("refused")} detail=${failure.detail}>
        <vn-button variant="primary" label=${t("start_over")} @click=${() => this.tell("way-out", "start")}></vn-button>
      </vn-notice>`;
    }
    return html`<vn-notice role="alert" tone="bad" heading=${t("server_error")} detail=${t("server_error_detail")}>${again}</vn-notice>`;
  }

  private tell(name: string, detail?: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private hovered(event: Event): void {
    const item = (event.target as Element).closest<HTMLElement>("li[data-id]");
    if (item) this.tell("hover-hit", item.dataset.id);
  }

  private left(): void {
    this.tell("hover-hit");
  }

  async focusFirst(): Promise<void> {
    const first = this.session.hits[0]?.id;
    if (first !== undefined) await this.focusHit(first);
  }

  /** Put the keyboard back on the card of a hit. */
  async focusHit(id: string): Promise<void> {
    await this.updateComplete;
    const items = [...this.renderRoot.querySelectorAll<HTMLElement>("li[data-id]")];
    items.find((item) => item.dataset.id === id)?.querySelector("vn-hit-card")?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-results": VnResults;
  }
}
