import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import { ApiProblem, type Booking, type Payment } from "../api/client.js";
import { formStyle } from "../app/form-style.js";
import { base } from "../components/base.js";
import "../components/button.js";
import { price } from "../i18n/format.js";
import { language } from "../i18n/messages.js";
import { Attempt } from "./attempt.js";
import { b } from "./own-words.js";
import { bookingStyle } from "./style.js";
import { minutes, moment, policyLines } from "./words.js";

/** Who books what is held, and what is agreed; then to the provider's page. Tells `vn-other` of the other button, `vn-sending` before anything is sent, and `vn-failed`. */
@customElement("vn-contact")
export class VnContact extends LitElement {
  static override styles = [base, formStyle, bookingStyle];

  @property({ attribute: false }) booking?: Booking;
  /** Null: who is signed in asks. */
  @property({ attribute: false }) token: string | null = null;
  /** Seconds for which it is kept. */
  @property({ type: Number }) left = 0;
  /** What the other button says. */
  @property() other = "";
  /** Whether the reader is taken here. */
  @property({ type: Boolean }) focused = false;
  @query("h3") private readonly heading?: HTMLElement;
  private readonly attempt = new Attempt(this);
  private isBooked = false;

  override firstUpdated(changed: PropertyValues<this>): void {
    super.firstUpdated(changed);
    if (this.focused) this.heading?.focus();
  }

  override render(): TemplateResult | typeof nothing {
    const { booking } = this;
    if (!booking) return nothing;
    const { price: sums, place, contact } = booking;
    const due = price(sums.due_minor, sums.currency);
    return html`<div class="stack">
      ${this.attempt.told()}
      <h3 tabindex="-1">${b("book_contact")}</h3>
      ${this.left > 0 || this.attempt.failure === ""
        ? html`<p class="countdown" role="timer">${this.left > 0 ? b("book_held_for", { time: minutes(this.left) }) : b("book_lapsed")}</p>`
        : nothing}
      <div class="facts">
        <strong><bdi>${booking.title}</bdi></strong>
        ${booking.starts_at ? html`<span>${moment(booking.starts_at, place.zone)}</span>` : nothing}
        ${booking.address ? html`<span>${b("job_at", { address: booking.address })}</span>` : nothing}
        <span>${b("book_total", { price: price(sums.price_minor, sums.currency), due })}</span>
      </div>
      <div class="policy">${policyLines(booking.cancellation, place.zone, sums.currency).map((line) => html`<p>${line}</p>`)}</div>
      <form @submit=${this.submit}>
        <div>
          <label for="name">${b("book_name")}</label>
          <input id="name" name="name" value=${contact.name} autocomplete="name" required maxlength="200" />
        </div>
        <div>
          <label for="email">${b("book_email")}</label>
          <input id="email" name="email" value=${contact.email ?? ""} type="email" autocomplete="email" required maxlength="254" />
        </div>
        <div><label for="note">${b("book_note")}</label><input id="note" name="note" maxlength="500" /></div>
        <div class="actions">
          <vn-button variant="primary" ?disabled=${this.attempt.busy || this.left === 0} label=${sums.due_minor > 0 ? b("book_pay", { price: due }) : b("book_now")} @click=${this.send}></vn-button>
          <vn-button label=${this.other} ?disabled=${this.attempt.busy} @click=${() => this.dispatchEvent(new CustomEvent("vn-other"))}></vn-button>
        </div>
      </form>
    </div>`;
  }

  private readonly send = (): void => {
    this.renderRoot.querySelector("form")?.requestSubmit();
  };

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    const { booking } = this;
    if (!booking || this.attempt.busy) return;
    const given = new FormData(event.target as HTMLFormElement);
    const contact = { name: textOf(given, "name"), email: textOf(given, "email"), note: textOf(given, "note"), language: language() };
    void this.goOn(booking.id, contact);
  };

  /** Once more where it failed: what was done is done, and its key is kept for what may have been. */
  private async goOn(id: string, contact: object): Promise<void> {
    this.dispatchEvent(new Event("vn-sending"));
    const error = await this.attempt.run(() => this.bookAndPay(id, contact), () => void this.goOn(id, contact));
    if (error === null) return;
    if (error instanceof ApiProblem && error.code === "booking_state") location.assign(`/bookings/${id}`); // done before
    else this.dispatchEvent(new Event("vn-failed"));
  }

  private async bookAndPay(id: string, contact: object): Promise<void> {
    const { requests } = this.attempt;
    if (!this.isBooked) {
      const booked = await requests.post<Booking>("/v1/bookings", { token: this.token, body: { hold_id: id, contact } });
      this.isBooked = true;
      if (booked.state === "confirmed") {
        location.assign(`/bookings/${id}`);
        return;
      }
    }
    const payment = await requests.post<Payment>(`/v1/bookings/${id}/payment`, { token: this.token });
    if (payment.checkout_url !== null) location.assign(payment.checkout_url);
  }
}

export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-contact": VnContact;
  }
}
