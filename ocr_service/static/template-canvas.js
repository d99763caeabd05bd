// The blank page with the boxes of the fields: drawn, chosen, moved and sized with mouse or keys. Millimetres.

import { move, rounded } from "./template-model.js";

const SVG = "http://www.w3.org/2000/svg";
const HANDLES = { nw: [0, 0], n: [0.5, 0], ne: [1, 0], e: [1, 0.5], se: [1, 1], s: [0.5, 1], sw: [0, 1], w: [0, 0.5] };
const SMALLEST = 1; // of a box that is drawn
const ZOOMS = [0.5, 0.75, 1, 1.5, 2, 3];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Canvas {
  /** `accept(field)`: a proposal was pressed; `bad()`: pointers of mistakes. */
  constructor(editor, draft, { accept, bad, mark }) {
    this.draft = draft;
    this.words = editor.dataset;
    this.svg = editor.querySelector("[data-svg]");
    this.scroll = editor.querySelector("[data-scroll]");
    this.base = editor.dataset.base;
    this.accept = accept;
    this.bad = bad;
    this.mark = mark;
    this.zoom = 2; // index of ZOOMS
    this.drawingChoice = false;
    this.gesture = null;
    draft.addEventListener("change", () => this.draw());
    draft.addEventListener("choose", () => this.draw());
    this.svg.addEventListener("pointerdown", (event) => this.begin(event));
    this.svg.addEventListener("pointermove", (event) => this.go(event));
    this.svg.addEventListener("pointerup", () => this.end());
    this.svg.addEventListener("pointercancel", () => this.giveUp());
    this.svg.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.size()).observe(this.scroll);
  }

  size() {
    const { width, height } = this.draft.sheet;
    const across = Math.max(300, this.scroll.clientWidth) * ZOOMS[this.zoom];
    if (this.across === across && this.ratio === height / width) return;
    [this.across, this.ratio] = [across, height / width];
    this.svg.setAttribute("width", across);
    this.svg.setAttribute("height", (across * height) / width);
    this.draw();
  }

  zoomBy(step) {
    this.zoom = Math.min(ZOOMS.length - 1, Math.max(0, this.zoom + step));
    this.size();
    this.show();
  }

  /** Brings what is chosen into view. */
  show() {
    const box = this.svg.querySelector("[data-chosen]");
    box?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  draw() {
    const { draft } = this;
    const sheet = draft.sheet;
    this.svg.setAttribute("viewBox", `0 0 ${sheet.width} ${sheet.height}`);
    const parts = [
      this.part("image", {
        href: `${this.base}/pages/${sheet.number}?version=draft`,
        width: sheet.width,
        height: sheet.height,
        preserveAspectRatio: "none",
      }),
    ];
    for (const [index, field] of (draft.proposals.get(sheet.number) ?? []).entries()) {
      parts.push(this.box(field.box, { "data-kind": "proposal", "data-proposal": index }, field.label));
    }
    for (const pointer of draft.items()) {
      const item = draft.at(pointer);
      if (item.columns) for (const top of item.tops.slice(1)) parts.push(...this.ghosts(item, top));
      else parts.push(...this.fieldParts(pointer, item));
    }
    const chosen = draft.item;
    if (chosen?.box) parts.push(...this.handles(chosen.box));
    this.svg.replaceChildren(...parts);
  }

  fieldParts(pointer, field) {
    const kind = pointer.includes("/columns/") ? "column" : "field";
    const inTable = this.draft.chosen && pointer.startsWith(`${this.draft.chosen}/columns/`);
    const parts = [this.box(field.box, { "data-kind": kind, "data-pointer": pointer }, field.label, inTable)];
    const name = this.part("text", { class: "te-name", x: field.box.x + 0.6, y: field.box.y + 2.6 });
    name.textContent = field.label.slice(0, Math.max(1, Math.floor(field.box.width / 2.4)));
    parts.push(name);
    for (const [index, choice] of (field.choices ?? []).entries()) {
      const at = `${pointer}/choices/${index}`;
      parts.push(this.box(choice.box, { "data-kind": "choice", "data-pointer": at }, choice.value));
    }
    return parts;
  }

  ghosts(table, top) {
    const down = top - table.tops[0];
    return table.columns.map((column) => this.box({ ...column.box, y: column.box.y + down }, { "data-kind": "ghost" }));
  }

  handles(box) {
    const size = 9 * this.millimetre();
    return Object.entries(HANDLES).map(([name, [across, down]]) =>
      this.part("rect", {
        class: "te-handle",
        "data-handle": name,
        x: box.x + across * box.width - size / 2,
        y: box.y + down * box.height - size / 2,
        width: size,
        height: size,
      }),
    );
  }

  /** Millimetres of a pixel on the screen. */
  millimetre() {
    return this.draft.sheet.width / (this.across || 600);
  }

  box(place, attributes, title = "", chosen = false) {
    const box = this.part("rect", { class: "te-box", ...attributes, ...sized(place) });
    const pointer = attributes["data-pointer"];
    if (chosen || (pointer && pointer === this.draft.chosen)) box.setAttribute("data-chosen", "");
    if (pointer && this.bad().some((each) => each === pointer || each.startsWith(`${pointer}/`))) box.setAttribute("data-bad", "");
    if (title) {
      const words = this.part("title", {});
      words.textContent = title;
      box.append(words);
    }
    return box;
  }

  part(name, attributes) {
    const part = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    return part;
  }

  point(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    const { width, height } = this.draft.sheet;
    return { x: Math.min(width, Math.max(0, at.x)), y: Math.min(height, Math.max(0, at.y)) };
  }

  // Mouse

  begin(event) {
    if (event.button !== 0) return;
    const from = this.point(event);
    const handle = event.target.closest("[data-handle]");
    const proposal = event.target.closest("[data-proposal]");
    const pressed = event.target.closest("[data-pointer]");
    if (proposal) {
      this.accept(Number(proposal.dataset.proposal));
      return;
    }
    if (handle) this.gesture = { kind: handle.dataset.handle, from, box: { ...this.draft.item.box } };
    else if (pressed && !this.drawingChoice) {
      if (event.shiftKey) {
        this.mark(pressed.dataset.pointer);
        return;
      }
      this.draft.choose(pressed.dataset.pointer);
      this.gesture = { kind: "move", from, item: structuredClone(this.draft.item) };
    } else if (event.pointerType === "touch") return; // a finger scrolls the page
    else {
      this.gesture = { kind: "draw", from, box: { x: from.x, y: from.y, width: 0, height: 0 } };
      this.gesture.shape = this.part("rect", { class: "te-box", "data-drawing": "", ...sized(this.gesture.box) });
      this.svg.append(this.gesture.shape);
    }
    this.svg.setPointerCapture(event.pointerId);
    this.svg.focus({ preventScroll: true });
  }

  go(event) {
    const { gesture } = this;
    if (!gesture) return;
    const to = this.point(event);
    const [across, down] = [to.x - gesture.from.x, to.y - gesture.from.y];
    if (gesture.kind === "draw") {
      gesture.box = between(gesture.from, to);
      for (const [key, value] of Object.entries(sized(gesture.box))) gesture.shape.setAttribute(key, value);
      return;
    }
    const item = this.draft.item;
    if (gesture.kind === "move") {
      if (!gesture.moved && Math.hypot(across, down) < 3 * this.millimetre()) return;
      gesture.moved = true;
      this.draft.change("drag", () => {
        const moved = structuredClone(gesture.item);
        move(moved, across, down);
        item.box = moved.box;
        if (moved.choices) item.choices = moved.choices;
      });
    } else this.draft.change("drag", () => (item.box = stretched(gesture.box, gesture.kind, across, down)));
    this.draft.last.at = Date.now();
  }

  end() {
    const { gesture } = this;
    this.gesture = null;
    this.draft.last = { kind: "", at: 0 };
    if (gesture?.kind !== "draw") return;
    gesture.shape.remove();
    if (gesture.box.width < SMALLEST || gesture.box.height < SMALLEST) {
      this.draft.choose("");
      return;
    }
    this.place(gesture.box);
  }

  giveUp() {
    if (this.gesture?.kind === "draw") this.gesture.shape.remove();
    this.gesture = null;
  }

  /** A box that was drawn becomes a field, or a choice of the chosen field. */
  place(drawn) {
    const box = Object.fromEntries(Object.entries(drawn).map(([key, value]) => [key, Math.round(value * 10) / 10]));
    const field = this.draft.chosen.replace(/\/choices\/\d+$/, "");
    if (this.drawingChoice && this.draft.at(field)?.type === "choice") {
      this.draft.addChoice(field, { value: this.words.newChoice, label: "", box });
    } else this.draft.addField(this.draft.page, { name: "field", label: this.words.newField, type: "text", box });
  }

  // Keys

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    if (arrow && this.draft.chosen) {
      const step = event.shiftKey ? 5 : 0.5;
      this.draft.nudge(arrow[0] * step, arrow[1] * step, event.altKey);
      this.show();
    } else if ((event.key === "Delete" || event.key === "Backspace") && this.draft.chosen) this.draft.removeChosen();
    else if (event.key === "Escape") {
      this.giveUp();
      this.draft.choose("");
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      const items = [...this.draft.items()];
      const at = items.indexOf(this.draft.chosen) + (event.key === "PageDown" ? 1 : -1);
      if (items.length) this.draft.choose(items[(at + items.length) % items.length]);
      this.show();
    } else return;
    event.preventDefault();
  }
}

const sized = ({ x, y, width, height }) => ({ x, y, width, height });

const between = (from, to) => ({
  x: Math.min(from.x, to.x),
  y: Math.min(from.y, to.y),
  width: Math.abs(to.x - from.x),
  height: Math.abs(to.y - from.y),
});

/** The box with the edges named by `handle` moved. */
const stretched = (box, handle, across, down) => {
  const left = handle.includes("w") ? Math.min(box.x + across, box.x + box.width - 0.5) : box.x;
  const right = handle.includes("e") ? Math.max(box.x + box.width + across, box.x + 0.5) : box.x + box.width;
  const top = handle.includes("n") ? Math.min(box.y + down, box.y + box.height - 0.5) : box.y;
  const bottom = handle.includes("s") ? Math.max(box.y + box.height + down, box.y + 0.5) : box.y + box.height;
  return { x: rounded(left), y: rounded(top), width: rounded(right - left), height: rounded(bottom - top) };
};
