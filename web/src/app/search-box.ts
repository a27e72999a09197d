import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Suggestion } from "../api/client.js";
import { base } from "../components/base.js";
import "../components/combobox.js";
import type { Question } from "./address.js";
import { SuggestSession } from "./suggest-session.js";

/** What one time of typing ended with, and the token that joins it with its suggestions. */
export interface Typed {
  words: string;
  token?: string | undefined;
}
export interface Picked {
  suggestion: Suggestion;
  token?: string | undefined;
}

/** What to search for, with suggestions while it is typed. Fires `words` (Typed) and `pick` (Picked). */
@customElement("vn-search-box")
export class VnSearchBox extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };

  static override styles = [
    base,
    css`
      vn-combobox {
        display: block;
      }
    `,
  ];

  @property({ attribute: false }) question: Question = {};
  @property() language = "en";
  private readonly session = new SuggestSession({ requestUpdate: () => this.requestUpdate() });

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.session.stop();
  }

  override render(): TemplateResult {
    return html`<vn-combobox
      .words=${this.question.q ?? ""}
      .options=${this.session.options}
      .status=${this.session.status}
      .language=${this.language}
      @typed=${(event: CustomEvent<string>) => this.session.typed(event.detail, this.question, this.language)}
      @words=${(event: CustomEvent<string>) => this.tell("words", { words: event.detail, token: this.session.end() })}
      @pick=${(event: CustomEvent<Suggestion>) => this.tell("pick", { suggestion: event.detail, token: this.session.end() })}
      @left=${() => this.session.stop()}
    ></vn-combobox>`;
  }

  private tell(name: "words" | "pick", detail: Typed | Picked): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-search-box": VnSearchBox;
  }
}
