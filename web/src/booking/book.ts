import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { ApiProblem, getUrl, isAbort, newKey, post, urlOf, type Availability, type Booking, type Held, type Payment } from "../api/client.js";
import { formStyle } from "../app/form-style.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/notice.js";
import "../components/skeleton.js";
import { clockAt, price } from "../i18n/format.js";
import { language, t } from "../i18n/messages.js";
import { bookingStyle } from "./style.js";
import { keepToken } from "./tokens.js";
import { minutes, moment, policyLines, secondsLeft } from "./words.js";

const WINDOW_MS = 7 * 86_400_000;

/** From a deal to its payment: a time, who comes, what is agreed; then to the provider's page. */
@customElement("vn-book")
export class VnBook extends LitElement {
  static override styles = [base, formStyle, bookingStyle, css`select { max-width: 12rem; }`];

  @property() deal = "";
  @property() place = "";
  @state() private party = 1;
  @state() private offer: Availability | null = null;
  /** The first instant of the week that is shown; null: now. */
  @state() private since: number | null = null;
  @state() private withoutTimes = false;
  @state() private held: Held | null = null;
  @state() private left = 0;
  @state() private busy = false;
  @state() private failure = "";
  @query("h3") private readonly heading?: HTMLElement;
  private receivedAt = 0;
  private timer = 0;
  private round = 0;
  private keys = { hold: newKey(), book: newKey(), pay: newKey() };
  private isBooked = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("deal") && !changed.has("place")) return;
    this.since = null;
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  /** The times for the party; where the service takes no party of that size, those for the nearest that it takes. */
  private async load(): Promise<void> {
    const round = ++this.round;
    this.failure = "";
    this.offer = null;
    try {
      let offer = await this.timesFor(this.party);
      const fitting = Math.min(Math.max(this.party, offer.party_min), offer.party_max);
      if (fitting !== this.party) offer = await this.timesFor(fitting);
      if (round !== this.round) return;
      this.party = fitting;
      this.offer = offer;
    } catch (error) {
      if (round !== this.round) return;
      if (error instanceof ApiProblem && error.status === 404) this.withoutTimes = true;
      else if (!isAbort(error)) this.failure = wordsFor(error);
    }
  }

  private async timesFor(party: number): Promise<Availability> {
    const from = this.since === null ? undefined : new Date(this.since).toISOString();
    return getUrl<Availability>(urlOf(`/v1/deals/${encodeURIComponent(this.deal)}/availability`, { place_id: this.place, party, from }));
  }

  override render(): TemplateResult {
    return html`<div class="stack">
      ${this.failure ? html`<p class="bad" role="alert">${this.failure}</p>` : nothing}
      ${this.held ? this.contact(this.held.booking) : this.times()}
    </div>`;
  }

  private times(): TemplateResult {
    const { offer } = this;
    if (this.withoutTimes) {
      return html`<h3 tabindex="-1">${t("book_how_many")}</h3>
        ${this.people(1, 10)}
        <div class="actions"><vn-button variant="primary" label=${t("book_go_on")} ?disabled=${this.busy} @click=${() => void this.hold()}></vn-button></div>`;
    }
    if (!offer) return this.failure ? html`<vn-button label=${t("retry")} @click=${() => void this.load()}></vn-button>` : html`<vn-skeleton cards="1"></vn-skeleton>`;
    const days = new Map<string, Availability["starts"]>();
    for (const start of offer.starts) {
      const day = moment(start.starts_at, offer.zone).split(",").slice(0, -1).join(",");
      days.set(day, [...(days.get(day) ?? []), start]);
    }
    return html`<h3 tabindex="-1">${t("book_when")}</h3>
      ${this.people(offer.party_min, offer.party_max)}
      ${days.size === 0 ? html`<p class="muted">${t("book_no_times")}</p>` : nothing}
      ${[...days].map(
        ([day, starts]) => html`<section>
          <p class="muted">${day}</p>
          <div class="times">
            ${starts.map(
              (start) => html`<button type="button" ?disabled=${this.busy} @click=${() => void this.hold(start.starts_at)}>
                ${clockAt(start.starts_at, offer.zone)}
              </button>`,
            )}
          </div>
        </section>`,
      )}
      ${this.weeks(offer)}`;
  }

  private weeks(offer: Availability): TemplateResult | typeof nothing {
    const next = (this.since ?? Date.parse(offer.as_of)) + WINDOW_MS;
    const hasLater = next <= Date.parse(offer.bookable_until);
    if (this.since === null && !hasLater) return nothing;
    return html`<div class="actions">
      ${this.since === null ? nothing : html`<vn-button label=${t("book_earlier")} @click=${() => this.week(next - 2 * WINDOW_MS, offer)}></vn-button>`}
      ${hasLater ? html`<vn-button label=${t("book_later")} @click=${() => this.week(next, offer)}></vn-button>` : nothing}
    </div>`;
  }

  private week(since: number, offer: Availability): void {
    this.since = since <= Date.parse(offer.as_of) ? null : since;
    void this.load().then(() => this.updateComplete).then(() => this.heading?.focus());
  }

  private people(least: number, most: number): TemplateResult {
    const counts = Array.from({ length: Math.min(most, 20) - least + 1 }, (_, index) => least + index);
    return html`<div>
      <label for="party">${this.withoutTimes ? t("book_count") : t("book_people")}</label>
      <select id="party" @change=${this.changeParty}>
        ${counts.map((count) => html`<option value=${count} ?selected=${count === this.party}>${count}</option>`)}
      </select>
    </div>`;
  }

  private contact(booking: Booking): TemplateResult {
    const { price: sums, place } = booking;
    const due = price(sums.due_minor, sums.currency);
    return html`<h3 tabindex="-1">${t("book_contact")}</h3>
      ${this.left > 0 || this.failure === ""
        ? html`<p class="countdown" role="timer">${this.left > 0 ? t("book_held_for", { time: minutes(this.left) }) : t("book_lapsed")}</p>`
        : nothing}
      <div class="facts">
        <strong><bdi>${booking.title}</bdi></strong>
        ${booking.starts_at ? html`<span>${moment(booking.starts_at, place.zone)}</span>` : nothing}
        <span>${t("book_total", { price: price(sums.price_minor, sums.currency), due })}</span>
      </div>
      <div class="policy">${policyLines(booking.cancellation, place.zone, sums.currency).map((line) => html`<p>${line}</p>`)}</div>
      <form @submit=${this.submit}>
        <div><label for="name">${t("book_name")}</label><input id="name" name="name" autocomplete="name" required maxlength="200" /></div>
        <div><label for="email">${t("book_email")}</label><input id="email" name="email" type="email" autocomplete="email" required maxlength="254" /></div>
        <div><label for="note">${t("book_note")}</label><input id="note" name="note" maxlength="500" /></div>
        <div class="actions">
          <vn-button variant="primary" ?disabled=${this.busy || this.left === 0} label=${sums.due_minor > 0 ? t("book_pay", { price: due }) : t("book_now")} @click=${this.send}></vn-button>
          <vn-button label=${t("book_other_time")} @click=${() => void this.release()}></vn-button>
        </div>
      </form>`;
  }

  private readonly changeParty = (event: Event): void => {
    this.party = Number((event.target as HTMLSelectElement).value);
    this.keys.hold = newKey();
    if (!this.withoutTimes) void this.load();
  };

  private async hold(startsAt?: string): Promise<void> {
    await this.working(async () => {
      const body = { deal_id: this.deal, place_id: this.place, party: this.party, channel: "web", ...(startsAt ? { starts_at: startsAt } : {}) };
      this.keys = { hold: newKey(), book: newKey(), pay: newKey() };
      this.held = await post<Held>("/v1/holds", { key: this.keys.hold, body });
      keepToken(this.held.booking.id, this.held.token);
      this.count(this.held.booking);
      await this.updateComplete;
      this.heading?.focus();
    });
    if (this.held === null && startsAt) {
      const told = this.failure;
      await this.load();
      this.failure = told;
    }
  }

  private count(booking: Booking): void {
    this.receivedAt = Date.now();
    const tick = (): void => {
      this.left = booking.expires_at === null ? 0 : secondsLeft(booking.expires_at, booking.as_of, this.receivedAt, Date.now());
    };
    tick();
    clearInterval(this.timer);
    this.timer = window.setInterval(tick, 1000);
  }

  private async release(): Promise<void> {
    const { held } = this;
    if (held === null) return;
    clearInterval(this.timer);
    this.held = null;
    this.isBooked = false;
    await post(`/v1/bookings/${held.booking.id}/cancel`, { key: newKey(), token: held.token }).catch(() => undefined);
    await this.load();
  }

  private readonly send = (): void => {
    this.renderRoot.querySelector("form")?.requestSubmit();
  };

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const { held } = this;
    if (held === null || this.busy) return;
    const contact = { name: textOf(given, "name"), email: textOf(given, "email"), note: textOf(given, "note"), language: language() };
    void this.working(async () => {
      if (!this.isBooked) {
        const body = { hold_id: held.booking.id, contact };
        const booked = await post<Booking>("/v1/bookings", { key: this.keys.book, token: held.token, body });
        this.isBooked = true;
        if (booked.state === "confirmed") {
          location.assign(`/bookings/${held.booking.id}`);
          return;
        }
      }
      const payment = await post<Payment>(`/v1/bookings/${held.booking.id}/payment`, { key: this.keys.pay, token: held.token });
      if (payment.checkout_url !== null) location.assign(payment.checkout_url);
    });
  };

  private async working(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.failure = "";
    try {
      await work();
    } catch (error) {
      this.failure = wordsFor(error);
      this.keys.book = newKey();
    } finally {
      this.busy = false;
    }
  }
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

export function wordsFor(error: unknown): string {
  if (!(error instanceof ApiProblem)) return t("no_network_detail");
  if (error.code === "slot_full" || error.code === "sold_out") return t("book_taken");
  if (error.code === "hold_expired") return t("book_lapsed");
  return error.detail;
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-book": VnBook;
  }
}
