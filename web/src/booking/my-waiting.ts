import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { ApiProblem, request, type Entry } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/notice.js";
import "../components/skeleton.js";
import { b } from "./own-words.js";
import { Requests } from "./requests.js";
import { bookingStyle } from "./style.js";
import { keepToken, tokenOf } from "./tokens.js";
import { minutes, moment, secondsLeft, windowOf, wordsFor } from "./words.js";

const ASK_EVERY_MS = 5_000;

/** One entry of a waitlist for who has its token: the place in the queue, or what is offered and for how long. */
@customElement("vn-my-waiting")
export class VnMyWaiting extends LitElement {
  static override styles = [base, bookingStyle];

  @property() entry = "";
  @state() private facts: Entry | null = null;
  @state() private failure = "";
  @state() private unknown = false;
  @state() private busy = false;
  @state() private left = 0;
  private token: string | null = null;
  private receivedAt = 0;
  private readonly requests = new Requests();
  private asking = 0;
  private ticking = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.token = tokenOf(this.entry);
    this.unknown = this.token === null;
    if (this.unknown) return;
    this.ticking = window.setInterval(this.tick, 1000);
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.asking);
    clearInterval(this.ticking);
  }

  private async look(): Promise<void> {
    clearTimeout(this.asking);
    try {
      const init = { headers: { Authorization: `Bearer ${this.token ?? ""}` }, cache: "no-store" as const };
      this.show(await request<Entry>(`/v1/waitlist/${encodeURIComponent(this.entry)}`, init));
      this.failure = "";
    } catch (error) {
      this.unknown = error instanceof ApiProblem && (error.status === 404 || error.status === 400);
      this.failure = wordsFor(error);
    }
    const isOver = this.facts !== null && this.facts.state !== "waiting" && this.facts.state !== "offered";
    if (!this.unknown && !isOver && this.isConnected) this.asking = window.setTimeout(() => void this.look(), ASK_EVERY_MS);
  }

  private show(facts: Entry): void {
    this.facts = facts;
    this.receivedAt = Date.now();
    if (facts.offer !== null) keepToken(facts.offer.booking_id, facts.offer.token);
    this.tick();
  }

  private readonly tick = (): void => {
    const expires = this.facts?.offer?.expires_at ?? null;
    this.left = this.facts === null || expires === null ? 0 : secondsLeft(expires, this.facts.as_of, this.receivedAt, Date.now());
  };

  override render(): TemplateResult {
    if (this.unknown) return html`<vn-notice role="alert" tone="bad" heading=${b("wait_unknown")} detail=${b("wait_unknown_detail")}></vn-notice>`;
    const { facts } = this;
    if (facts === null) return html`<vn-skeleton cards="1"></vn-skeleton>`;
    const { offer, place } = facts;
    return html`<div class="stack">
      <vn-notice role="status" heading=${heading(facts)} detail=${detail(facts)}></vn-notice>
      ${this.failure ? html`<p class="bad" role="alert">${this.failure}</p>` : nothing}
      ${facts.state === "offered" && this.left > 0
        ? html`<p class="countdown" role="timer">${b("book_held_for", { time: minutes(this.left) })}</p>`
        : nothing}
      <div class="facts">
        <strong><bdi>${facts.title}</bdi></strong>
        <span><a href=${`/places/${place.id}`}><bdi>${place.name}</bdi></a></span>
        <span>${offer ? moment(offer.starts_at, place.zone) : windowOf(facts.starts_from, facts.starts_until, place.zone)}</span>
        <span>${b("book_people")}: ${facts.party}</span>
      </div>
      <div class="actions">${this.actions(facts)}</div>
    </div>`;
  }

  private actions(facts: Entry): TemplateResult {
    const to = facts.offer ? `/bookings/${facts.offer.booking_id}` : "/";
    if (facts.state === "booked") return html`<vn-button variant="primary" label=${b("wait_to_booking")} href=${to}></vn-button>`;
    if (facts.state === "left" || facts.state === "ended") return html`<vn-button label=${b("booking_to_map")} href="/"></vn-button>`;
    return html`${facts.offer ? html`<vn-button variant="primary" label=${b("wait_take")} href=${to}></vn-button>` : nothing}
      <vn-button label=${b("wait_leave")} ?disabled=${this.busy} @click=${() => void this.leave()}></vn-button>`;
  }

  private async leave(): Promise<void> {
    this.busy = true;
    try {
      this.show(await this.requests.post<Entry>(`/v1/waitlist/${this.entry}/leave`, { token: this.token ?? "" }));
    } catch (error) {
      this.failure = wordsFor(error);
    } finally {
      this.busy = false;
    }
  }
}

function heading(facts: Entry): string {
  switch (facts.state) {
    case "waiting":
      return b("wait_joined");
    case "offered":
      return b("wait_offered");
    case "booked":
      return b("booking_confirmed");
    case "left":
      return b("wait_left");
    case "ended":
      return facts.ended_because === "offers_used" ? b("wait_offers_used") : b("wait_window_past");
  }
}

function detail(facts: Entry): string {
  if (facts.state === "offered") return b("wait_offered_detail");
  return facts.place_in_queue === null ? "" : b("wait_place", { place: facts.place_in_queue });
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-my-waiting": VnMyWaiting;
  }
}
