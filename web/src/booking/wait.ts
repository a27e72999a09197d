import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { ApiProblem, type Entry, type Joined } from "../api/client.js";
import { formStyle } from "../app/form-style.js";
import { base } from "../components/base.js";
import "../components/button.js";
import { language } from "../i18n/messages.js";
import { textOf } from "./contact.js";
import type { Job } from "./job.js";
import { b } from "./own-words.js";
import { Requests } from "./requests.js";
import { bookingStyle } from "./style.js";
import { keepToken } from "./tokens.js";
import { dayOf, wordsFor } from "./words.js";

const A_MINUTE_MS = 60_000;

/** Onto the waitlist of a day whose every start is taken. Tells `vn-back`; its detail is whether a place is free again. */
@customElement("vn-wait")
export class VnWait extends LitElement {
  static override styles = [base, formStyle, bookingStyle];

  @property() deal = "";
  @property() place = "";
  @property() zone = "UTC";
  @property({ type: Number }) party = 1;
  /** The starts that will do, in order. */
  @property({ attribute: false }) starts: readonly string[] = [];
  /** Where it is to be done, for what is done at the customer's. */
  @property({ attribute: false }) job: Job | null = null;
  @state() private entry: Entry | null = null;
  @state() private busy = false;
  @state() private failure = "";
  @query("h3") private readonly heading?: HTMLElement;
  private readonly requests = new Requests();

  override firstUpdated(): void {
    this.heading?.focus();
  }

  override render(): TemplateResult {
    return html`<div class="stack">${this.entry ? this.joined(this.entry) : this.form()}</div>`;
  }

  private form(): TemplateResult {
    return html`<h3 tabindex="-1">${b("wait_tell_me")}</h3>
      <p class="muted">${b("wait_explain", { day: dayOf(this.starts[0] ?? "", this.zone) })}</p>
      ${this.failure ? html`<p class="bad" role="alert">${this.failure}</p>` : nothing}
      <form @submit=${this.submit}>
        <div><label for="name">${b("book_name")}</label><input id="name" name="name" autocomplete="name" required maxlength="200" /></div>
        <div><label for="email">${b("book_email")}</label><input id="email" name="email" type="email" autocomplete="email" required maxlength="254" /></div>
        <div class="actions">
          <vn-button variant="primary" label=${b("wait_join")} ?disabled=${this.busy} @click=${this.send}></vn-button>
          <vn-button label=${b("wait_back")} @click=${() => this.back(false)}></vn-button>
        </div>
      </form>`;
  }

  private joined(entry: Entry): TemplateResult {
    return html`<h3 tabindex="-1">${b("wait_joined")}</h3>
      <p role="status">${b("wait_place", { place: entry.place_in_queue ?? 1 })}</p>
      <div class="actions">
        <vn-button variant="primary" label=${b("wait_see")} href=${`/waitlist/${entry.id}`}></vn-button>
        <vn-button label=${b("wait_back")} @click=${() => this.back(false)}></vn-button>
      </div>`;
  }

  private back(isFree: boolean): void {
    this.dispatchEvent(new CustomEvent("vn-back", { detail: isFree }));
  }

  private readonly send = (): void => {
    this.renderRoot.querySelector("form")?.requestSubmit();
  };

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    const [first] = this.starts;
    const last = this.starts.at(-1);
    if (this.busy || first === undefined || last === undefined) return;
    const given = new FormData(event.target as HTMLFormElement);
    void this.join({
      deal_id: this.deal,
      place_id: this.place,
      party: this.party,
      ...this.job,
      starts_from: first,
      starts_until: new Date(Date.parse(last) + A_MINUTE_MS).toISOString(),
      contact: { name: textOf(given, "name"), email: textOf(given, "email"), language: language() },
      channel: "web",
    });
  };

  private async join(body: object): Promise<void> {
    this.busy = true;
    this.failure = "";
    try {
      const { entry, token } = await this.requests.post<Joined>("/v1/waitlist", { body });
      keepToken(entry.id, token);
      this.entry = entry;
      await this.updateComplete;
      this.heading?.focus();
    } catch (error) {
      if (error instanceof ApiProblem && error.code === "place_free") this.back(true);
      else this.failure = wordsFor(error);
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-wait": VnWait;
  }
}
