// <fm-editor>: the editor of a template's draft. Paper and panel show one draft; it is saved by itself. No words
// here: they stand in the page.

import { send } from "./requests.js";
import { Canvas } from "./template-canvas.js";
import { Draft } from "./template-model.js";
import { Panel } from "./template-panel.js";
import { Saving } from "./template-saving.js";

const ITEM = /^\/pages\/\d+\/(fields|tables)\/\d+(\/columns\/\d+)?/;

class Editor extends HTMLElement {
  async connectedCallback() {
    const answer = await fetch(`${this.dataset.base}/draft`, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    this.draft = new Draft(await answer.json());
    this.saving = new Saving(this, this.draft, Number(answer.headers.get("ETag").replaceAll('"', "")));
    const problems = () => this.saving.problems;
    this.panel = new Panel(this, this.draft, problems);
    this.canvas = new Canvas(this, this.draft, {
      accept: (index) => this.accept(index),
      bad: () => problems().map((each) => each.pointer),
      mark: (pointer) => this.panel.mark(pointer),
    });
    this.hidden = false;
    for (const still of document.querySelectorAll("[data-still]")) still.remove();
    this.listen();
    this.canvas.size();
    this.panel.fill();
    const kept = new URLSearchParams(window.location.search).get("proposals");
    if (kept) await this.take(await fetch(`${this.dataset.base}/proposals/${encodeURIComponent(kept)}`).catch(() => null));
    this.dataset.ready = "";
  }

  listen() {
    const on = (selector, act) => {
      for (const each of this.querySelectorAll(selector)) each.addEventListener("click", () => act(each));
    };
    on("[data-undo]", () => this.draft.undo());
    on("[data-redo]", () => this.draft.redo());
    on("[data-zoom]", (button) => this.canvas.zoomBy(Number(button.dataset.zoom)));
    on("[data-page]", (button) => this.draft.turn(Number(button.dataset.page)));
    on("[data-propose]", () => this.propose());
    on("[data-accept-all]", () => this.acceptAll());
    on("[data-drop-proposals]", () => {
      this.draft.proposals.clear();
      this.showProposals();
    });
    const draw = this.querySelector("[data-draw-choice]");
    draw.addEventListener("click", () => {
      this.canvas.drawingChoice = !this.canvas.drawingChoice;
      draw.setAttribute("aria-pressed", String(this.canvas.drawingChoice));
      if (this.canvas.drawingChoice) this.canvas.svg.focus();
    });
    this.draft.addEventListener("choose", () => {
      if (this.canvas.drawingChoice && !this.draft.chosen) draw.click();
      for (const button of this.querySelectorAll("[data-page]")) button.setAttribute("aria-pressed", String(Number(button.dataset.page) === this.draft.page));
      this.canvas.size();
      this.showProposals();
    });
    this.addEventListener("shown", () => this.canvas.show());
    this.addEventListener("problems", () => this.showProblems());
    this.shortcuts = (event) => this.key(event);
    document.addEventListener("keydown", this.shortcuts);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.shortcuts);
  }

  key(event) {
    if (event.isComposing || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return; // they have their own
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.draft.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) this.draft.redo();
    else return;
    event.preventDefault();
  }

  // Proposals

  async propose() {
    const button = this.querySelector("[data-propose]");
    const words = this.querySelector("[data-proposal-words]");
    button.disabled = true;
    words.textContent = words.dataset.searching;
    await this.take(await send(`${this.dataset.base}/proposals`, { method: "POST" }).catch(() => null));
    button.disabled = false;
  }

  /** Shows what a request for proposals has brought. */
  async take(answer) {
    const words = this.querySelector("[data-proposal-words]");
    const told = await answer?.json().catch(() => null);
    if (!answer?.ok || !told) {
      words.textContent = [words.dataset.failed, told?.detail].filter(Boolean).join(" ");
      return;
    }
    for (const { page, fields } of told) {
      const taken = this.draft.content.pages.find((each) => each.number === page);
      const boxes = [...(taken.fields ?? []), ...(taken.tables ?? []).flatMap((table) => table.columns)].map((each) => each.box);
      this.draft.proposals.set(page, fields.filter((field) => !boxes.some((box) => overlap(box, field.box) > 0.5)));
    }
    words.textContent = this.proposed.length ? words.dataset.found : words.dataset.none;
    this.showProposals();
  }

  get proposed() {
    return this.draft.proposals.get(this.draft.sheet.number) ?? [];
  }

  showProposals() {
    const list = this.querySelector("[data-proposal-list]");
    const rows = this.proposed.map((field, index) => {
      const row = this.panel.copy("[data-proposal-row]");
      row.querySelector(".te-item__label").textContent = field.label || `${field.box.x}, ${field.box.y} mm`;
      row.querySelector(".te-item__type").textContent = this.panel.types[field.type];
      row.querySelector("button").addEventListener("click", () => {
        this.accept(index);
        (list.querySelectorAll("button")[index] ?? this.querySelector("[data-propose]")).focus();
      });
      return row;
    });
    list.replaceChildren(...rows);
    list.hidden = !rows.length;
    for (const each of this.querySelectorAll("[data-accept-all], [data-drop-proposals]")) each.hidden = !rows.length;
    this.canvas.draw();
  }

  accept(index) {
    const [field] = this.proposed.splice(index, 1);
    if (field) this.draft.addField(this.draft.page, this.named(field));
    this.showProposals();
  }

  acceptAll() {
    const fields = this.proposed.splice(0);
    const sheet = this.draft.sheet;
    this.draft.change("", () => {
      for (const field of fields) (sheet.fields ??= []).push({ ...this.named(field), name: this.draft.freshName(field.name) });
    });
    this.showProposals();
    this.querySelector("[data-undo]").focus();
  }

  named(field) {
    return { ...field, label: field.label || this.dataset.newField };
  }

  // Mistakes

  showProblems() {
    const { problems } = this.saving;
    const part = this.querySelector("[data-problems]");
    part.hidden = !problems.length;
    this.querySelector("[data-problem-list]").replaceChildren(
      ...problems.map(({ pointer, detail }) => {
        const row = document.createElement("li");
        const button = document.createElement("button");
        const item = pointer.match(ITEM)?.[0];
        button.type = "button";
        button.textContent = [item && this.draft.at(item)?.label, detail].filter(Boolean).join("：");
        button.addEventListener("click", () => this.goTo(pointer, item));
        row.append(button);
        return row;
      }),
    );
    this.panel.fill();
    this.canvas.draw();
  }

  goTo(pointer, item) {
    if (item) {
      this.draft.choose(item);
      const bind = pointer.slice(item.length + 1).split("/")[0];
      const panel = this.querySelector("[data-panel]:not([hidden])");
      const input = panel.querySelector(`[data-bind="${bind}"], [data-bind^="${bind}."]`) ?? panel.querySelector("[data-bind]");
      const closed = input.closest("details");
      if (closed) closed.open = true;
      input.focus();
    } else {
      const part = pointer.startsWith("/checks") ? this.querySelector("[data-checks-part]") : this.querySelector("#te-form-title").closest("details");
      part.open = true;
      part.querySelector("input, select, textarea")?.focus();
    }
  }
}

/** The share of the smaller box that lies in the other. */
const overlap = (one, other) => {
  const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / Math.min(one.width * one.height, other.width * other.height);
};

customElements.define("fm-editor", Editor);
