import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from "lit";

import "../components/button.js";
import { t } from "../i18n/messages.js";
import { b } from "./own-words.js";
import { isFinal, Requests } from "./requests.js";
import { wordsFor } from "./words.js";

/** One thing at a time that a page of ours tries to do: whether it is at it, what went wrong, and once more where that may help. */
export class Attempt implements ReactiveController {
  readonly requests = new Requests({ waits: (isWaiting) => this.wait(isWaiting) });
  busy = false;
  private isWaiting = false;
  private words = "";
  private again: (() => void) | null = null;
  private seen = "";

  constructor(private readonly host: LitElement) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.requests.stop();
  }

  /** What is new to be said is brought into view: what was pressed may be far below. */
  hostUpdated(): void {
    const said = this.isWaiting ? "…" : this.words;
    if (said !== this.seen && said !== "") this.host.renderRoot.querySelector(".told")?.scrollIntoView({ block: "nearest" });
    this.seen = said;
  }

  /** What went wrong, for the reader; "" where nothing did. */
  get failure(): string {
    return this.words;
  }

  set failure(words: string) {
    this.words = words;
    this.again = null;
    this.host.requestUpdate();
  }

  /** `again`: what "try again" does; the work itself, where it is left out. The error, if there was one. */
  async run(work: () => Promise<void>, again?: () => void): Promise<unknown> {
    this.failure = "";
    this.busy = true;
    try {
      await work();
      return null;
    } catch (error) {
      this.failure = wordsFor(error);
      if (!isFinal(error)) this.again = again ?? (() => void this.run(work));
      return error;
    } finally {
      this.busy = false;
      this.host.requestUpdate();
    }
  }

  /** What is to be said of it, above everything else. */
  told(): TemplateResult | typeof nothing {
    if (!this.isWaiting && this.words === "") return nothing;
    return html`<div class="told stack">
      ${this.isWaiting ? html`<p class="countdown" role="status">${b("busy_waiting")}</p>` : nothing}
      ${this.words ? html`<p class="bad" role="alert">${this.words}</p>` : nothing}
      ${this.again && !this.busy ? html`<div class="actions"><vn-button label=${t("retry")} @click=${this.again}></vn-button></div>` : nothing}
    </div>`;
  }

  private wait(isWaiting: boolean): void {
    this.isWaiting = isWaiting;
    this.host.requestUpdate();
  }
}
