import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { ApiProblem, request, urlOf, type Booking, type Schemas } from "../api/client.js";
import { formStyle } from "../app/form-style.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/notice.js";
import "../components/skeleton.js";
import { price } from "../i18n/format.js";
import { language, t } from "../i18n/messages.js";
import { askForCode, guest, leave, openSession } from "./guest.js";
import { b, stateWords } from "./own-words.js";
import { bookingStyle } from "./style.js";
import { moment, wordsFor } from "./words.js";

type Page = Schemas["BookingsShape"];

/** E-mail address, code, and the bookings of the address; of the account where one is signed in. */
@customElement("vn-my-bookings")
export class VnMyBookings extends LitElement {
  static override styles = [
    base,
    formStyle,
    bookingStyle,
    css`
      h2 {
        font-size: var(--text-l);
        font-weight: 650;
        overflow-wrap: anywhere;
      }
      form {
        max-width: 26rem;
      }
      .code {
        letter-spacing: 0.12em;
        text-transform: uppercase;
      }
      li a {
        display: grid;
        gap: var(--space-1);
        padding: var(--space-3) 0;
        border-top: 1px solid var(--line);
        color: var(--ink);
        text-decoration: none;
      }
      li a:hover strong {
        text-decoration: underline;
      }
      li strong {
        font-weight: 650;
      }
    `,
  ];

  @property({ type: Boolean, attribute: "signed-in" }) signedIn = false;
  @state() private step: "email" | "code" | "list" = "email";
  @state() private email = "";
  @state() private bookings: readonly Booking[] = [];
  @state() private next: string | null = null;
  @state() private loaded = false;
  @state() private busy = false;
  @state() private failure = "";
  @query("h2") private readonly heading?: HTMLElement;

  override connectedCallback(): void {
    super.connectedCallback();
    this.email = guest()?.email ?? "";
    if (this.signedIn || guest() !== null) void this.working(() => this.list());
  }

  override render(): TemplateResult {
    return html`<div class="stack">
      ${this.step === "email" ? this.emailStep() : this.step === "code" ? this.codeStep() : this.listStep()}
    </div>`;
  }

  private emailStep(): TemplateResult {
    return html`<p>${b("guest_intro")}</p>
      <form novalidate @submit=${this.sendCode}>
        <div>
          <label for="email">${b("book_email")}</label>
          <input id="email" name="email" type="email" autocomplete="email" required maxlength="254" .value=${this.email}
            aria-describedby=${this.failure ? "failure" : nothing} aria-invalid=${this.failure ? "true" : nothing} />
        </div>
        ${this.failed()}
        <div class="actions"><vn-button variant="primary" label=${b("guest_send_code")} ?disabled=${this.busy} @click=${this.submit}></vn-button></div>
      </form>`;
  }

  private codeStep(): TemplateResult {
    return html`<p role="status">${b("guest_code_sent", { email: this.email })}</p>
      <form novalidate @submit=${this.confirm}>
        <div>
          <label for="code">${b("guest_code")}</label>
          <input id="code" name="code" class="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" required maxlength="20"
            aria-describedby=${this.failure ? "failure" : nothing} aria-invalid=${this.failure ? "true" : nothing} />
        </div>
        ${this.failed()}
        <div class="actions">
          <vn-button variant="primary" label=${b("guest_show")} ?disabled=${this.busy} @click=${this.submit}></vn-button>
          <vn-button label=${b("guest_code_again")} ?disabled=${this.busy} @click=${this.sendAgain}></vn-button>
          <vn-button label=${b("guest_other_address")} @click=${this.otherAddress}></vn-button>
        </div>
      </form>`;
  }

  private listStep(): TemplateResult {
    if (!this.loaded) return html`<vn-skeleton cards="3"></vn-skeleton>`;
    const whose = this.email === "" ? b("guest_bookings_of_account") : b("guest_bookings_of", { email: this.email });
    return html`<h2 tabindex="-1">${whose}</h2>
      ${this.failed()}
      ${this.bookings.length === 0
        ? html`<p>${b("guest_no_bookings")}</p>`
        : html`<ol>
            ${this.bookings.map((each) => html`<li>${this.card(each)}</li>`)}
          </ol>`}
      <div class="actions">
        ${this.next === null ? nothing : html`<vn-button label=${b("guest_more")} ?disabled=${this.busy} @click=${this.more}></vn-button>`}
        <vn-button label=${b("guest_other_address")} ?disabled=${this.busy} @click=${this.otherAddress}></vn-button>
        ${this.bookings.length === 0 ? html`<vn-button label=${b("booking_to_map")} href="/"></vn-button>` : nothing}
      </div>`;
  }

