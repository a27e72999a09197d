import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { ApiProblem, request, type Booking, type Payment } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/notice.js";
import "../components/skeleton.js";
import { price } from "../i18n/format.js";
import { t } from "../i18n/messages.js";
import { Attempt } from "./attempt.js";
import "./contact.js";
import "./move.js";
import { b, stateWords } from "./own-words.js";
import { bookingStyle } from "./style.js";
import { tokenOf } from "./tokens.js";
import { canMove, minutes, moment, policyLines, secondsLeft, wordsFor } from "./words.js";

const ASK_FIRST_MS = 1500;
const ASK_LAST_MS = 15_000;
const ENDED = new Set(["succeeded", "failed"]);

/** One booking, for who has its token, has proved its address, or is signed in: what is agreed, how its payment goes, and the ways on. */
@customElement("vn-my-booking")
export class VnMyBooking extends LitElement {
  static override styles = [base, bookingStyle];

  @property() booking = "";
  @property({ type: Boolean, attribute: "signed-in" }) signedIn = false;
  @state() private facts: Booking | null = null;
  @state() private payment: Payment | null = null;
  /** Why it could not be seen how it is. */
  @state() private unseen = "";
  @state() private unknown = false;
  @state() private asks = false;
  @state() private moves = false;
  /** It was moved here, just now. */
  @state() private isMoved = false;
  @state() private left = 0;
  private token: string | null = null;
  private receivedAt = 0;
  private readonly attempt = new Attempt(this);
  private timer = 0;
  private ticking = 0;
  private asked = 0;
  private round = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.token = tokenOf(this.booking);
    this.unknown = this.token === null && !this.signedIn;
    if (this.unknown) return;
    this.ticking = window.setInterval(this.tick, 1000);
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    clearInterval(this.ticking);
  }

  private readonly tick = (): void => {
    const { facts } = this;
    this.left = facts?.expires_at ? secondsLeft(facts.expires_at, facts.as_of, this.receivedAt, Date.now()) : 0;
  };

  private get init(): RequestInit {
    return { headers: this.token === null ? {} : { Authorization: `Bearer ${this.token}` }, cache: "no-store" };
  }

  /** Ask how it is, and again while something is still to come, less often the longer it takes. */
  private async look(): Promise<void> {
    clearTimeout(this.timer);
    const round = ++this.round;
    const path = `/v1/bookings/${encodeURIComponent(this.booking)}`;
    try {
      const facts = await request<Booking>(path, this.init);
      if (round !== this.round) return;
      const receivedAt = Date.now();
      const payment = facts.state === "held" ? null : await this.lastPayment(path);
      if (round !== this.round) return;
      if (facts.state !== this.facts?.state) this.attempt.failure = ""; // it went on without
      this.facts = facts;
      this.payment = payment;
      this.receivedAt = receivedAt;
      this.unseen = "";
    } catch (error) {
      if (round !== this.round) return;
      this.unknown = error instanceof ApiProblem && [400, 401, 404].includes(error.status);
      this.unseen = wordsFor(error);
    }
    this.tick();
    const wait = Math.min(ASK_LAST_MS, ASK_FIRST_MS * 1.1 ** this.asked++);
    if (this.isPending && !this.unknown) this.timer = window.setTimeout(() => void this.look(), wait);
  }

  private lastPayment(path: string): Promise<Payment | null> {
    return request<Payment>(`${path}/payment`, this.init).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.status === 404) return null;
      throw error;
    });
  }

  private get isPending(): boolean {
    const state = this.facts?.state;
    return this.unseen !== "" || state === "held" || state === "awaiting_payment" || this.goesBack || this.payment?.is_final === false;
  }

  /** Money that is owed is on its way, whether its refund is seen yet or not. */
  private get goesBack(): boolean {
    const refunds = this.payment?.refunds ?? [];
    const isOwed = this.payment?.state === "returned" || (this.facts?.price.refund_due_minor ?? 0) > 0;
    return refunds.some((each) => !ENDED.has(each.state)) || (isOwed && refunds.length === 0);
  }

  override render(): TemplateResult {
    if (this.unknown) return html`<vn-notice role="alert" tone="bad" heading=${b("booking_unknown")} detail=${b("booking_unknown_detail")}>
        <vn-button variant="primary" label=${b("guest_find")} href="/bookings"></vn-button>
      </vn-notice>`;
    const { facts } = this;
    if (facts === null) return html`<vn-skeleton cards="2"></vn-skeleton>`;
    const { price: sums, place } = facts;
    if (facts.state === "held" && this.left > 0) return this.offer(facts);
    return html`<div class="stack">
      <vn-notice role="status" heading=${this.heading(facts)} detail=${this.detail(facts)}></vn-notice>
      ${this.unseen ? html`<p class="bad" role="alert">${this.unseen}</p>` : nothing} ${this.attempt.told()}
      ${facts.state === "awaiting_payment" && this.left > 0
        ? html`<p class="countdown" role="timer">${b("book_held_for", { time: minutes(this.left) })}</p>`
        : nothing}
      <div class="facts">
        <strong><bdi>${facts.title}</bdi></strong>
        <span><a href=${`/places/${place.id}`}><bdi>${place.name}</bdi></a></span>
        ${facts.starts_at ? html`<span>${moment(facts.starts_at, place.zone)}</span>` : nothing}
        ${facts.address ? html`<span>${b("job_at", { address: facts.address })}</span>` : nothing}
        <span>${b("book_total", { price: price(sums.price_minor, sums.currency), due: price(sums.due_minor, sums.currency) })}</span>
        ${sums.paid_minor > 0 ? html`<span>${b("booking_paid", { price: price(sums.paid_minor, sums.currency) })}</span>` : nothing}
        ${this.moneyBack(facts)}
      </div>
      ${facts.state === "confirmed" || facts.state === "awaiting_payment"
        ? html`<div class="policy">${policyLines(facts.cancellation, place.zone, sums.currency).map((line) => html`<p>${line}</p>`)}</div>`
        : nothing}
      ${facts.state === "confirmed" ? html`<div class="qr"><img src=${`/bookings/${facts.id}/qr.svg`} alt=${t("qr_alt")} width="160" height="160" /></div>` : nothing}
      ${facts.state === "confirmed" && facts.starts_at && facts.deal && facts.price.refund_if_cancelled_minor !== null && !canMove(facts) ? html`<p class="muted">${b("move_too_late")}</p>` : nothing}
      <div class="actions">${this.actions(facts)}</div>
      ${facts.state === "confirmed"
        ? html`<vn-move .booking=${facts} .token=${this.token} ?open=${this.moves} @vn-moved=${this.moved} @close=${this.keepTime}></vn-move>`
        : nothing}
      <p class="muted"><a href="/bookings">${b("guest_all")}</a></p>
    </div>`;
  }

  /** A hold, such as one that the waitlist was offered: to be booked here. */
  private offer(facts: Booking): TemplateResult {
    return html`<div class="stack">
      <vn-notice role="status" heading=${this.heading(facts)} detail=${facts.place.name}></vn-notice>
      ${this.unseen ? html`<p class="bad" role="alert">${this.unseen}</p>` : nothing} ${this.attempt.told()}
      <vn-contact .booking=${facts} .token=${this.token} .left=${this.left} other=${b("wait_let_go")} @vn-other=${this.letGo} @vn-sending=${this.rest} @vn-failed=${() => void this.look()}></vn-contact>
    </div>`;
  }

  /** While the booking is being paid for there is no payment to ask for yet. */
  private readonly rest = (): void => {
    clearTimeout(this.timer);
    this.round += 1;
  };

  private readonly letGo = (): void => {
    void this.attempt.run(async () => {
      await this.attempt.requests.post(`/v1/holds/${this.booking}/release`, { token: this.token });
      await this.look();
    });
  };

  private actions(facts: Booking): TemplateResult {
    if (facts.state === "awaiting_payment" && this.left > 0) {
      return html`<vn-button variant="primary" label=${b("book_pay", { price: price(facts.price.due_minor, facts.price.currency) })} ?disabled=${this.attempt.busy} @click=${this.pay}></vn-button>
        <vn-button label=${b("booking_cancel")} ?disabled=${this.attempt.busy} @click=${this.cancel}></vn-button>`;
    }
    if (facts.state !== "confirmed") return html`<vn-button label=${b("booking_to_map")} href="/"></vn-button>`;
    if (this.asks) {
      const back = facts.price.refund_if_cancelled_minor ?? 0;
      const told = back > 0 ? b("booking_cancel_back", { price: price(back, facts.price.currency) }) : b("booking_cancel_no_money");
      return html`<span>${b("booking_cancel_sure")} ${facts.price.paid_minor > 0 ? told : nothing}</span>
        <vn-button label=${b("booking_cancel_yes")} ?disabled=${this.attempt.busy} @click=${this.cancel}></vn-button>
        <vn-button variant="primary" label=${b("booking_cancel_no")} @click=${() => (this.asks = false)}></vn-button>`;
    }
    return html`${facts.starts_at ? html`<vn-button variant="primary" label=${b("booking_calendar")} @click=${this.calendar}></vn-button>` : nothing}
      ${canMove(facts) ? html`<vn-button label=${b("move_time")} ?disabled=${this.attempt.busy} @click=${this.chooseTime}></vn-button>` : nothing}
      <vn-button label=${b("booking_cancel")} ?disabled=${this.attempt.busy} @click=${this.ask}></vn-button>`;
  }

  private moneyBack(facts: Booking): TemplateResult | typeof nothing {
    const refunds = this.payment?.refunds ?? [];
    if (refunds.length > 0) return html`${refunds.map((each) => html`<span>${this.refund(each)}</span>`)}`;
    const { paid_minor: paid, refund_due_minor: due, currency } = facts.price;
    if (facts.state !== "cancelled" || paid === 0) return nothing;
    return html`<span>${due > 0 ? b("refund_on_its_way", { price: price(due, currency) }) : b("refund_none")}</span>`;
  }

  private heading(facts: Booking): string {
    if (this.payment?.state === "returned") return b("booking_returned");
    if (facts.state === "awaiting_payment" && this.payment?.state === "capturing") return b("booking_capturing");
    return this.isMoved && facts.state === "confirmed" ? b("move_done") : stateWords(facts.state);
  }

  private detail(facts: Booking): string {
    if (this.payment?.state === "returned") return b("booking_returned_detail");
    if (facts.state === "confirmed" && this.isMoved) return facts.contact.email ? b("move_mailed", { email: facts.contact.email }) : "";
    if (facts.state === "confirmed") return facts.contact.email ? b("booking_mailed", { email: facts.contact.email }) : "";
    if (facts.state === "awaiting_payment") return this.payment?.decline_code ? b("booking_declined") : b("booking_awaiting_detail");
    return "";
  }

  private refund(refund: Payment["refunds"][number]): string {
    const sum = { price: price(refund.amount_minor, refund.currency) };
    if (refund.state === "succeeded") return b("refund_succeeded", sum);
    return refund.state === "failed" ? b("refund_failed", sum) : b("refund_on_its_way", sum);
  }

  private readonly pay = (): void => {
    void this.attempt.run(async () => {
      const payment = await this.attempt.requests.post<Payment>(`/v1/bookings/${this.booking}/payment`, { token: this.token });
      if (payment.checkout_url !== null) location.assign(payment.checkout_url);
    });
  };

  /** Whether it can still be moved changes with time, so it is asked for now. */
  private readonly chooseTime = (): void => {
    void this.attempt.run(async () => {
      await this.look();
      this.moves = this.facts !== null && canMove(this.facts);
    });
  };

  private readonly moved = (event: CustomEvent<Booking>): void => {
    this.facts = event.detail;
    this.receivedAt = Date.now();
    this.moves = false;
    this.isMoved = true;
  };

  private readonly keepTime = (): void => {
    this.moves = false;
  };

  /** What comes back changes with time, so it is asked for now. */
  private readonly ask = (): void => {
    void this.attempt.run(async () => {
      await this.look();
      this.asks = true;
    });
  };

  private readonly cancel = (): void => {
    this.asked = 0;
    void this.attempt.run(async () => {
      await this.attempt.requests.post(`/v1/bookings/${this.booking}/cancel`, { token: this.token });
      this.asks = false;
      await this.look();
    });
  };

  private readonly calendar = (): void => {
    void this.attempt.run(async () => {
      const response = await fetch(`/v1/bookings/${this.booking}/calendar`, this.init);
      if (!response.ok) throw new ApiProblem(response.status, "no_answer", response.statusText, null, null);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await response.blob());
      link.download = "booking.ics";
      link.click();
      URL.revokeObjectURL(link.href);
    });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-my-booking": VnMyBooking;
  }
}
