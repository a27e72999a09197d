import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "./base.js";

/** Something to tell: nothing found, no answer, slow. The ways out go into its slot. */
@customElement("vn-notice")
export class VnNotice extends LitElement {
  static override styles = [
    base,
    css`
      .notice {
        padding: var(--space-5) var(--space-4);
        display: grid;
        gap: var(--space-3);
      }
      :host([tone="slow"]) .notice {
        padding: var(--space-2) var(--space-4);
        background: var(--warn-soft);
        color: var(--warn);
      }
      :host([tone="bad"]) h2 {
        color: var(--bad);
      }
      h2 {
        font-size: var(--text-l);
        font-weight: 650;
        line-height: 1.3;
      }
      :host([tone="slow"]) h2 {
        font-size: var(--text-s);
        font-weight: 550;
      }
      p {
        color: var(--ink-muted);
        font-size: var(--text-m);
        overflow-wrap: anywhere;
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
    `,
  ];

  @property({ reflect: true }) tone: "plain" | "bad" | "slow" = "plain";
  @property() heading = "";
  @property() detail = "";

  override render(): TemplateResult {
    return html`<div class="notice">
      <h2>${this.heading}</h2>
      ${this.detail === "" ? "" : html`<p>${this.detail}</p>`}
      <div class="ways"><slot></slot></div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-notice": VnNotice;
  }
}
