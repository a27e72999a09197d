import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import { base } from "../components/base.js";
import { icon } from "../components/icons.js";
import { t } from "../i18n/messages.js";
import { formStyle } from "./form-style.js";

/** The words to search for. Fires `words` with what was typed when it is sent off or cleared. */
@customElement("vn-search-box")
export class VnSearchBox extends LitElement {
  static override styles = [
    base,
    formStyle,
    css`
      form {
        position: relative;
      }
      svg {
        position: absolute;
        left: 0.9rem;
        top: 50%;
        translate: 0 -50%;
        color: var(--ink-muted);
        pointer-events: none;
      }
      input[type="search"] {
        padding-left: 2.6rem;
        border-radius: var(--radius-full);
      }
      @media (max-width: 59.99rem) {
        input[type="search"] {
          box-shadow: var(--shadow-m);
          border-color: var(--line);
        }
      }
    `,
  ];

  @property() words = "";
  @property() language = "en";
  @query("input") private readonly input!: HTMLInputElement;

  override render(): TemplateResult {
    return html`<form role="search" @submit=${this.submitted}>
      ${icon("search", 18)}
      <label class="visually-hidden" for="words">${t("search_label")}</label>
      <input id="words" type="search" name="q" maxlength="100" autocomplete="off" enterkeyhint="search" placeholder=${t("search_placeholder")} .value=${this.words} @search=${this.cleared} />
    </form>`;
  }

  private submitted(event: Event): void {
    event.preventDefault();
    this.tell(this.input.value.trim());
  }

  /** The cross in the box empties it without sending the form. */
  private cleared(): void {
    if (this.input.value === "" && this.words !== "") this.tell("");
  }

  private tell(words: string): void {
    this.dispatchEvent(new CustomEvent("words", { detail: words }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-search-box": VnSearchBox;
  }
}
