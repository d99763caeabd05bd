// The search page without reloads: a changed filter or order fetches the same address the form would open and
// swaps the parts marked data-live, so that the keyboard's place is kept. "/" puts the cursor into the box.
const form = document.getElementById("kb-search");

const address = () => {
  const target = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value) target.searchParams.append(name, value);
  return target;
};

let running;

const refresh = async (target, push) => {
  running?.abort();
  running = new AbortController();
  document.body.setAttribute("data-busy", "");
  try {
    const answer = await fetch(target, { signal: running.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return location.assign(target);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const held = document.activeElement?.id;
    const open = [...document.querySelectorAll("details[open][id]")].map((each) => each.id);
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = next.getElementById(part.id);
      if (!fresh) return location.assign(target);
      part.replaceChildren(...fresh.childNodes);
    }
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (held) document.getElementById(held)?.focus();
    document.title = next.title;
    if (push) history.pushState(null, "", target);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(target);
  } finally {
    document.body.removeAttribute("data-busy");
  }
};

if (form) {
  document.addEventListener("change", (event) => {
    if (event.target.form === form && event.target.type !== "search" && event.target.type !== "date") {
      refresh(address(), true);
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-refresh]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    for (const box of form.elements) if (box.type === "checkbox") box.checked = false;
    refresh(new URL(link.href), true).then(() => document.getElementById("kb-count")?.focus());
  });
  addEventListener("popstate", () => location.reload());
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector("input[type=search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
