// The draft of a template in the editor: its content, what is chosen, and its history. Things are named by their
// JSON pointer, "/pages/0/fields/3", as the server names places of mistakes.

const GROUPED_MS = 900; // changes of one kind so close together are undone together
const MOST_STEPS = 200;
const CHOICE = "choice";

export class Draft extends EventTarget {
  constructor(content) {
    super();
    this.content = content;
    this.chosen = "";
    this.page = 0;
    this.proposals = new Map(); // page number → fields that are proposed
    this.past = [];
    this.future = [];
    this.last = { kind: "", at: 0 };
  }

  /** The thing at a pointer, undefined when there is none. */
  at(pointer) {
    return pointer.split("/").slice(1).reduce((inside, step) => inside?.[step], this.content);
  }

  get sheet() {
    return this.content.pages[this.page];
  }

  get item() {
    return this.chosen ? this.at(this.chosen) : undefined;
  }

  /** Pointers of what can be chosen on a page: fields, tables, columns; in the order of the lists. */
  *items(page = this.page) {
    const sheet = this.content.pages[page];
    for (const index of (sheet.fields ?? []).keys()) yield `/pages/${page}/fields/${index}`;
    for (const [index, table] of (sheet.tables ?? []).entries()) {
      yield `/pages/${page}/tables/${index}`;
      for (const column of table.columns.keys()) yield `/pages/${page}/tables/${index}/columns/${column}`;
    }
  }

  /** Every field and column of the form with the names that other properties call it by. */
  named() {
    const found = [];
    for (const page of this.content.pages) {
      for (const field of page.fields ?? []) found.push({ name: field.name, label: field.label, type: field.type });
      for (const table of page.tables ?? []) {
        for (const column of table.columns) {
          const label = `${table.label} ${column.label}`;
          found.push({ name: `${table.name}[].${column.name}`, label: `${label} [ ]`, type: column.type });
          for (const row of table.tops.keys()) {
            found.push({ name: `${table.name}[${row + 1}].${column.name}`, label: `${label} ${row + 1}`, type: column.type });
          }
        }
      }
    }
    return found;
  }

  /** A name that is not taken: text, text_2, … */
  freshName(base) {
    const taken = new Set();
    for (const page of this.content.pages) {
      for (const field of page.fields ?? []) taken.add(field.name);
      for (const table of page.tables ?? []) {
        taken.add(table.name);
        for (const column of table.columns) taken.add(column.name);
      }
    }
    let name = base;
    for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`;
    return name;
  }

  choose(pointer) {
    if (pointer) this.page = Number(pointer.split("/")[2]);
    this.chosen = pointer;
    this.dispatchEvent(new Event("choose"));
  }

  turn(page) {
    this.page = page;
    this.choose("");
  }

  /** Changes the content. Changes of the same `kind` in quick succession are one step of the history. */
  change(kind, how) {
    const now = Date.now();
    const joined = kind && this.last.kind === kind && now - this.last.at < GROUPED_MS;
    if (!joined) {
      this.past.push(this.state());
      if (this.past.length > MOST_STEPS) this.past.shift();
    }
    this.last = { kind, at: now };
    this.future = [];
    how(this.content);
    this.changed();
  }

  state() {
    return JSON.stringify({ content: this.content, chosen: this.chosen, page: this.page });
  }

  undo() {
    this.step(this.past, this.future);
  }

  redo() {
    this.step(this.future, this.past);
  }

  step(from, to) {
    if (!from.length) return;
    to.push(this.state());
    Object.assign(this, JSON.parse(from.pop()));
    this.last = { kind: "", at: 0 };
    if (this.chosen && !this.item) this.chosen = "";
    this.changed();
    this.dispatchEvent(new Event("choose"));
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  // Parts that are added, copied and removed

  addField(page, field) {
    const sheet = this.content.pages[page];
    this.change("", () => (sheet.fields ??= []).push({ ...field, name: this.freshName(field.name) }));
    this.choose(`/pages/${page}/fields/${sheet.fields.length - 1}`);
  }

  addChoice(pointer, choice) {
    const field = this.at(pointer);
    this.change("", () => {
      const taken = new Set((field.choices ??= []).map((each) => each.value));
      let value = choice.value;
      for (let number = 2; taken.has(value); number += 1) value = `${choice.value}${number}`;
      field.choices.push({ ...choice, value, label: value });
    });
  }

  copyChosen() {
    const match = this.chosen.match(/^(.*)\/(\d+)$/);
    const copy = structuredClone(this.item);
    const list = this.at(match[1]);
    this.change("", () => {
      copy.name = this.freshName(copy.name);
      move(copy, 0, copy.box.height);
      list.push(copy);
    });
    this.choose(`${match[1]}/${list.length - 1}`);
  }

  removeChosen() {
    const match = this.chosen.match(/^(.*)\/(\d+)$/);
    if (!match) return;
    const table = this.chosen.match(/^(.*\/tables\/\d+)\/columns\/\d+$/);
    const list = this.at(match[1]);
    if (table && list.length === 1) this.chosen = table[1]; // the last column takes the table with it
    const [, at, index] = this.chosen.match(/^(.*)\/(\d+)$/);
    this.change("", () => this.at(at).splice(Number(index), 1));
    const parent = at.replace(/\/(fields|tables|columns)$/, "").replace(/\/choices$/, "");
    this.choose(parent.startsWith("/pages/") && parent.split("/").length > 3 ? parent : "");
  }

  /** Fields of this page, by index, become the columns of a table of one row. */
  makeTable(indexes, label) {
    const page = this.page;
    const sheet = this.sheet;
    this.change("", () => {
      const columns = indexes.map((index) => sheet.fields[index]);
      sheet.fields = sheet.fields.filter((_field, index) => !indexes.includes(index));
      const top = Math.min(...columns.map((column) => column.box.y));
      (sheet.tables ??= []).push({ name: this.freshName("items"), label, tops: [top], columns });
    });
    this.choose(`/pages/${page}/tables/${sheet.tables.length - 1}`);
  }

  setRows(rows, pitch) {
    const table = this.item;
    const first = table.tops[0];
    this.change("rows", () => {
      table.tops = Array.from({ length: rows }, (_row, index) => rounded(first + index * pitch));
    });
  }

  /** Moves what is chosen, or makes it larger. Millimetres. */
  nudge(across, down, larger) {
    const item = this.item;
    if (!item) return;
    this.change(larger ? "size" : "nudge", () => {
      if (larger && item.box) {
        item.box.width = rounded(Math.max(0.5, item.box.width + across));
        item.box.height = rounded(Math.max(0.5, item.box.height + down));
      } else if (item.columns) {
        for (const column of item.columns) move(column, across, down);
        item.tops = item.tops.map((top) => rounded(top + down));
      } else move(item, across, down);
    });
  }
}

/** Moves a field with its choices. */
export function move(item, across, down) {
  for (const each of [item, ...(item.type === CHOICE ? item.choices ?? [] : [])]) {
    each.box.x = rounded(Math.max(0, each.box.x + across));
    each.box.y = rounded(Math.max(0, each.box.y + down));
  }
}

/** Hundredths of a millimetre. */
export function rounded(number) {
  return Math.round(number * 100) / 100;
}
