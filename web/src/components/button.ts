import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { ifDefined } from "lit/directives/if-defined.js";

import { base } from "./base.js";
import { icon, type IconName } from "./icons.js";

/** A button: `primary` for the one main action, `quiet` for others, `ghost` for icons. With `href` it is a link. */
@customElement("vn-button")
export class VnButton extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };

  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      .button {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: var(--space-2);
        min-height: 2.75rem;
        width: 100%;
        padding: 0 var(--space-4);
        border: 1px solid transparent;
        border-radius: var(--radius-full);
        font-size: var(--text-m);
        font-weight: 600;
        line-height: 1.2;
        text-decoration: none;
        cursor: pointer;
        transition: background-color var(--quick) var(--ease), border-color var(--quick) var(--ease);
      }
      .button:disabled {
        opacity: 0.55;
        cursor: default;
      }
      .primary {
        background: var(--accent);
        color: var(--on-accent);
      }
      .primary:hover:not(:disabled) {
        background: var(--accent-hover);
      }
      .quiet {
        background: var(--surface);
        border-color: var(--line);
        color: var(--ink);
      }
      .quiet:hover:not(:disabled) {
        border-color: var(--line-strong);
      }
      .ghost {
        background: var(--ghost-surface, transparent);
        color: var(--ink);
      }
      .ghost:hover:not(:disabled) {
        background: var(--sunken);
      }
      .button[aria-pressed="true"] {
        background: var(--accent-soft);
        border-color: var(--accent);
      }
      .icon-only {
        padding: 0;
        width: 2.75rem;
      }
      .floating {
        box-shadow: var(--shadow-m);
      }
      svg {
        flex: none;
      }
    `,
  ];

  @property() variant: "primary" | "quiet" | "ghost" = "quiet";
  /** What it says, and what a screen reader says when only the icon is shown. */
  @property() label = "";
  @property() icon: IconName | null = null;
  @property({ type: Boolean, attribute: "icon-only" }) iconOnly = false;
  @property({ type: Boolean }) floating = false;
  @property({ type: Boolean }) disabled = false;
  @property() href: string | null = null;
  /** "true" or "false" makes it a toggle. */
  @property() pressed: "true" | "false" | null = null;
  @property() expanded: "true" | "false" | null = null;

  override render(): TemplateResult {
    const classes = ["button", this.variant, this.iconOnly ? "icon-only" : "", this.floating ? "floating" : ""].join(" ");
    const content = html`${this.icon ? icon(this.icon) : nothing}${this.iconOnly ? nothing : html`<span>${this.label}</span>`}`;
    const named = this.iconOnly ? this.label : undefined;
    if (this.href !== null) {
      return html`<a class=${classes} href=${this.href} aria-label=${ifDefined(named)} title=${ifDefined(named)}>${content}</a>`;
    }
    return html`<button
      type="button"
      class=${classes}
      ?disabled=${this.disabled}
      aria-label=${ifDefined(named)}
      title=${ifDefined(named)}
      aria-pressed=${ifDefined(this.pressed ?? undefined)}
      aria-expanded=${ifDefined(this.expanded ?? undefined)}
    >
      ${content}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-button": VnButton;
  }
}
