// The panel beside the paper: the properties of what is chosen, its choices, the checks, the list of fields.

const WITH_VALUE = new Set(["required_if", "empty_if"]);

export class Panel {
  constructor(editor, draft, problems) {
    this.editor = editor;
    this.draft = draft;
    this.problems = problems; // () => [{pointer, detail}]
    this.types = Object.fromEntries([...editor.querySelector("#te-type").options].map((each) => [each.value, each.text]));
    this.marked = new Set();
    for (const panel of editor.querySelectorAll("[data-panel]")) {
      for (const kind of ["input", "compositionend"]) panel.addEventListener(kind, (event) => this.typed(event, panel));
    }
    draft.addEventListener("change", () => this.fill());
    draft.addEventListener("choose", () => this.fill());
    this.listen();
  }

  listen() {
    const { editor, draft } = this;
    const on = (selector, act) => {
      for (const each of editor.querySelectorAll(selector)) each.addEventListener("click", act);
    };
    on("[data-remove]", () => {
      draft.removeChosen();
      editor.querySelector("[data-add]").focus();
    });
    on("[data-duplicate]", () => draft.copyChosen());
    on("[data-add]", () => {
      const { width, height } = draft.sheet;
      const box = { x: Math.round(width / 4), y: Math.round(height / 4), width: Math.round(width / 3), height: 8 };
      draft.addField(draft.page, { name: "field", label: editor.dataset.newField, type: "text", box });
      const label = editor.querySelector("#te-label");
      label.focus();
      label.select();
    });
    on("[data-add-choice]", () => {
      const field = draft.item;
      const last = field.choices?.at(-1)?.box ?? { x: field.box.x, y: field.box.y, width: 0, height: Math.min(field.box.height, 6) };
      const box = { x: last.x + last.width, y: last.y, width: last.width || 6, height: last.height };
      draft.addChoice(draft.chosen, { value: editor.dataset.newChoice, label: "", box });
    });
    on("[data-make-table]", () => {
      draft.makeTable([...this.marked].map((pointer) => Number(pointer.split("/").at(-1))).sort((a, b) => a - b), editor.dataset.newTable);
      this.marked.clear();
      this.fill();
    });
    on("[data-add-check]", () => draft.change("", (content) => (content.checks ??= []).push({ kind: "date_order", fields: ["", ""] })));
    for (const input of editor.querySelectorAll("[data-rows], [data-pitch]")) {
      input.addEventListener("change", () => {
        const rows = Number(editor.querySelector("[data-rows]").value);
        const pitch = Number(editor.querySelector("[data-pitch]").value);
        if (rows >= 1 && rows <= 100 && pitch > 0) draft.setRows(Math.floor(rows), pitch);
      });
    }
  }

  // What is typed goes into the draft

  typed(event, panel) {
    const input = event.target;
    if (event.isComposing && event.type === "input") return; // the text of an open conversion is not meant yet
    const bind = input.dataset.bind;
    if (!bind) return;
    const item = panel.dataset.panel === "form" ? this.draft.content : this.draft.item;
    if (!item) return;
    const value = read(input, item);
    if (value === undefined) return;
    this.draft.change(`${this.draft.chosen} ${bind}`, () => {
      const [inside, part] = bind.split(".");
      if (part) item[inside][part] = value;
      else item[bind] = value;
      if (bind === "type" && value !== "choice") delete item.choices;
      if (bind === "type" && value !== "date") delete item.era_field;
    });
  }

  // The draft is shown

  fill() {
    const { editor, draft } = this;
    const item = draft.item;
    const field = item?.type ? item : draft.at(draft.chosen.replace(/\/choices\/\d+$/, ""));
    const shown = item?.columns ? "table" : field?.type ? "field" : "";
    for (const panel of editor.querySelectorAll("[data-panel]")) {
      const kind = panel.dataset.panel;
      if (kind !== "form") panel.hidden = kind !== shown;
    }
    const choice = draft.chosen.includes("/choices/") ? draft.chosen.replace(/\/choices\/\d+$/, "") : draft.chosen;
    if (shown === "field") this.fillField(field, choice);
    if (shown === "table") this.fillTable(item);
    this.bindAll(editor.querySelector('[data-panel="form"]'), draft.content, "");
    this.fillList();
    this.fillChecks();
    editor.querySelector("[data-undo]").disabled = !draft.past.length;
    editor.querySelector("[data-redo]").disabled = !draft.future.length;
  }