  private card({ id, state, title, place, starts_at: startsAt, price: sums }: Booking): TemplateResult {
    const money = price(sums.price_minor, sums.currency);
    return html`<a href=${`/bookings/${id}`}>
      <strong><bdi>${title}</bdi></strong>
      <span><bdi>${place.name}</bdi></span>
      ${startsAt ? html`<span>${moment(startsAt, place.zone)}</span>` : nothing}
      <span class="muted">${stateWords(state)} · ${money}${sums.paid_minor > 0 ? ` · ${b("booking_paid", { price: price(sums.paid_minor, sums.currency) })}` : nothing}</span>
    </a>`;
  }

  private failed(): TemplateResult | typeof nothing {
    return this.failure ? html`<p id="failure" class="bad" role="alert">${this.failure}</p>` : nothing;
  }

  /** The first page, or the one after what is shown. A session that is over asks for a new code. */
  private async list(before?: string): Promise<void> {
    const token = this.signedIn ? undefined : guest()?.token;
    this.step = "list";
    try {
      const page = await request<Page>(urlOf(this.signedIn ? "/v1/me/bookings" : "/v1/guests/bookings", { before }), {
        cache: "no-store",
        ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
      });
      this.bookings = before === undefined ? page.items : [...this.bookings, ...page.items];
      this.next = page.next_before;
      this.loaded = true;
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) {
        await leave(true);
        this.signedIn = false;
        this.to("email");
      } else this.loaded = true;
      throw error;
    }
  }

  private to(step: "email" | "code"): void {
    this.step = step;
    this.failure = "";
    void this.updateComplete.then(() => this.renderRoot.querySelector("input")?.focus());
  }

  private readonly submit = (): void => {
    this.renderRoot.querySelector("form")?.requestSubmit();
  };

  private readonly sendCode = (event: Event): void => {
    event.preventDefault();
    this.email = this.typed();
    this.sendAgain();
  };

  private readonly sendAgain = (): void => {
    void this.working(async () => {
      await askForCode(this.email, language());
      this.to("code");
    });
  };

  private readonly confirm = (event: Event): void => {
    event.preventDefault();
    const code = this.typed();
    void this.working(async () => {
      this.email = (await openSession(this.email, code)).email;
      this.loaded = false;
      await this.list();
      await this.updateComplete;
      this.heading?.focus();
    });
  };

  private readonly more = (): void => {
    const shown = this.bookings.length;
    void this.working(async () => {
      await this.list(this.next ?? undefined);
      await this.updateComplete;
      this.renderRoot.querySelectorAll<HTMLElement>("li a")[shown]?.focus();
    });
  };

  private readonly otherAddress = (): void => {
    void leave(false);
    this.signedIn = false;
    this.email = "";
    this.bookings = [];
    this.to("email");
  };

  private typed(): string {
    return this.renderRoot.querySelector("input")?.value.trim() ?? "";
  }

  private async working(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = "";
    try {
      await work();
    } catch (error) {
      this.failure = guestWordsFor(error);
    } finally {
      this.busy = false;
    }
  }
}

/** What an answer that is no help means for who types an address or a code. */
export function guestWordsFor(error: unknown): string {
  if (!(error instanceof ApiProblem)) return wordsFor(error);
  if (error.code === "code_refused" || error.parameter === "code") return b("guest_code_wrong");
  if (error.code === "code_expired") return b("guest_code_expired");
  if (error.code === "code_used_up") return b("guest_code_used_up");
  if (error.parameter === "email") return b("guest_email_wrong");
  if (error.status === 401) return b("guest_session_over");
  if (error.status === 429 || error.status === 503) return t("too_many_detail", { seconds: error.retryAfterSeconds ?? 60 });
  return error.detail;
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-my-bookings": VnMyBookings;
  }
}
