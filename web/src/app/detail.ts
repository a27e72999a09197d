import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { ApiProblem, get, isAbort, type Deal, type Hit, type Place, type SearchPage } from "../api/client.js";
import "../components/bars.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/notice.js";
import "../components/served.js";
import "../components/skeleton.js";
import "../components/stars.js";
import { distance, number } from "../i18n/format.js";
import { language, t } from "../i18n/messages.js";
import "./deal-part.js";
import { factsStyle } from "./facts-style.js";
import { directionsTo } from "./links.js";
import "./place-part.js";
import "./qr.js";
import { barsOf, orderWords } from "./why.js";

interface Subject {
  kind: "place" | "deal";
  id: string;
  placeId: string;
}

/** `place:<id>` or `deal:<id>:<place id>`. */
export function subjectOf(hitId: string): Subject | null {
  const [kind, id, placeId] = hitId.split(":");
  if (kind === "place" && id) return { kind, id, placeId: id };
  if (kind === "deal" && id && placeId) return { kind, id, placeId };
  return null;
}

/** One place or deal in full. Fires `close`, `why` (on or off) and `open-hit`. */
@customElement("vn-detail")
export class VnDetail extends LitElement {
  static override styles = [
    base,
    factsStyle,
    css`
      .top {
        position: sticky;
        top: 0;
        z-index: 1;
        display: flex;
        justify-content: space-between;
        padding: var(--space-2);
        background: var(--surface);
      }
      .body {
        display: grid;
        gap: var(--space-5);
        padding: 0 var(--space-5) var(--space-6);
      }
      h2 {
        font-size: var(--text-xl);
        font-weight: 680;
        line-height: 1.2;
        letter-spacing: -0.015em;
        outline: none;
        overflow-wrap: anywhere;
      }
      .kicker {
        font-size: var(--text-s);
        font-weight: 600;
        color: var(--deal);
        margin-bottom: 0.2rem;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 0;
        margin: var(--space-2) 0 0 -1.1rem;
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
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
      .panel {
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        padding: var(--space-4);
      }
      .why {
        background: var(--paper);
      }
      .why .total {
        font-size: var(--text-s);
        color: var(--ink-muted);
        margin-bottom: var(--space-3);
      }
    `,
  ];