  fillField(field, pointer) {
    const panel = this.editor.querySelector('[data-panel="field"]');
    for (const part of panel.querySelectorAll("[data-types]")) part.hidden = !part.dataset.types.split(" ").includes(field.type);
    const era = panel.querySelector('[data-bind="era_field"]');
    const table = this.draft.at(pointer.replace(/\/columns\/\d+$/, ""));
    const near = table?.columns ? table.columns : [];
    const choices = [...near, ...this.draft.named().filter((each) => !each.name.includes("["))].filter((each) => each.type === "choice");
    era.replaceChildren(era.options[0], ...choices.map((each) => new Option(each.label, each.name)));
    this.bindAll(panel, field, pointer);
    this.fillChoices(panel.querySelector("[data-choices]"), field, pointer);
  }

  fillTable(table) {
    const panel = this.editor.querySelector('[data-panel="table"]');
    this.bindAll(panel, table, this.draft.chosen);
    const rows = panel.querySelector("[data-rows]");
    const pitch = panel.querySelector("[data-pitch]");
    const step = table.tops.length > 1 ? table.tops[1] - table.tops[0] : Math.max(...table.columns.map((each) => each.box.height));
    if (document.activeElement !== rows) rows.value = table.tops.length;
    if (document.activeElement !== pitch) pitch.value = Math.round(step * 100) / 100;
  }

  bindAll(panel, item, pointer) {
    const problems = this.problems().filter((each) => each.pointer.startsWith(`${pointer}/`));
    for (const input of panel.querySelectorAll("[data-bind]")) {
      const [inside, part] = input.dataset.bind.split(".");
      if (document.activeElement !== input) write(input, part ? item[inside]?.[part] : item[inside]);
      const holder = input.closest(".c-field")?.querySelector(":scope > [data-error]");
      if (holder && !holder.dataset.errorOf) say(holder, problems.find((each) => each.pointer === `${pointer}/${input.dataset.bind}`)?.detail, input);
    }
    for (const holder of panel.querySelectorAll("[data-error-of]")) {
      const about = problems.find((each) => each.pointer.startsWith(`${pointer}/${holder.dataset.errorOf}`));
      say(holder, about?.detail);
    }
  }

  fillChoices(list, field, pointer) {
    const choices = field.choices ?? [];
    while (list.children.length > choices.length) list.lastElementChild.remove();
    while (list.children.length < choices.length) {
      const row = this.copy("[data-choice-row]");
      row.addEventListener("input", (event) => this.choiceTyped(row, event));
      row.addEventListener("compositionend", (event) => this.choiceTyped(row, event));
      row.querySelector("[data-remove-row]").addEventListener("click", () => {
        const index = [...list.children].indexOf(row);
        const at = this.chosenField();
        this.draft.change("", () => this.draft.at(at).choices.splice(index, 1));
        this.draft.choose(at);
      });
      list.append(row);
    }
    choices.forEach((choice, index) => fillRow(list.children[index], choice));
    list.dataset.of = pointer;
  }

  chosenField() {
    return this.draft.chosen.replace(/\/choices\/\d+$/, "");
  }

  choiceTyped(row, event) {
    if (event.isComposing && event.type === "input") return;
    const index = [...row.parentElement.children].indexOf(row);
    const choice = this.draft.at(this.chosenField()).choices[index];
    const [inside, part] = event.target.dataset.part.split(".");
    const value = part ? Number(event.target.value) : event.target.value;
    if (part && !Number.isFinite(value)) return;
    this.draft.change(`choice ${index} ${event.target.dataset.part}`, () => {
      if (part) choice[inside][part] = value;
      else choice[inside] = value;
    });
  }

  fillList() {
    const { draft, editor } = this;
    const list = editor.querySelector("[data-field-list]");
    const items = [...draft.items()];
    for (const pointer of this.marked) if (!items.includes(pointer)) this.marked.delete(pointer);
    while (list.children.length > items.length) list.lastElementChild.remove();
    while (list.children.length < items.length) {
      const row = this.copy("[data-list-row]");
      row.querySelector("button").addEventListener("click", () => {
        draft.choose(row.dataset.pointer);
        editor.dispatchEvent(new Event("shown"));
      });
      row.querySelector("input").addEventListener("change", () => this.mark(row.dataset.pointer));
      list.append(row);
    }
    const bad = this.problems();
    items.forEach((pointer, index) => {
      const row = list.children[index];
      const item = draft.at(pointer);
      row.dataset.pointer = pointer;
      row.querySelector(".te-item__label").textContent = item.label || item.name;
      row.querySelector(".te-item__type").textContent = item.columns ? `× ${item.tops.length}` : this.types[item.type];
      row.querySelector("button").setAttribute("aria-current", String(draft.chosen === pointer || draft.chosen.startsWith(`${pointer}/choices/`)));
      const tick = row.querySelector("input");
      tick.hidden = !pointer.includes("/fields/");
      tick.checked = this.marked.has(pointer);
      tick.setAttribute("aria-label", `${tick.dataset.words ??= tick.getAttribute("aria-label")} ${item.label}`);
      row.toggleAttribute("data-in-table", pointer.includes("/columns/"));
      row.toggleAttribute("data-bad", bad.some((each) => each.pointer.startsWith(`${pointer}/`)));
    });
    editor.querySelector("[data-no-fields]").hidden = items.length > 0;
    editor.querySelector("[data-make-table]").disabled = !this.marked.size;
    list.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }

  mark(pointer) {
    if (!pointer.includes("/fields/")) return;
    if (!this.marked.delete(pointer)) this.marked.add(pointer);
    this.fillList();
  }

  fillChecks() {
    const list = this.editor.querySelector("[data-checks]");
    const checks = this.draft.content.checks ?? [];
    if (list.contains(document.activeElement) && list.children.length === checks.length && document.activeElement.matches("input")) return;
    const options = this.draft.named();
    const held = focusPath(list);
    list.replaceChildren(...checks.map((check, index) => this.checkRow(check, index, options)));
    if (held) list.children[held.row]?.querySelectorAll("input, select, button")[held.control]?.focus();
  }

  checkRow(check, index, options) {
    const row = this.copy("[data-check-row]");
    const { draft } = this;
    const change = (kind, how) => draft.change(kind, () => how(draft.content.checks[index]));
    fillRow(row, check);
    row.querySelector("[data-check-value]").hidden = !WITH_VALUE.has(check.kind);
    const holder = row.querySelector("[data-check-fields]");
    check.fields.forEach((name, number) => {
      const part = this.copy("[data-check-field]");
      const select = part.querySelector("select");
      select.append(new Option("—", ""), ...options.map((each) => new Option(each.label, each.name)));
      select.value = name;
      select.addEventListener("change", () => change("", (one) => (one.fields[number] = select.value)));
      part.querySelector("button").addEventListener("click", () => change("", (one) => one.fields.splice(number, 1)));
      holder.append(part);
    });
    row.querySelector("[data-add-check-field]").addEventListener("click", () => change("", (one) => one.fields.push("")));
    row.querySelector("[data-remove-row]").addEventListener("click", () => draft.change("", (content) => content.checks.splice(index, 1)));
    for (const input of row.querySelectorAll("[data-part]")) {
      const store = (event) => {
        if (event.isComposing && event.type === "input") return;
        change(`check ${index} ${input.dataset.part}`, (one) => {
          one[input.dataset.part] = input.value;
          if (input.dataset.part === "kind" && !WITH_VALUE.has(input.value)) one.value = "";
        });
      };
      input.addEventListener("input", store);
      input.addEventListener("compositionend", store);
    }
    const wrong = this.problems().find((each) => each.pointer.startsWith(`/checks/${index}/`));
    say(row.querySelector("[data-row-error]"), wrong?.detail);
    return row;
  }

  copy(selector) {
    return this.editor.querySelector(selector).content.firstElementChild.cloneNode(true);
  }
}

const focusPath = (list) => {
  const row = [...list.children].findIndex((each) => each.contains(document.activeElement));
  if (row < 0) return null;
  return { row, control: [...list.children[row].querySelectorAll("input, select, button")].indexOf(document.activeElement) };
};

const fillRow = (row, item) => {
  for (const input of row.querySelectorAll("[data-part]")) {
    if (document.activeElement === input) continue;
    const [inside, part] = input.dataset.part.split(".");
    input.value = (part ? item[inside][part] : item[inside]) ?? "";
  }
};

const say = (holder, words = "", input = null) => {
  holder.hidden = !words;
  holder.querySelector("span").textContent = words;
  if (words) input?.setAttribute("aria-invalid", "true");
  else input?.removeAttribute("aria-invalid");
};

/** What an input holds, undefined while it is no value. */
const read = (input, item) => {
  const as = input.dataset.as;
  if (as === "truth") return input.checked;
  if (as === "member") {
    const held = new Set(item[input.dataset.bind] ?? []);
    if (input.checked) held.add(input.value);
    else held.delete(input.value);
    return [...held];
  }
  if (as === "pairs") {
    return input.value.split("\n").filter((line) => line.includes("=")).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  }
  if (as !== "whole" && as !== "number") return input.value;
  const number = Number(input.value);
  if (input.value === "" || !Number.isFinite(number)) return undefined;
  return as === "whole" ? Math.floor(number) : number;
};

const DEFAULTS = { writing: "handwritten", lines: 1, cells: 0, least: 0, most: 0 };

const write = (input, value) => {
  const as = input.dataset.as;
  if (as === "truth") input.checked = Boolean(value);
  else if (as === "member") input.checked = (value ?? []).includes(input.value);
  else if (as === "pairs") input.value = (value ?? []).map((pair) => pair.join("=")).join("\n");
  else input.value = value ?? DEFAULTS[input.dataset.bind] ?? "";
};
