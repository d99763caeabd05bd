// <kb-combobox data-source="/address" data-then="submit|value|none">: suggestions below a text field (WAI-ARIA
// combobox with a listbox). The address answers {items: [{value, label, note}]} to ?q=. Nothing is asked or chosen
// while an input method composes: its Enter and arrows belong to the conversion.
const WAIT = 150;

const composing = (event) => event.isComposing || event.keyCode === 229;

class Combobox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    if (!this.input || !this.list) return;
    this.leaving = new AbortController();
    const options = { signal: this.leaving.signal };
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.setAttribute("autocomplete", "off");
    this.input.addEventListener("input", (event) => this.typed(event), options);
    this.input.addEventListener("compositionend", () => this.later(), options);
    this.input.addEventListener("compositionstart", () => this.close(), options);
    this.input.addEventListener("keydown", (event) => this.key(event), options);
    this.input.addEventListener("blur", () => this.close(), options);
    this.list.addEventListener("mousedown", (event) => event.preventDefault(), options);
    this.list.addEventListener("click", (event) => this.clicked(event), options);
  }

  disconnectedCallback() {
    this.leaving?.abort();
    this.asking?.abort();
    clearTimeout(this.timer);
  }

  typed(event) {
    if (!event.isComposing) this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  part() {
    if (this.dataset.then !== "tag") return this.input.value.trim();
    return this.input.value.split(/[,、，]/).pop().trim();
  }

  async ask() {
    this.asking?.abort();
    const part = this.part();
    if (!part) return this.close();
    this.asking = new AbortController();
    const address = new URL(this.dataset.source, location.href);
    address.searchParams.set("q", part);
    try {
      const answer = await fetch(address, { signal: this.asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return this.close();
      const { items } = await answer.json();
      if (document.activeElement === this.input && part === this.part()) this.show(items);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(items) {
    this.items = items;
    this.active = -1;
    this.list.replaceChildren(
      ...items.map((item, number) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${number}`;
        option.className = "kb-options__option";
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.append(item.label);
        if (item.note) {
          const note = document.createElement("span");
          note.className = "kb-options__note";
          note.textContent = item.note;
          option.append(" ", note);
        }
        return option;
      }),
    );
    this.list.hidden = items.length === 0;
    this.input.setAttribute("aria-expanded", String(items.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.items = [];
    this.list.hidden = true;
    this.list.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (composing(event) || this.list.hidden) return;
    const count = this.items.length;
    if (event.key === "ArrowDown") this.move((this.active + 1) % count);
    else if (event.key === "ArrowUp") this.move(this.active <= 0 ? count - 1 : this.active - 1);
    else if (event.key === "Enter" && this.active >= 0) this.choose(this.active);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }

  move(to) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = to;
    const option = this.list.children[to];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  clicked(event) {
    const option = event.target.closest("[role=option]");
    if (option) this.choose([...this.list.children].indexOf(option));
  }

  choose(number) {
    const item = this.items[number];
    this.close();
    if (this.dataset.then === "tag") {
      const before = this.input.value.split(/[,、，]/).slice(0, -1).map((tag) => tag.trim()).filter(Boolean);
      this.input.value = [...before, item.value].join("、") + "、";
    } else {
      this.input.value = item.value;
    }
    this.dispatchEvent(new CustomEvent("kb-chosen", { bubbles: true, detail: item }));
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    if (this.dataset.then === "submit") this.input.form.requestSubmit();
    if (this.dataset.then === "open") location.assign(item.address);
  }
}

customElements.define("kb-combobox", Combobox);
