// Pages of batches: live progress, files sent one by one, choosing pages, frames on a page, walking a table.
// Without JavaScript the same forms are sent by the browser.

import "./batches-upload.js";

// <fm-live data-source="/address">: server-sent events that carry the part of the page that changes.
class Live extends HTMLElement {
  connectedCallback() {
    this.stream = new EventSource(this.dataset.source);
    this.stream.addEventListener("part", (event) => this.swap(JSON.parse(event.data)));
    this.stream.addEventListener("gone", () => window.location.reload());
    this.leave = () => this.stream.close();
    window.addEventListener("pagehide", this.leave);
    for (const still of document.querySelectorAll("[data-still]")) still.hidden = true;
  }

  disconnectedCallback() {
    this.stream.close();
    window.removeEventListener("pagehide", this.leave);
  }

  /** Only what differs is replaced, so that a focused button stays and nothing is read aloud twice. */
  swap(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html").body;
    const held = document.activeElement?.id;
    const scrolled = this.querySelector(".fm-files__list")?.scrollTop ?? 0;
    blend(this, fresh);
    const list = this.querySelector(".fm-files__list");
    if (list) list.scrollTop = scrolled;
    const again = held && document.getElementById(held);
    if (again && again !== document.activeElement) again.focus({ preventScroll: true });
  }
}

/** Makes the children of `old` equal to those of `fresh`; nodes that are equal already are left alone. */
const blend = (old, fresh) => {
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  if (before.length !== after.length) {
    old.replaceChildren(...after);
    return;
  }
  before.forEach((node, index) => {
    const wanted = after[index];
    if (node.isEqualNode(wanted)) return;
    if (node.nodeType === Node.ELEMENT_NODE && node.nodeName === wanted.nodeName) {
      for (const { name } of [...node.attributes]) if (!wanted.hasAttribute(name)) node.removeAttribute(name);
      for (const { name, value } of wanted.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
      blend(node, wanted);
    } else {
      node.replaceWith(wanted);
    }
  });
};

customElements.define("fm-live", Live);

// Choosing several pages
for (const form of document.querySelectorAll("[data-choose]")) {
  const boxes = [...form.querySelectorAll("input[name=page]")];
  const words = form.querySelector("[data-chosen]");
  const all = form.querySelector("[data-choose-all]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    if (words) words.textContent = words.dataset.none.replace("0", String(chosen));
  };
  form.addEventListener("change", count);
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const on = !boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = on;
      count();
    });
  }
  count();
}

// Frames on the picture of a page and the rows that tell about them
for (const page of document.querySelectorAll("[data-frames]")) {
  const mark = (id) => {
    for (const each of page.querySelectorAll("[data-current]")) delete each.dataset.current;
    for (const each of page.querySelectorAll(`[data-field="${id}"], [data-of="${id}"]`)) each.dataset.current = "";
  };
  for (const kind of ["mouseover", "focusin"]) {
    page.addEventListener(kind, (event) => {
      const row = event.target.closest("[data-of]");
      const frame = event.target.closest("[data-field]");
      if (row || frame) mark(row ? row.dataset.of : frame.dataset.field);
    });
  }
  page.addEventListener("click", (event) => {
    const frame = event.target.closest("[data-field]");
    const row = frame && page.querySelector(`[data-of="${frame.dataset.field}"]`);
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  });
  const wanted = window.location.hash.startsWith("#field-") && window.location.hash.slice(7);
  if (wanted) mark(wanted);
}

// Walking a table of results with the arrow keys
for (const table of document.querySelectorAll("[data-grid]")) {
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].filter((cell) => cell.tagName === "TD"));
  let [down, across] = [0, 0];
  const hold = (row, column, focus) => {
    const cell = rows[row]?.[column];
    if (!cell) return;
    rows[down]?.[across]?.setAttribute("tabindex", "-1");
    [down, across] = [row, column];
    cell.tabIndex = 0;
    if (focus) {
      cell.focus();
      cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  };
  hold(0, 0, false);
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    rows.forEach((row, index) => row.includes(cell) && hold(index, row.indexOf(cell), true));
  });
  table.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("td")) return;
    const last = rows[down].length - 1;
    const steps = {
      ArrowUp: [down - 1, across],
      ArrowDown: [down + 1, across],
      ArrowLeft: [down, across - 1],
      ArrowRight: [down, across + 1],
      Home: [down, 0],
      End: [down, last],
      PageUp: [Math.max(0, down - 10), across],
      PageDown: [Math.min(rows.length - 1, down + 10), across],
    };
    if (event.key === "Enter") window.location.assign(event.target.dataset.href);
    else if (steps[event.key]) {
      event.preventDefault();
      hold(...steps[event.key], true);
    }
  });
}
