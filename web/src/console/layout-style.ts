/** Where the parts of the console lie: a panel beside the map, or below it on a narrow screen. */
import { css } from "lit";

export const layoutStyle = css`
  .page {
    position: fixed;
    inset: 0;
    display: grid;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    background: var(--paper);
  }
  .with-map {
    grid-template: auto minmax(0, 1fr) / 30rem minmax(0, 1fr);
  }
  header {
    grid-column: 1 / -1;
    display: flex;
    align-items: center;
    gap: var(--space-2);
    min-width: 0;
    padding: var(--space-2) var(--space-4);
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    flex: none;
    font-size: var(--text-l);
    font-weight: 720;
    letter-spacing: -0.02em;
    color: var(--ink);
    text-decoration: none;
  }
  .brand svg {
    color: var(--accent);
  }
  .where {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    padding-left: var(--space-3);
    border-left: 1px solid var(--line);
    color: var(--ink-muted);
    font-size: var(--text-m);
  }
  .who {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--ink-muted);
    font-size: var(--text-s);
  }
  .out {
    flex: none;
  }
  .panel {
    min-width: 0;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    outline: none;
  }
  .with-map .panel {
    border-right: 1px solid var(--line);
  }
  .inner {
    padding: var(--space-4);
  }
  .card {
    display: block;
    max-width: 30rem;
    margin: var(--space-6) auto;
  }
  vn-sign-in.card {
    max-width: 24rem;
    padding: var(--space-5);
    border: 1px solid var(--line);
    border-radius: var(--radius-l);
    background: var(--surface);
    box-shadow: var(--shadow-s);
  }
  nav {
    font-size: var(--text-s);
  }
  .map {
    position: relative;
    min-width: 0;
    min-height: 0;
    background: var(--sunken);
  }
  vn-area-map {
    position: absolute;
    inset: 0;
  }
  .larger {
    display: none;
  }
  @media (max-width: 59.99rem) {
    .with-map {
      grid-template: auto 36dvh minmax(0, 1fr) / minmax(0, 1fr);
    }
    .with-map.map-large {
      grid-template-rows: auto minmax(0, 1fr) 0;
    }
    .with-map .map {
      grid-row: 2;
      border-bottom: 1px solid var(--line);
    }
    .with-map .panel {
      grid-row: 3;
      border: 0;
    }
    .map-large .panel {
      visibility: hidden;
    }
    .larger {
      display: inline-block;
      position: absolute;
      z-index: 1;
      left: var(--space-3);
      bottom: var(--space-3);
    }
    .who {
      display: none;
    }
    header {
      padding: var(--space-1) var(--space-2) var(--space-1) var(--space-3);
      gap: 0;
    }
    .brand span {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .card {
      margin: var(--space-4) auto;
    }
  }
`;
