import { css, html, LitElement, noChange, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import type { Suggestion } from "../api/client.js";
import { plural, t, type MessageKey } from "../i18n/messages.js";
import { base } from "./base.js";
import { icon, type IconName } from "./icons.js";

export type SuggestStatus = "idle" | "ready" | "failed";

const ICONS: Readonly<Record<string, IconName>> = { category: "filter", area: "pin", city: "pin", brand: "tag", place: "pin", deal: "tag" };

/**
 * A search box with suggestions, by the combobox pattern of ARIA: focus stays in the box, arrows move through the list.
 * Fires `typed` with the words (never in the middle of a composition), `words` when they are sent off or emptied,
 * `pick` with a suggestion, `left` when the list is closed.
 */
@customElement("vn-combobox")
export class VnCombobox extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };

  static override styles = [
    base,
    css`
      form {
        position: relative;
      }
      form > svg {
        position: absolute;
        left: 0.9rem;
        top: 50%;
        translate: 0 -50%;
        color: var(--ink-muted);
        pointer-events: none;
      }
      input {
        min-height: 2.75rem;
        width: 100%;
        padding: 0 var(--space-3) 0 2.6rem;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-full);
        background: var(--surface);
        font-size: var(--text-m);
        text-overflow: ellipsis;
      }
      .list {
        position: absolute;
        z-index: 6;
        inset: calc(100% + 0.25rem) 0 auto;
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--surface);
        box-shadow: var(--shadow-m);
        overflow: hidden;
      }
      ul {
        max-height: min(30rem, 60dvh);
        overflow-y: auto;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 var(--space-3);
        align-items: center;
        min-height: 2.75rem;
        padding: var(--space-2) var(--space-4);
        cursor: pointer;
      }
      li svg {
        color: var(--ink-muted);
      }
      li[aria-selected="true"] {
        background: var(--accent-soft);
      }
      li small {
        grid-column: 2;
        font-size: var(--text-xs);
        color: var(--ink-muted);
        overflow-wrap: anywhere;
      }
      mark {
        background: none;
        color: inherit;
        font-weight: 700;
      }
      p {
        padding: var(--space-3) var(--space-4);
        font-size: var(--text-s);
        color: var(--ink-muted);
      }
      @media (max-width: 59.99rem) {
        input {
          box-shadow: var(--shadow-m);
          border-color: var(--line);
        }
        .list {
          right: var(--list-right, 0);
        }
      }
    `,
  ];

  @property() words = "";
  @property({ attribute: false }) options: readonly Suggestion[] = [];
  @property() status: SuggestStatus = "idle";
  @property() language = "en";
  /** Whether the list is shown, where there is something to show. */
  @property({ type: Boolean }) open = false;
  @state() private active = -1;
  /** Until it is sent off the box holds what is typed, then the words of the question again. */
  @state() private typing = false;
  @query("input") private readonly input!: HTMLInputElement;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("options")) this.active = -1;
  }

  override updated(): void {
    this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  override render(): TemplateResult {
    const shown = this.open && this.status !== "idle";
    return html`<form role="search" @submit=${this.submitted}>
      ${icon("search", 18)}
      <input
        id="words"
        type="search"
        name="q"
        role="combobox"
        aria-label=${t("search_label")}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-expanded=${shown && this.options.length > 0 ? "true" : "false"}
        aria-controls="options"
        aria-activedescendant=${shown && this.active >= 0 ? `option-${this.active}` : nothing}
        maxlength="100"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        enterkeyhint="search"
        placeholder=${t("search_placeholder")}
        .value=${this.typing ? noChange : live(this.words)}
        @input=${this.changed}
        @compositionend=${this.changed}
        @keydown=${this.keyed}
        @search=${this.cleared}
        @blur=${this.close}
      />
      <div class="list" ?hidden=${!shown} @pointerdown=${(event: Event) => event.preventDefault()}>
        <ul id="options" role="listbox" aria-label=${t("suggestions")}>
          ${shown ? this.options.map((option, index) => this.option(option, index)) : nothing}
        </ul>
        ${shown && this.told !== "" && this.options.length === 0 ? html`<p>${this.told}</p>` : nothing}
      </div>
      <span class="visually-hidden" role="status">${shown ? this.told : ""}</span>
    </form>`;
  }

  private get told(): string {
    if (this.status === "failed") return t("suggestions_failed");
    return this.options.length === 0 ? t("suggestions_none") : plural("suggestions", this.options.length);
  }

  private option(option: Suggestion, index: number): TemplateResult {
    const kind = t(`suggestion_${option.type}` as MessageKey);
    return html`<li id="option-${index}" role="option" aria-selected=${index === this.active ? "true" : "false"} @click=${() => this.pick(option)} @pointermove=${() => (this.active = index)}>
      ${icon(ICONS[option.type] ?? "search", 18)}
      <bdi>${option.parts.map((part) => (part.matched ? html`<mark>${part.text}</mark>` : part.text))}</bdi>
      <small>${option.detail === "" ? kind : `${kind} · ${option.detail}`}</small>
    </li>`;
  }

  private changed(event: Event): void {
    if (event instanceof InputEvent && event.isComposing) return; // what is composed comes with compositionend
    this.open = true;
    this.typing = true;
    this.tell("typed", this.input.value);
  }

  private keyed(event: KeyboardEvent): void {
    // The keys are the input method's; Safari tells only by this code that Enter ended a composition.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    if (event.isComposing || event.keyCode === 229) return;
    const count = this.open && this.status !== "idle" ? this.options.length : 0;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.altKey) {
      event.preventDefault();
      if (count === 0) this.reopen();
      // One more than there are: the box itself lies between the last and the first.
      else this.active = ((this.active + (event.key === "ArrowDown" ? 2 : count + 1)) % (count + 1)) - 1;
    } else if (event.key === "Enter" && this.active >= 0 && count > 0) {
      event.preventDefault();
      const option = this.options[this.active];
      if (option) this.pick(option);
    } else if (event.key === "Escape" && this.open && this.status !== "idle") {
      event.preventDefault();
      this.close();
    }
  }

  private reopen(): void {
    this.open = true;
    if (this.input.value.trim() !== "") this.tell("typed", this.input.value);
  }

  private submitted(event: Event): void {
    event.preventDefault();
    this.close();
    this.tell("words", this.input.value.trim());
    this.typing = false;
  }

  /** The cross in the box, or Escape, empties it without sending the form. */
  private cleared(): void {
    if (this.input.value !== "") return;
    this.close();
    if (this.words !== "") this.tell("words", "");
  }

  private pick(option: Suggestion): void {
    this.close();
    this.tell("pick", option);
    this.typing = false;
  }

  private close(): void {
    this.open = false;
    this.active = -1;
    this.tell("left", null);
  }

  private tell(name: "typed" | "words" | "pick" | "left", detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-combobox": VnCombobox;
  }
}
