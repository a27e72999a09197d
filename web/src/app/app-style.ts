/** Where the parts of the page lie: two columns on a wide screen, a map under sheets on a narrow one. */
import { css } from "lit";

export const appStyle = css`
  :host {
    position: fixed;
    inset: 0;
    display: grid;
    grid-template: auto minmax(0, 1fr) / 26rem minmax(0, 1fr);
    background: var(--paper);
  }
  main {
    display: contents;
  }
  vn-header {
    grid-area: 1 / 1;
    border-right: 1px solid var(--line);
    z-index: 2;
  }
  .list {
    grid-area: 2 / 1;
    border-right: 1px solid var(--line);
  }
  .map {
    grid-area: 1 / 2 / 3 / 3;
    position: relative;
    min-width: 0;
  }
  vn-map-panel {
    position: absolute;
    inset: 0;
  }
  .detail {
    grid-area: 1 / 2 / 3 / 3;
    justify-self: start;
    width: min(24rem, 100%);
    margin: var(--space-4);
    border-radius: var(--radius-l);
    box-shadow: var(--shadow-m);
    overflow: hidden;
    z-index: 2;
    max-height: calc(100dvh - var(--space-6));
  }
  .skip {
    position: absolute;
    left: var(--space-2);
    top: -4rem;
    z-index: 10;
    padding: var(--space-2) var(--space-4);
    border-radius: var(--radius-s);
    background: var(--accent);
    color: var(--on-accent);
  }
  .skip:focus {
    top: var(--space-2);
  }
  @media (max-width: 59.99rem) {
    :host {
      display: block;
    }
    vn-header {
      position: absolute;
      inset: 0 0 auto;
      border: 0;
    }
    vn-header:focus-within {
      z-index: 4;
    }
    .map {
      position: absolute;
      inset: 0;
    }
    .with-detail .list {
      visibility: hidden;
    }
    .list,
    .detail {
      margin: 0;
      width: 100%;
      border: 0;
      max-height: none;
    }
    .detail {
      --sheet-top: 4.25rem;
      z-index: 4;
      border-radius: var(--radius-l) var(--radius-l) 0 0;
    }
    vn-toast {
      z-index: 5;
    }
  }
`;
