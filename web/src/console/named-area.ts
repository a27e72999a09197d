import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { isAbort, urlOf } from "../api/client.js";
import { base } from "../components/base.js";
import { call, type NamedArea } from "./api.js";
import { faultOf } from "./faults.js";
import { consoleStyle } from "./style.js";
import { c } from "./words.js";

const WAIT_MILLISECONDS = 250;
const SHOWN = 8;

/** Finds a district, a quarter or a postcode by the beginning of its name. Fires `chosen`. */
@customElement("vn-named-area")
export class VnNamedArea extends LitElement {
  static override styles = [base, consoleStyle];

  @property({ attribute: false }) chosen: NamedArea | null = null;
  @property({ type: Boolean }) locked = false;
  @state() private found: readonly NamedArea[] | null = null;
  @state() private failure = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  override render(): TemplateResult {
    return html`<div class="close">
      ${this.chosen ? html`<p><strong><bdi>${this.chosen.name}</bdi></strong> <span class="muted">${this.chosen.kind}</span></p>` : nothing}
      ${this.locked
        ? nothing
        : html`<label>${c("find_named_area")}<input type="search" autocomplete="off" maxlength="100" @input=${this.typed} /></label>
            <p class="muted" role="status">${this.failure !== "" ? this.failure : this.found?.length === 0 ? c("no_named_area") : nothing}</p>
            <ul class="list">
              ${(this.found ?? []).map((area) => html`<li><button type="button" class="link" @click=${() => this.choose(area)}><bdi>${area.name}</bdi> (${area.kind})</button></li>`)}
            </ul>`}
    </div>`;
  }

  private readonly typed = (event: Event): void => {
    const q = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.timer);
    if (q === "") this.found = null;
    else this.timer = setTimeout(() => void this.ask(q), WAIT_MILLISECONDS);
  };

  private async ask(q: string): Promise<void> {
    this.asking?.abort();
    this.asking = new AbortController();
    this.failure = "";
    try {
      this.found = (await call<{ items: NamedArea[] }>(urlOf("merchant/named-areas", { q, limit: SHOWN }), { signal: this.asking.signal })).items;
    } catch (error) {
      if (!isAbort(error)) this.failure = faultOf(error).words;
    }
  }

  private choose(area: NamedArea): void {
    this.found = null;
    this.dispatchEvent(new CustomEvent("chosen", { detail: area }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-named-area": VnNamedArea;
  }
}
