import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { base } from "../components/base.js";
import "../components/button.js";
import "../components/dialog.js";
import "../components/notice.js";
import "../components/skeleton.js";
import { number } from "../i18n/format.js";
import { t } from "../i18n/messages.js";
import { AreaSession } from "./area-session.js";
import type { BranchInFull, Mode, Position } from "./api.js";
import "./band.js";
import { freshBand, MAX_BANDS, shownBands, shownVersion, type BandForm } from "./draft.js";
import type { Fault } from "./faults.js";
import "./history-list.js";
import "./preview.js";
import { ringsOf, withHole, withPart, withRing, type Ring, type RingPlace } from "./rings.js";
import type { Shown } from "./shapes.js";
import { consoleStyle } from "./style.js";
import { modeName } from "./version-words.js";
import { c } from "./words.js";

const MODES: readonly Mode[] = ["delivery", "at_home"];

/** What the map is asked for. */
export type MapWish = { kind: "ring"; rank: number } | { kind: "edit"; rank: number; rings: { place: RingPlace; ring: Ring }[] } | { kind: "stop" };

interface Question {
  heading: string;
  detail: string;
  yes: string;
  then: () => void;
}

/**
 * One service area: its form, its preview, its steps and its history. Fires `shown` (bands and the place of a fault),
 * `wish` (a MapWish), `fit`, `created` with an id, and `gone`.
 */
@customElement("vn-area-editor")
export class VnAreaEditor extends LitElement {
  static override styles = [
    base,
    consoleStyle,
    css`
      .steps {
        position: sticky;
        z-index: 1;
        bottom: 0;
        display: grid;
        gap: var(--space-2);
        margin: var(--space-4) calc(-1 * var(--space-4)) calc(-1 * var(--space-4));
        padding: var(--space-3) var(--space-4);
        border-top: 1px solid var(--line);
        background: var(--paper);
      }
      @media (max-width: 30rem) {
        .times {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .outcome {
        max-height: 32dvh;
        overflow-y: auto;
        gap: var(--space-2);
      }
      .outcome:empty {
        display: none;
      }
      .asides {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-4);
      }
    `,
  ];

  @property({ attribute: false }) branch!: BranchInFull;
  /** The id of the area; null for a new one. */
  @property() area: string | null = null;
  @state() private session!: AreaSession;
  private hasBegun = false;
  @state() private question: Question | null = null;
  /** Which band the ring that is being drawn is for. */
  private drawn: { rank: number; what: "part" | "hole" } | null = null;

  get isDirty(): boolean {
    return this.session.isDirty;
  }

