import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "../components/base.js";
import { t } from "../i18n/messages.js";
import type { Question } from "./address.js";
import { formStyle } from "./form-style.js";

const PROFILES = ["balanced", "nearest", "top_rated", "best_deal"] as const;
const SORTS = ["distance", "rating", "price", "discount", "newest"] as const;

/** Which order: a ranking profile, or one thing alone, each with its meaning. Fires `change` with parameters. */
@customElement("vn-order")
export class VnOrder extends LitElement {
  static override styles = [
    base,
    formStyle,
    css`
      :host {
        min-width: 0;
      }
      select {
        width: auto;
        max-width: 100%;
        min-height: 2.25rem;
        border-color: var(--line);
        border-radius: var(--radius-full);
        font-size: var(--text-s);
        font-weight: 550;
      }
    `,
  ];

  @property({ attribute: false }) question: Question = {};

  private get chosen(): string {
    return this.question.sort && this.question.sort !== "score" ? `sort:${this.question.sort}` : `profile:${this.question.profile ?? "balanced"}`;
  }

  override render(): TemplateResult {
    const chosen = this.chosen;
    return html`<label class="visually-hidden" for="order">${t("order")}</label>
      <select id="order" @change=${this.changed} title=${meaningOf(chosen)}>
        <optgroup label=${t("order_profiles")}>
          ${PROFILES.map((name) => html`<option value="profile:${name}" ?selected=${chosen === `profile:${name}`}>${t(`profile_${name}`)}</option>`)}
        </optgroup>
        <optgroup label=${t("order_hard")}>
          ${SORTS.map((name) => html`<option value="sort:${name}" ?selected=${chosen === `sort:${name}`}>${t(`sort_${name}`)}</option>`)}
        </optgroup>
      </select>`;
  }

  private changed(event: Event): void {
    const [kind, name] = (event.target as HTMLSelectElement).value.split(":");
    const detail = kind === "sort" ? { sort: name, profile: undefined } : { sort: undefined, profile: name === "balanced" ? undefined : name };
    this.dispatchEvent(new CustomEvent("change", { detail }));
  }
}

/** `profile:<name>` or `sort:<name>` in a sentence. */
export function meaningOf(chosen: string): string {
  return t(`meaning_${chosen.replace(":", "_")}` as never);
}

export function orderOf(question: Question): string {
  return question.sort && question.sort !== "score" ? `sort:${question.sort}` : `profile:${question.profile ?? "balanced"}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-order": VnOrder;
  }
}
