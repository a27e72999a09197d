import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { ApiProblem, getUrl, type Availability, type Booking } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/dialog.js";
import "../components/skeleton.js";
import { clockAt, price } from "../i18n/format.js";
import { t } from "../i18n/messages.js";
import { Attempt } from "./attempt.js";
import { b } from "./own-words.js";
import { isFinal } from "./requests.js";
import { bookingStyle } from "./style.js";
import { laterWeek, weekUrl, WINDOW_MS } from "./weeks.js";
import { daysOf, moment, movedTo, policyLines, wordsFor } from "./words.js";

/** Another time for a booking: which, what changes with it, and the move. Fires `vn-moved`, and `close`. */
@customElement("vn-move")
export class VnMove extends LitElement {
  static override styles = [base, bookingStyle];

  @property({ attribute: false }) booking!: Booking;
  @property({ attribute: false }) token: string | null = null;
  @property({ type: Boolean }) open = false;
  @state() private offer: Availability | null = null;
  /** The first instant of the week that is shown; null: now. */
  @state() private since: number | null = null;
  @state() private chosen: string | null = null;
  @query("h3") private readonly heading?: HTMLElement;
  private readonly attempt = new Attempt(this);
  private round = 0;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("open") || !this.open) return;
    this.since = null;
    this.chosen = null;
    this.attempt.failure = "";
    void this.load();
  }

  override render(): TemplateResult {
    return html`<vn-dialog heading=${b("move_time")} .open=${this.open} @close=${this.close}>
      <div class="stack">
        ${this.attempt.told()}
        ${this.chosen === null ? this.times() : this.change(this.booking, this.chosen)}
      </div>
    </vn-dialog>`;
  }

  private times(): TemplateResult {
    const { offer } = this;
    if (!offer) return this.attempt.failure ? html`<div><vn-button label=${t("retry")} @click=${() => void this.load()}></vn-button></div>` : html`<vn-skeleton cards="1"></vn-skeleton>`;
    const others = offer.starts.filter((start) => start.starts_at !== this.booking.starts_at);
    const days = daysOf(others, [], offer.zone);
    return html`<h3 tabindex="-1">${b("book_when")}</h3>
      ${days.length === 0 ? html`<p class="muted">${b("book_no_times")}</p>` : nothing}
      ${days.map(
        (day) => html`<section>
          <p class="muted">${day.label}</p>
          <div class="times">
            ${day.free.map((start) => html`<button type="button" @click=${() => this.choose(start.starts_at)}>${clockAt(start.starts_at, offer.zone)}</button>`)}
          </div>
        </section>`,
      )}
      ${this.weeks(offer)}`;
  }

  private weeks(offer: Availability): TemplateResult {
    const { since } = this;
    const later = laterWeek(offer, since);
    return html`<div class="actions">
      ${since === null ? nothing : html`<vn-button label=${b("book_earlier")} @click=${() => this.week(since - WINDOW_MS, offer)}></vn-button>`}
      ${later === null ? nothing : html`<vn-button label=${b("book_later")} @click=${() => this.week(later, offer)}></vn-button>`}
    </div>`;
  }

  /** What is another then, and what is not. */
  private change(booking: Booking, chosen: string): TemplateResult {
    const { place, price: sums } = booking;
    const cancellation = movedTo(booking, chosen);
    return html`<h3 tabindex="-1">${b("move_sure")}</h3>
      <div class="facts">
        <s>${moment(booking.starts_at ?? chosen, place.zone)}</s>
        <strong>${moment(chosen, place.zone)}</strong>
        <span>${b("move_price_stays", { price: price(sums.price_minor, sums.currency) })}</span>
        ${booking.address ? html`<span>${b("job_at", { address: booking.address })}</span>` : nothing}
      </div>
      <div class="policy">${policyLines(cancellation, place.zone, sums.currency).map((line) => html`<p>${line}</p>`)}</div>
      <div class="actions">
        <vn-button variant="primary" label=${b("move_yes")} ?disabled=${this.attempt.busy} @click=${() => void this.move(chosen)}></vn-button>
        <vn-button label=${b("book_other_time")} ?disabled=${this.attempt.busy} @click=${() => this.choose(null)}></vn-button>
      </div>`;
  }

  private choose(start: string | null): void {
    this.chosen = start;
    this.attempt.failure = "";
    this.toHeading();
  }

  private week(since: number, offer: Availability): void {
    this.since = since <= Date.parse(offer.as_of) ? null : since;
    void this.load().then(() => this.toHeading());
  }

  private toHeading(): void {
    void this.updateComplete.then(() => this.heading?.focus());
  }

  private async load(): Promise<void> {
    const round = ++this.round;
    const { deal, place, party } = this.booking;
    this.offer = null;
    this.attempt.failure = "";
    try {
      const offer = await getUrl<Availability>(weekUrl({ deal: deal?.id ?? "", place: place.id, party, since: this.since }));
      if (round === this.round) this.offer = offer;
    } catch (error) {
      if (round === this.round) this.attempt.failure = wordsFor(error);
    }
  }

  private async move(startsAt: string): Promise<void> {
    const error = await this.attempt.run(
      async () => {
        const write = { token: this.token, body: { starts_at: startsAt } };
        const moved = await this.attempt.requests.post<Booking>(`/v1/bookings/${this.booking.id}/move`, write);
        this.dispatchEvent(new CustomEvent("vn-moved", { detail: moved }));
      },
      () => void this.move(startsAt),
    );
    if (error !== null && isFinal(error)) await this.refused(error);
  }

  /** It keeps its time: who asked is told why, and sees the times of now. */
  private async refused(error: unknown): Promise<void> {
    this.chosen = null;
    await this.load();
    this.attempt.failure = refusalWords(error);
  }

  private readonly close = (): void => {
    this.dispatchEvent(new Event("close"));
  };
}

function refusalWords(error: unknown): string {
  if (!(error instanceof ApiProblem)) return wordsFor(error);
  switch (error.code) {
    case "booking_state":
      return b("move_too_late");
    case "slot_unavailable":
      return b("move_not_then");
    case "outside_area":
    case "below_minimum":
      return b("move_not_served");
    default:
      return wordsFor(error);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-move": VnMove;
  }
}
