import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "./base.js";

const SHOWN_MILLISECONDS = 6000;

/** A line over the map that is read out at once. `tell` shows one for a while; `text` shows one until it is taken back. */
@customElement("vn-toast")
export class VnToast extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        position: absolute;
        z-index: 4;
        left: 50%;
        bottom: 3.5rem;
        translate: -50% 0;
        width: max-content;
        max-width: min(26rem, 90%);
      }
      div {
        padding: var(--space-3) var(--space-4);
        border-radius: var(--radius-m);
        background: var(--ink);
        color: var(--paper);
        font-size: var(--text-s);
        box-shadow: var(--shadow-m);
      }
    `,
  ];

  @property() text = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  tell(text: string): void {
    clearTimeout(this.timer);
    this.text = text;
    this.timer = setTimeout(() => (this.text = ""), SHOWN_MILLISECONDS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  override render(): TemplateResult | typeof nothing {
    return this.text === "" ? nothing : html`<div role="alert">${this.text}</div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-toast": VnToast;
  }
}