  private get canManage(): boolean {
    return this.branch.merchant.may.includes("manage_areas");
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("area") && !changed.has("branch")) return;
    // A new area that has just been stored goes on under its own id.
    if (this.hasBegun && this.area !== null && this.session.area?.id === this.area) return;
    this.hasBegun = true;
    this.session = new AreaSession({ requestUpdate: () => this.requestUpdate() }, this.branch, this.area);
    void this.session.load().then(() => {
      this.tell("shown", this.shown());
      this.tell("fit");
    });
  }

  override updated(): void {
    this.tell("shown", this.shown());
  }

  /** The map has a ring for us. */
  take(ring: Ring): void {
    const { drawn } = this;
    const band = drawn === null ? undefined : this.session.form.bands[drawn.rank];
    this.drawn = null;
    if (drawn === null || band === undefined) return;
    this.session.changeBand(drawn.rank, { parts: drawn.what === "part" ? withPart(band.parts, ring) : withHole(band.parts, ring) });
  }

  reshape(rank: number, place: RingPlace, ring: Ring): void {
    const band = this.session.form.bands[rank];
    if (band) this.session.changeBand(rank, { parts: withRing(band.parts, place, ring) });
  }

  private shown(): { bands: Shown[]; fault: Position | null } {
    const { session } = this;
    const { area, form, looked, named } = session;
    const centre = { lat: this.branch.lat, lon: this.branch.lon };
    const fault = session.faults.find((each) => each.place !== null)?.place ?? null;
    if (looked !== null) return { bands: shownVersion(looked, centre, named), fault };
    const published = area?.draft && area.published ? shownVersion(area.published, centre, named) : [];
    return { bands: [...published.map((each) => ({ ...each, faint: true })), ...shownBands(form.bands, centre, named)], fault };
  }

  // --- what is seen

  override render(): TemplateResult {
    const { session } = this;
    if (session.status === "loading") return html`<vn-skeleton cards="3"></vn-skeleton>`;
    if (session.status === "missing") return html`<vn-notice role="alert" tone="bad" heading=${c("missing")} detail=${c("missing_detail")}></vn-notice>`;
    if (session.status === "failed") {
      return html`<vn-notice role="alert" tone="bad" heading=${c("not_loaded")} detail=${session.faults[0]?.words ?? ""}><vn-button label=${t("retry")} @click=${() => void session.load()}></vn-button></vn-notice>`;
    }
    return html`<div class="stack">
        ${this.head()} ${session.isNew ? this.freshFields() : nothing} ${this.looking()}
        <section class="stack" aria-label=${c("bands")}>
          <div class="close">
            <h2>${c("bands")}</h2>
            <p class="muted">${c("bands_hint")}</p>
          </div>
          ${repeat(session.form.bands, (band) => band.key, (band, rank) => this.band(band, rank))}
          ${this.canManage && session.form.bands.length < MAX_BANDS ? html`<div class="actions"><vn-button icon="plus" label=${c("add_band")} @click=${this.addBand}></vn-button></div>` : nothing}
        </section>
        ${this.terms()}
        ${session.isNew ? nothing : this.history()}
      </div>
      <div class="steps">${this.outcome()} ${this.steps()}</div>
      ${this.dialog()}`;
  }

  private head(): TemplateResult {
    const { area } = this.session;
    if (area === null) return html`<h1>${c("new_area")}</h1>`;
    const state = area.draft && area.published ? c("edits_unpublished") : area.draft ? c("never_published") : area.published ? c("is_published") : c("is_retired");
    return html`<div class="close">
      <h1><bdi>${area.name}</bdi></h1>
      <span class="tags">
        <span class="tag">${modeName(area.mode)}</span>
        ${area.published ? html`<span class="tag live">${c("state_published")}</span>` : nothing}
        ${area.draft ? html`<span class="tag draft">${c("state_draft")}</span>` : nothing}
      </span>
      <p class="muted">${state}</p>
      ${this.canManage ? nothing : html`<p class="muted">${c("may_only_look")}</p>`}
    </div>`;
  }

  private freshFields(): TemplateResult {
    const { fresh } = this.session;
    const change = (changes: Partial<AreaSession["fresh"]>) => this.session.changeFresh(changes);
    return html`<label
        >${c("name")}
        <input name="name" maxlength="100" autocomplete="off" placeholder=${c("name_example")} .value=${fresh.name} aria-invalid=${this.at("name").length > 0 ? "true" : "false"} @input=${(event: Event) => change({ name: valueOf(event) })} />
        ${this.words("name")}
      </label>
      <div class="pair">
        <label
          >${c("mode")}
          <select @change=${(event: Event) => change({ mode: valueOf(event) as Mode })}>
            ${MODES.map((mode) => html`<option value=${mode} ?selected=${mode === fresh.mode}>${modeName(mode)}</option>`)}
          </select>
        </label>
        <label
          >${c("position")}
          <input type="number" min="0" max="1000" step="1" .value=${String(fresh.position)} @input=${(event: Event) => change({ position: Number(valueOf(event)) })} />
          <span class="hint">${c("position_hint")}</span>
          ${this.words("position")}
        </label>
      </div>`;
  }

  private looking(): TemplateResult | typeof nothing {
    const { looked } = this.session;
    if (looked === null) return nothing;
    return html`<div class="told stack" role="status">
      <p>${c("looking_at", { number: number(looked.number) })}</p>
      <div class="actions"><vn-button label=${c("back_to_form")} @click=${() => this.session.change({})}></vn-button></div>
    </div>`;
  }

  private band(band: BandForm, rank: number): TemplateResult {
    const { session } = this;
    return html`<vn-band
      .band=${band}
      .rank=${rank}
      .count=${session.form.bands.length}
      .currency=${session.form.currency}
      .faults=${session.faults}
      ?locked=${!this.canManage}
      @change=${(event: CustomEvent<Partial<BandForm>>) => session.changeBand(rank, event.detail)}
      @draw-ring=${(event: CustomEvent<"part" | "hole">) => this.drawRing(rank, event.detail)}
      @edit-rings=${() => this.tell("wish", { kind: "edit", rank, rings: ringsOf(band.parts) } satisfies MapWish)}
      @move=${(event: CustomEvent<number>) => this.moveBand(rank, event.detail)}
      @remove=${() => this.changeBands(session.form.bands.filter((each) => each !== band))}
    ></vn-band>`;
  }

  private terms(): TemplateResult {
    const { form } = this.session;
    const locked = !this.canManage;
    const field = (name: "currency" | "validFrom" | "validUntil" | "hours", parameter: string, label: string, type: string, hint = ""): TemplateResult =>
      html`<label
        >${label}
        <input
          type=${type}
          name=${parameter}
          maxlength=${name === "currency" ? 3 : 512}
          autocomplete="off"
          ?disabled=${locked}
          aria-invalid=${this.at(parameter).length > 0 ? "true" : "false"}
          .value=${form[name]}
          @input=${(event: Event) => this.session.change({ [name]: valueOf(event) })}
        />
        ${hint === "" ? nothing : html`<span class="hint">${hint}</span>`} ${this.words(parameter)}
      </label>`;
    return html`<section class="stack" aria-label=${c("terms")}>
      <h2>${c("terms")}</h2>
      ${field("hours", "hours", c("hours_of_area"), "text", c("hours_of_area_hint"))}
      <div class="pair times">
        ${field("validFrom", "valid_from", c("valid_from"), "datetime-local")} ${field("validUntil", "valid_until", c("valid_to"), "datetime-local")}
      </div>
      <p class="muted">${c("times_in_zone", { zone: this.branch.zone })}</p>
      <div class="pair">${field("currency", "currency", c("currency"), "text")}</div>
    </section>`;
  }

  private history(): TemplateResult {
    const { session } = this;
    return html`<section class="stack" aria-label=${c("history")}>
      <h2>${c("history")}</h2>
      <vn-area-history
        .versions=${session.history}
        zone=${this.branch.zone}
        ?can-roll-back=${this.canManage}
        ?more=${session.before !== null}
        @more=${() => void session.moreHistory()}
        @look=${(event: CustomEvent<number>) => void session.look(event.detail).then(() => this.tell("fit"))}
        @roll-back=${(event: CustomEvent<number>) => this.askRollBack(event.detail)}
      ></vn-area-history>
    </section>`;
  }

  /** What came of the last step: the preview, what was done, or what is wrong. */
  private outcome(): TemplateResult {
    const { session } = this;
    const preview = session.preview ? html`<vn-preview .preview=${session.preview} ?old=${session.isPreviewOld}></vn-preview>` : nothing;
    return html`<div class="stack outcome">${preview}${session.done === null ? nothing : html`<p class="told" role="status">${c(session.done)}</p>`}${session.faults.map((fault) => this.fault(fault))}</div>`;
  }

  private fault(fault: Fault): TemplateResult {
    const where = fault.band === null ? "" : `${c("band", { number: number(fault.band + 1) })}: `;
    return html`<div class="alert stack" role="alert">
      <p>${where}${fault.words}${fault.place === null ? nothing : html` ${c("shown_on_map")}`}</p>
      ${fault.isStale ? html`<div class="actions"><vn-button label=${c("load_theirs")} @click=${() => void this.session.load().then(() => this.tell("fit"))}></vn-button></div>` : nothing}
    </div>`;
  }

  private steps(): TemplateResult {
    const { session } = this;
    const { area, busy } = session;
    const check = html`<vn-button label=${c("preview")} ?disabled=${busy} @click=${() => void this.check()}></vn-button>`;
    if (!this.canManage) return html`<div class="actions">${check}</div>`;
    const canPublish = session.isDirty || area === null || area.draft !== null || area.published === null;
    const aside = (label: string, ask: () => void): TemplateResult => html`<button type="button" class="link" ?disabled=${busy} @click=${ask}>${label}</button>`;
    return html`<div class="actions">
        <vn-button variant="primary" label=${c("publish")} ?disabled=${busy || !canPublish} @click=${this.askPublish}></vn-button>
        <vn-button label=${c("save_draft")} ?disabled=${busy || !(session.isDirty || area === null)} @click=${() => void this.save()}></vn-button>
        ${check}
      </div>
      <div class="asides">
        ${area?.draft ? aside(c("discard_draft"), this.askDiscard) : nothing} ${area?.published ? aside(c("retire"), this.askRetire) : nothing}
      </div>`;
  }

  private dialog(): TemplateResult {
    const { question } = this;
    return html`<vn-dialog with-footer heading=${question?.heading ?? ""} .open=${question !== null} @close=${() => (this.question = null)}>
      <p>${question?.detail ?? ""}</p>
      <vn-button slot="footer" label=${c("cancel")} @click=${() => (this.question = null)}></vn-button>
      <vn-button slot="footer" variant="primary" label=${question?.yes ?? ""} @click=${this.answered}></vn-button>
    </vn-dialog>`;
  }

  // --- what is done

  private readonly addBand = (): void => {
    this.changeBands([...this.session.form.bands, freshBand()]);
  };

  private changeBands(bands: readonly BandForm[]): void {
    this.tell("wish", { kind: "stop" } satisfies MapWish);
    this.session.change({ bands });
  }

  private moveBand(rank: number, by: number): void {
    const bands = [...this.session.form.bands];
    const [band] = bands.splice(rank, 1);
    if (band) bands.splice(rank + by, 0, band);
    this.changeBands(bands);
  }

  private drawRing(rank: number, what: "part" | "hole"): void {
    this.drawn = { rank, what };
    this.tell("wish", { kind: "ring", rank } satisfies MapWish);
  }

  private async check(): Promise<void> {
    if (await this.session.check()) this.tell("fit");
  }

  private async save(): Promise<void> {
    const wasNew = this.session.isNew;
    if ((await this.session.save()) && wasNew) this.tell("created", this.session.area?.id);
  }

  private async publish(): Promise<void> {
    const wasNew = this.session.isNew;
    await this.session.publish();
    // It may have been stored, and then not been published.
    if (wasNew && this.session.area) this.tell("created", this.session.area.id);
  }

  private readonly askPublish = (): void => {
    this.question = { heading: c("publish_sure"), detail: c("publish_detail"), yes: c("publish"), then: () => void this.publish() };
  };

  private readonly askDiscard = (): void => {
    const gone = this.session.area?.published === null && this.session.history.every((version) => version.state === "draft");
    this.question = {
      heading: c("discard_sure"),
      detail: gone ? c("discard_all_detail") : c("discard_detail"),
      yes: c("discard_draft"),
      then: () =>
        void this.session.discard().then((all) => {
          if (all) this.tell("gone");
        }),
    };
  };

  private readonly askRetire = (): void => {
    this.question = { heading: c("retire_sure"), detail: c("retire_detail"), yes: c("retire"), then: () => void this.session.retire() };
  };

  private askRollBack(version: number): void {
    const values = { number: number(version) };
    this.question = {
      heading: c("roll_back_sure", values),
      detail: c("roll_back_detail"),
      yes: c("roll_back_to", values),
      then: () => void this.session.rollBack(version),
    };
  }

  private readonly answered = (): void => {
    const { question } = this;
    this.question = null;
    question?.then();
  };

  /** Ask whether what is not saved may be lost. */
  async mayLeave(): Promise<boolean> {
    if (!this.session.isDirty) return true;
    return new Promise((resolve) => {
      this.question = { heading: c("leave_sure"), detail: c("leave_detail"), yes: c("leave"), then: () => resolve(true) };
      const dialog = this.renderRoot.querySelector("vn-dialog");
      dialog?.addEventListener("close", () => resolve(false), { once: true });
    });
  }

  private at(field: string): Fault[] {
    return this.session.faults.filter((fault) => fault.band === null && fault.field === field);
  }

  private words(field: string): TemplateResult[] {
    return this.at(field).map((fault) => html`<span class="bad">${fault.words}</span>`);
  }

  private tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-area-editor": VnAreaEditor;
  }
}
