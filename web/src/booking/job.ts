import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { Camera } from "../app/address.js";
import { formStyle } from "../app/form-style.js";
import { locate, NotLocated } from "../app/locate.js";
import type { Point } from "../app/serving.js";
import { base } from "../components/base.js";
import "../components/button.js";
import type { VnSpot } from "../map/spot.js";
import { textOf } from "./contact.js";
import { b } from "./own-words.js";
import { bookingStyle } from "./style.js";

/** Where something is to be done: in words for who comes, as a point for who judges whether they do. */
export interface Job extends Point {
  address: string;
}

type Way = "search" | "mine" | "map";

/** A street's numbers can be told apart. */
const SPOT_ZOOM = 16;

/** Asks where the job is. Fires `vn-job` with the Job. */
@customElement("vn-job")
export class VnJob extends LitElement {
  static override styles = [base, formStyle, bookingStyle];

  /** Whether something is brought there; else somebody comes. */
  @property({ type: Boolean }) delivered = false;
  /** The address that was searched for, if one was. */
  @property({ attribute: false }) searched: Point | null = null;
  /** What was told before. */
  @property({ attribute: false }) job: Job | null = null;
  /** Where the map begins, unless a spot is known. */
  @property({ attribute: false }) near: Point = { lat: 0, lon: 0 };
  @state() private spot: Point | null = null;
  @state() private way: Way | null = null;
  @state() private onMap = false;
  @state() private busy = false;
  @state() private failure = "";
  @query("h3") private readonly heading?: HTMLElement;
  @query("vn-spot") private readonly map?: VnSpot;

  override connectedCallback(): void {
    super.connectedCallback();
    this.spot = this.job ?? this.searched;
    this.way = this.job ? "map" : this.searched ? "search" : null;
  }

  override firstUpdated(): void {
    this.heading?.focus();
  }

  override render(): TemplateResult {
    return html`<div class="stack">
      <h3 tabindex="-1">${this.delivered ? b("delivery_where") : b("job_where")}</h3>
      ${this.failure ? html`<p class="bad" role="alert">${this.failure}</p>` : nothing}
      <form @submit=${this.submit}>
        <div>
          <label for="address">${b("job_address")}</label>
          <input id="address" name="address" .value=${this.job?.address ?? ""} autocomplete="street-address" required maxlength="300" aria-describedby="address-hint" />
          <p class="hint" id="address-hint">${b("job_address_hint")}</p>
        </div>
        <div class="stack">
          <p role="status">${this.told()}</p>
          ${this.onMap
            ? html`<vn-spot .begin=${this.camera()} @failed=${this.mapFailed}></vn-spot>
                <p class="hint">${b("job_map_hint")}</p>
                <div class="actions"><vn-button label=${b("job_map_take")} @click=${this.takeFromMap}></vn-button></div>`
            : html`<div class="actions">
                <vn-button icon="locate" label=${b("job_use_mine")} ?disabled=${this.busy} @click=${this.useMine}></vn-button>
                <vn-button icon="pin" label=${b("job_use_map")} ?disabled=${this.busy} @click=${this.openMap}></vn-button>
              </div>`}
        </div>
        <div class="actions"><vn-button variant="primary" label=${b("book_go_on")} @click=${this.send}></vn-button></div>
      </form>
    </div>`;
  }

  private told(): string {
    switch (this.way) {
      case "search":
        return b("job_spot_searched");
      case "mine":
        return b("job_spot_mine");
      case "map":
        return b("job_spot_map");
      case null:
        return b("job_spot_none");
    }
  }

  private camera(): Camera {
    return { ...(this.spot ?? this.near), zoom: SPOT_ZOOM };
  }

  private take(spot: Point, way: Way): void {
    this.spot = { lat: spot.lat, lon: spot.lon };
    this.way = way;
    this.failure = "";
  }

  private readonly useMine = (): void => {
    this.busy = true;
    this.failure = "";
    void locate()
      .then((here) => this.take(here, "mine"))
      .catch((error: unknown) => {
        this.failure = error instanceof NotLocated ? b("job_not_located") : String(error);
      })
      .finally(() => (this.busy = false));
  };

  private readonly openMap = (): void => {
    this.failure = "";
    this.busy = true;
    void import("../map/spot.js")
      .then(() => (this.onMap = true))
      .catch(this.mapFailed)
      .finally(() => (this.busy = false));
  };

  private readonly mapFailed = (): void => {
    this.onMap = false;
    this.failure = b("job_map_failed");
  };

  private readonly takeFromMap = (): void => {
    if (this.map) this.take(this.map.at, "map");
    this.onMap = false;
  };

  private readonly send = (): void => {
    this.renderRoot.querySelector("form")?.requestSubmit();
  };

  /** What is under the pin counts, also where nobody said that it does. */
  private readonly submit = (event: Event): void => {
    event.preventDefault();
    if (this.onMap) this.takeFromMap();
    const address = textOf(new FormData(event.target as HTMLFormElement), "address").trim();
    if (address === "") this.renderRoot.querySelector("input")?.focus();
    else if (this.spot === null) this.failure = b("job_spot_needed");
    else this.dispatchEvent(new CustomEvent<Job>("vn-job", { detail: { address, ...this.spot } }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-job": VnJob;
  }
}