  /** The id of what is open, as hits are named. */
  @property() subject = "";
  @property({ attribute: false }) hit: Hit | null = null;
  @property({ type: Number }) rank = 0;
  @property({ attribute: false }) ranking: SearchPage["ranking"] | null = null;
  @property({ type: Boolean }) why = false;
  @property() language = "en";
  @state() private place: Place | null = null;
  @state() private deal: Deal | null = null;
  @state() private failure: unknown = null;
  @state() private showQr = false;
  @state() private told = "";
  @query("h2") private readonly heading?: HTMLElement;
  private running: AbortController | null = null;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("subject") || (changed.has("language") && this.hasUpdated)) void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.running?.abort();
  }

  /** A dialog of its own is open, which Escape closes first. */
  get hasDialog(): boolean {
    return this.showQr;
  }

  async focusTitle(): Promise<void> {
    await this.updateComplete;
    this.heading?.focus();
  }

  private async load(): Promise<void> {
    this.running?.abort();
    const subject = subjectOf(this.subject);
    this.place = null;
    this.deal = null;
    this.failure = null;
    this.told = "";
    if (subject === null) return;
    const mine = new AbortController();
    this.running = mine;
    const query = { lang: language() };
    try {
      const [place, deal] = await Promise.all([
        get("/v1/places/{id}", { id: subject.placeId, query, signal: mine.signal }),
        subject.kind === "deal" ? get("/v1/deals/{id}", { id: subject.id, query, signal: mine.signal }) : null,
      ]);
      this.place = place;
      this.deal = deal;
    } catch (error) {
      if (!isAbort(error)) this.failure = error;
    }
  }

  override render(): TemplateResult {
    return html`<div class="top">
        <vn-button variant="ghost" icon="back" label=${t("back_to_results")} @click=${() => this.tell("close")}></vn-button>
      </div>
      <div class="body">${this.content()}</div>`;
  }

  private content(): TemplateResult {
    if (this.failure !== null) return this.failed();
    const name = this.deal?.title ?? this.hit?.deal?.title ?? this.place?.name ?? this.hit?.name;
    const heading = html`<header>
      ${this.subject.startsWith("deal") ? html`<p class="kicker">${t("deal")}</p>` : nothing}
      <h2 tabindex="-1"><bdi>${name ?? t("loading")}</bdi></h2>
      ${this.place || this.hit ? this.facts() : nothing}
    </header>`;
    const { place } = this;
    // One template before and after the answer: a heading made anew would lose the focus.
    return html`${heading} ${place && this.deal ? html`<vn-deal-part .deal=${this.deal} zone=${place.zone} place=${place.id} .at=${place} .language=${this.language}></vn-deal-part>` : nothing} ${place ? this.actions(place) : nothing}
    ${this.whyPanel()} ${place
      ? html`<vn-place-part .place=${place} .deal=${this.deal} .language=${this.language}></vn-place-part>
          <vn-qr path=${this.deal ? `/deals/${this.deal.id}` : `/places/${place.id}`} .open=${this.showQr} .language=${this.language} @close=${() => (this.showQr = false)}></vn-qr>`
      : html`<vn-skeleton cards="2"></vn-skeleton>`}`;
  }

  private facts(): TemplateResult {
    const rating = this.place?.rating ?? this.hit?.rating;
    const category = this.place?.category.name ?? this.hit?.category?.name;
    const away = this.hit?.distance_metres;
    const ways = this.hit?.serves;
    return html`${ways ? html`<vn-served .ways=${ways}></vn-served>` : nothing}<p class="facts">
      ${this.subject.startsWith("deal") ? html`<span><bdi>${this.place?.name ?? this.hit?.name}</bdi></span>` : nothing}
      <span><vn-stars .stars=${rating?.stars ?? null} count=${rating?.count ?? 0} ?generated=${rating?.generated ?? false}></vn-stars></span>
      <span>${category}</span>
      ${away == null ? nothing : html`<span>${t("away", { distance: distance(away) })}</span>`}
    </p>`;
  }

  private actions(place: Place): TemplateResult {
    return html`<div class="actions">
      <vn-button variant="primary" icon="route" label=${t("directions")} href=${directionsTo(place.lat, place.lon)}></vn-button>
      ${this.hit?.why
        ? html`<vn-button icon="bars" label=${t("why")} expanded=${this.why ? "true" : "false"} @click=${() => this.tell("why", !this.why)}></vn-button>`
        : nothing}
      <vn-button icon="share" label=${t("share")} @click=${this.share}></vn-button>
      <vn-button icon="qr" label=${t("qr")} @click=${() => (this.showQr = true)}></vn-button>
      <span class="visually-hidden" role="status">${this.told}</span>
      ${this.told ? html`<p class="muted" aria-hidden="true">${this.told}</p>` : nothing}
    </div>`;
  }

  private whyPanel(): TemplateResult | typeof nothing {
    const { hit, ranking } = this;
    if (!this.why || !hit?.why || !ranking) return nothing;
    return html`<section class="panel why" aria-label=${t("why")}>
      <h3>${t("why_rank", { rank: number(this.rank) })}</h3>
      <p class="total">${orderWords(hit, ranking)} ${t("score_of_100", { score: number((hit.score ?? 0) * 100, 1) })}</p>
      <vn-bars .bars=${barsOf(hit, ranking)}></vn-bars>
    </section>`;
  }

  private failed(): TemplateResult {
    const gone = this.failure instanceof ApiProblem && [404, 410].includes(this.failure.status);
    return html`<vn-notice role="alert" tone="bad" heading=${gone ? t("gone") : t("no_network")} detail=${gone ? t("gone_detail") : t("no_network_detail")}>
      ${gone ? nothing : html`<vn-button variant="primary" label=${t("retry")} @click=${() => void this.load()}></vn-button>`}
    </vn-notice>`;
  }

  private share = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      this.told = t("link_copied");
    } catch {
      this.told = t("link_not_copied");
    }
  };

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-detail": VnDetail;
  }
}
