import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { ApiProblem, getUrl, isAbort, type Availability, type Booking, type Deal, type Held } from "../api/client.js";
import { formatAddress, parseAddress } from "../app/address.js";
import { formStyle } from "../app/form-style.js";
import { addressOf, servedAt, type Point } from "../app/serving.js";
import { base } from "../components/base.js";
import "../components/button.js";
import "../components/notice.js";
import "../components/skeleton.js";
import { clockAt } from "../i18n/format.js";
import { t } from "../i18n/messages.js";
import { Attempt } from "./attempt.js";
import "./contact.js";
import "./job.js";
import type { Job } from "./job.js";
import { b } from "./own-words.js";
import { isFinal } from "./requests.js";
import { bookingStyle } from "./style.js";
import { keepToken } from "./tokens.js";
import "./wait.js";
import { laterWeek, weekUrl, WINDOW_MS } from "./weeks.js";
import { daysOf, secondsLeft, wordsFor, type Day } from "./words.js";

/** From a deal to its payment: a time, who comes, what is agreed; then to the provider's page. */
@customElement("vn-book")
export class VnBook extends LitElement {
  static override styles = [base, formStyle, bookingStyle, css`select { max-width: 12rem; }`];

  @property() deal = "";
  @property() place = "";
  /** Where the place is. */
  @property({ attribute: false }) at: Point = { lat: 0, lon: 0 };
  /** How the deal is had. */
  @property() way: Deal["fulfilment"] = "voucher";
  /** Where it is done or brought to: asked for what comes to the customer. */
  @state() private job: Job | null = null;
  @state() private asksJob = true;
  /** The address of the job was refused. */
  @state() private isOutside = false;
  @state() private party = 1;
  @state() private offer: Availability | null = null;
  /** The first instant of the week that is shown; null: now. */
  @state() private since: number | null = null;
  @state() private withoutTimes = false;
  @state() private held: Held | null = null;
  /** The starts of the day that one would wait for. */
  @state() private waitsFor: readonly string[] | null = null;
  @state() private left = 0;
  @query("h3") private readonly heading?: HTMLElement;
  private receivedAt = 0;
  private timer = 0;
  private round = 0;
  private readonly attempt = new Attempt(this);

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("deal") && !changed.has("place")) return;
    this.since = null;
    this.waitsFor = null;
    this.asksJob = true;
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  /** The times for the party; where the service takes no party of that size, those for the nearest that it takes. */
  private async load(): Promise<void> {
    const round = ++this.round;
    this.attempt.failure = "";
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
      else if (!isAbort(error)) this.attempt.failure = wordsFor(error);
    }
  }

  private async timesFor(party: number): Promise<Availability> {
    return getUrl<Availability>(weekUrl({ deal: this.deal, place: this.place, party, since: this.since }));
  }

  override render(): TemplateResult {
    return html`<div class="stack">
      ${this.attempt.told()}
      ${this.isOutside && this.job ? this.wayOn(this.job) : nothing}
      ${this.held
        ? html`<vn-contact focused .booking=${this.held.booking} .token=${this.held.token} .left=${this.left} other=${b("book_other_time")} @vn-other=${() => void this.release()}></vn-contact>`
        : this.times()}
    </div>`;
  }

  private times(): TemplateResult {
    const { offer } = this;
    if (this.withoutTimes && this.way === "at_home") return html`<p class="muted">${b("book_needs_address")}</p>`;
    if (this.withoutTimes) {
      if (this.way === "delivery" && this.asksJob) return this.whereTo();
      return html`<h3 tabindex="-1">${b("book_how_many")}</h3>
        ${this.whereItIs()}
        ${this.people(1, 10)}
        <div class="actions"><vn-button variant="primary" label=${b("book_go_on")} ?disabled=${this.attempt.busy} @click=${() => void this.hold()}></vn-button></div>`;
    }
    if (!offer) return this.attempt.failure ? html`<vn-button label=${t("retry")} @click=${() => void this.load()}></vn-button>` : html`<vn-skeleton cards="1"></vn-skeleton>`;
    if (offer.service.mode === "at_home" && this.asksJob) return this.whereTo();
    if (this.waitsFor !== null) return this.waitlist(offer, this.waitsFor);
    const days = daysOf(offer.starts, offer.taken_starts, offer.zone);
    return html`<h3 tabindex="-1">${b("book_when")}</h3>
      ${this.whereItIs()}
      ${this.people(offer.party_min, offer.party_max)}
      ${days.length === 0 ? html`<p class="muted">${b("book_no_times")}</p>` : nothing}
      ${days.map(
        (day) => html`<section>
          <p class="muted">${day.label}</p>
          ${day.free.length > 0 ? this.freeTimes(day.free, offer.zone) : this.allTaken(day)}
        </section>`,
      )}
      ${this.weeks(offer)}`;
  }

  private whereItIs(): TemplateResult | typeof nothing {
    if (!this.job) return nothing;
    return html`<p class="facts">${b("job_at", { address: this.job.address })}</p>
      <div><vn-button label=${b("job_other")} @click=${this.askJob}></vn-button></div>`;
  }

  private whereTo(): TemplateResult {
    const searched = addressOf(parseAddress(location.search).question);
    return html`<vn-job ?delivered=${this.way === "delivery"} .searched=${searched} .job=${this.job} .near=${this.at} @vn-job=${this.takeJob}></vn-job>`;
  }

  private readonly takeJob = (event: CustomEvent<Job>): void => {
    this.job = event.detail;
    this.asksJob = false;
    void this.updateComplete.then(() => this.heading?.focus());
  };

  private readonly askJob = (): void => {
    this.attempt.failure = "";
    this.isOutside = false;
    this.asksJob = true;
  };

  /** For whom the place does not come to: who does. */
  private wayOn(job: Job): TemplateResult {
    const here = parseAddress(location.search);
    const isBrought = this.way === "delivery";
    const question = servedAt({}, isBrought ? "delivery" : "at_home", job);
    const href = formatAddress({ ...here, question, open: null, why: false, camera: null });
    return html`<div class="actions"><vn-button label=${isBrought ? b("delivery_who") : b("job_who_comes")} href=${href}></vn-button></div>`;
  }

  private freeTimes(starts: Availability["starts"], zone: string): TemplateResult {
    return html`<div class="times">
      ${starts.map(
        (start) => html`<button type="button" ?disabled=${this.attempt.busy} @click=${() => void this.hold(start.starts_at)}>
          ${clockAt(start.starts_at, zone)}
        </button>`,
      )}
    </div>`;
  }

  private allTaken(day: Day<unknown>): TemplateResult {
    return html`<p>${b("wait_all_taken")}</p>
      <vn-button label=${b("wait_tell_me")} @click=${() => (this.waitsFor = day.taken)}></vn-button>`;
  }

  private waitlist(offer: Availability, starts: readonly string[]): TemplateResult {
    return html`<vn-wait deal=${this.deal} place=${this.place} zone=${offer.zone} .party=${this.party} .starts=${starts} .job=${this.job} @vn-back=${this.back}></vn-wait>`;
  }

  private readonly back = (event: CustomEvent<boolean>): void => {
    this.waitsFor = null;
    void this.load().then(async () => {
      if (event.detail) this.attempt.failure = b("wait_free");
      await this.updateComplete;
      this.heading?.focus();
    });
  };

  private weeks(offer: Availability): TemplateResult | typeof nothing {
    const { since } = this;
    const later = laterWeek(offer, since);
    if (since === null && later === null) return nothing;
    return html`<div class="actions">
      ${since === null ? nothing : html`<vn-button label=${b("book_earlier")} @click=${() => this.week(since - WINDOW_MS, offer)}></vn-button>`}
      ${later === null ? nothing : html`<vn-button label=${b("book_later")} @click=${() => this.week(later, offer)}></vn-button>`}
    </div>`;
  }

  private week(since: number, offer: Availability): void {
    this.since = since <= Date.parse(offer.as_of) ? null : since;
    void this.load().then(() => this.updateComplete).then(() => this.heading?.focus());
  }

  private people(least: number, most: number): TemplateResult {
    const counts = Array.from({ length: Math.min(most, 20) - least + 1 }, (_, index) => least + index);
    return html`<div>
      <label for="party">${this.withoutTimes ? b("book_count") : b("book_people")}</label>
      <select id="party" @change=${this.changeParty}>
        ${counts.map((count) => html`<option value=${count} ?selected=${count === this.party}>${count}</option>`)}
      </select>
    </div>`;
  }

  private readonly changeParty = (event: Event): void => {
    this.party = Number((event.target as HTMLSelectElement).value);
    if (!this.withoutTimes) void this.load();
  };

  private async hold(startsAt?: string): Promise<void> {
    this.isOutside = false;
    const body = { deal_id: this.deal, place_id: this.place, party: this.party, channel: "web", ...this.job, ...(startsAt ? { starts_at: startsAt } : {}) };
    const error = await this.attempt.run(
      async () => {
        this.held = await this.attempt.requests.post<Held>("/v1/holds", { body });
        keepToken(this.held.booking.id, this.held.token);
        this.count(this.held.booking);
      },
      () => void this.hold(startsAt),
    );
    if (error !== null && isFinal(error)) await this.showAnew(error);
  }

  /** It was refused: the times of now, and why. */
  private async showAnew(error: unknown): Promise<void> {
    await this.load();
    this.isOutside = error instanceof ApiProblem && error.code === "outside_area";
    this.attempt.failure = this.isOutside && this.way === "delivery" ? b("delivery_not_served") : wordsFor(error);
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
    await this.attempt.requests.post(`/v1/bookings/${held.booking.id}/cancel`, { token: held.token }).catch(() => undefined);
    await this.load();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-book": VnBook;
  }
}
